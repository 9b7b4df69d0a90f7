/**
 * Answers in the order of their questions, while several are being worked on. Bounded: it says when it is full, and
 * holds answers back while the sink takes no more.
 */
export interface OrderedWindow<Answer> {
  /** @param answer must not reject */
  admit(answer: Promise<Answer>): void;
  /** The sink takes answers again. */
  release(): void;
  /** Answers worked on, or waiting for an earlier one or for the sink. */
  size(): number;
  /** Whether another question may come now. */
  accepts(): boolean;
}

export interface WindowSink<Answer> {
  /** @returns false when it should be given no more until `release` */
  write(answer: Answer): boolean;
  /** After answers were written: there may be room, or nothing left. */
  progressed(): void;
}

/** @param maxSize questions in the window at most */
export function createOrderedWindow<Answer>(maxSize: number, sink: WindowSink<Answer>): OrderedWindow<Answer> {
  const slots: { answer: Answer | undefined; ready: boolean }[] = [];
  let blocked = false;

  const flush = (): void => {
    let wrote = false;
    for (let head = slots[0]; head?.ready && !blocked; head = slots[0]) {
      slots.shift();
      // `ready` was set together with the answer; an Answer type may itself contain undefined, so no check replaces it.
      blocked = !sink.write(head.answer as Answer);
      wrote = true;
    }
    if (wrote) sink.progressed();
  };

  return {
    admit(answer) {
      const slot: (typeof slots)[number] = { answer: undefined, ready: false };
      slots.push(slot);
      void answer.then((value) => {
        slot.answer = value;
        slot.ready = true;
        if (slots[0] === slot) flush();
      });
    },
    release() {
      blocked = false;
      flush();
      // Also where there was nothing to write: who was told to wait is told that there is room.
      if (!blocked) sink.progressed();
    },
    size: () => slots.length,
    accepts: () => !blocked && slots.length < maxSize,
  };
}
