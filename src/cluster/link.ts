/**
 * A worker's line to its primary: it says that it serves, hears what to do, shares what it knows with the other
 * workers, and asks the primary for what is kept there. Without a primary there is nobody to share with: asking gives
 * nothing, telling is heard by nobody.
 */
import { type FromWorker, isFromPrimary } from './message.ts';

export interface Link {
  ready(notice: unknown): void;
  onOrder(listener: (order: 'drain' | 'reload') => void): void;
  /** To every other worker. */
  broadcast(topic: string, payload: unknown): void;
  onBroadcast(topic: string, listener: (payload: unknown) => void): void;
  /** @returns what the other workers answer, those that do in time */
  ask(topic: string): Promise<readonly unknown[]>;
  onQuestion(topic: string, answer: () => unknown): void;
  /** To the primary itself; it is heard in the order in which it was told. */
  tell(topic: string, payload: unknown): void;
  onTold(topic: string, listener: (payload: unknown) => void): void;
  /** The primary is gone. */
  onGone(listener: () => void): void;
}

/** The end of a channel that a worker holds; `process` of a worker is one. */
export interface Channel {
  send(message: FromWorker): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

export function createLink(channel: Channel): Link {
  const orders: ((order: 'drain' | 'reload') => void)[] = [];
  const broadcasts = new Map<string, (payload: unknown) => void>();
  const answers = new Map<string, () => unknown>();
  const told = new Map<string, (payload: unknown) => void>();
  const gone: (() => void)[] = [];
  const asked = new Map<number, (payloads: readonly unknown[]) => void>();
  let nextId = 0;

  // A primary that is gone leaves nobody who would end this worker.
  channel.on('disconnect', () => {
    for (const listener of gone) listener();
    for (const listener of orders) listener('drain');
  });
  channel.on('message', (message) => {
    if (!isFromPrimary(message)) return;
    switch (message.turnpike) {
      case 'drain':
      case 'reload':
        for (const listener of orders) listener(message.turnpike);
        return;
      case 'broadcast':
        broadcasts.get(message.topic)?.(message.payload);
        return;
      case 'tell':
        told.get(message.topic)?.(message.payload);
        return;
      case 'question':
        channel.send({ turnpike: 'answer', id: message.id, payload: answers.get(message.topic)?.() });
        return;
      case 'answers':
        asked.get(message.id)?.(message.payloads);
        asked.delete(message.id);
        return;
    }
  });

  return {
    ready: (notice) => void channel.send({ turnpike: 'ready', notice }),
    onOrder: (listener) => void orders.push(listener),
    broadcast: (topic, payload) => void channel.send({ turnpike: 'broadcast', topic, payload }),
    onBroadcast: (topic, listener) => void broadcasts.set(topic, listener),
    ask: (topic) =>
      new Promise((resolve) => {
        nextId += 1;
        asked.set(nextId, resolve);
        channel.send({ turnpike: 'ask', id: nextId, topic });
      }),
    onQuestion: (topic, answer) => void answers.set(topic, answer),
    tell: (topic, payload) => void channel.send({ turnpike: 'tell', topic, payload }),
    onTold: (topic, listener) => void told.set(topic, listener),
    onGone: (listener) => void gone.push(listener),
  };
}

/** Of a process that is alone. */
export const NO_LINK: Link = {
  ready: () => undefined,
  onOrder: () => undefined,
  broadcast: () => undefined,
  onBroadcast: () => undefined,
  ask: async () => [],
  onQuestion: () => undefined,
  tell: () => undefined,
  onTold: () => undefined,
  onGone: () => undefined,
};
