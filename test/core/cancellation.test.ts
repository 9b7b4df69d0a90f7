import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cancellation, type CancelSignal } from '../../src/core/cancellation.ts';

/** An AbortSignal is the model: what is told to it is told to ours, and both say the same. */
const MAKERS: readonly { readonly name: string; make(): { readonly signal: CancelSignal; abort(): void } }[] = [
  {
    name: 'an AbortController',
    make() {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    },
  },
  {
    name: 'a cancellation',
    make() {
      const cancellation = new Cancellation();
      return { signal: cancellation, abort: () => cancellation.abort() };
    },
  },
];

for (const { name, make } of MAKERS) {
  test(`${name} tells each listener once, in order, and nobody who came late or left`, () => {
    const { signal, abort } = make();
    const told: string[] = [];
    const leaving = (): void => void told.push('left');
    const object = { handleEvent: () => void told.push('object') };
    const first = (): void => {
      told.push(`first ${signal.aborted}`);
      signal.removeEventListener('abort', removed);
    };
    const removed = (): void => void told.push('removed by the first');
    signal.addEventListener('abort', leaving);
    signal.addEventListener('abort', first);
    signal.addEventListener('abort', first);
    signal.addEventListener('abort', removed);
    signal.addEventListener('abort', object);
    signal.removeEventListener('abort', leaving);
    signal.removeEventListener('abort', () => undefined);
    assert.equal(signal.aborted, false);
    abort();
    abort();
    signal.addEventListener('abort', () => void told.push('late'));
    abort();
    assert.equal(signal.aborted, true);
    assert.deepEqual(told, ['first true', 'object']);
  });
}
