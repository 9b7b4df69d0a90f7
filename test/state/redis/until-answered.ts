/** Waits for a server that was started again. */
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../../src/core/failure.ts';

/** Until an answer comes: the server is back when it is back. */
export async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let left = 500; ; left -= 1) {
    try {
      return await ask();
    } catch (reason) {
      if (left === 0 || !(reason instanceof Failure) || reason.code !== 'unavailable') throw reason;
      await delay(20);
    }
  }
}
