/**
 * Cancellation of one call. It is asked and listened to as an AbortSignal is, so that each may stand for the other; an
 * AbortController costs every call a few microseconds, for events that nearly never come.
 */

export type CancelListener = (() => void) | { handleEvent(): void };

export interface CancelSignal {
  readonly aborted: boolean;
  /** Called once, when it is cancelled; never for what was cancelled before. */
  addEventListener(type: 'abort', listener: CancelListener): void;
  removeEventListener(type: 'abort', listener: CancelListener): void;
}

export class Cancellation implements CancelSignal {
  #aborted = false;
  /** Most calls have one at a time. */
  #listeners: CancelListener[] | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Tells everybody who listens, in their order, once. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const listeners = this.#listeners ?? [];
    // One of them may take another off.
    for (const listener of [...listeners]) {
      if (!listeners.includes(listener)) continue;
      if (typeof listener === 'function') listener();
      else listener.handleEvent();
    }
    this.#listeners = undefined;
  }

  addEventListener(_type: 'abort', listener: CancelListener): void {
    this.#listeners ??= [];
    if (!this.#listeners.includes(listener)) this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: CancelListener): void {
    const place = this.#listeners?.indexOf(listener) ?? -1;
    if (place >= 0) this.#listeners?.splice(place, 1);
  }
}
