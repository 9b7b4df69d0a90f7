/** Answers in order, bounded, held back while nobody takes them, and never stuck. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createOrderedWindow } from '../../../src/transport/grpc/ordered-window.ts';

/** What happens next: the answer of the oldest or newest open question comes, or the sink takes answers again. */
type Step = 'oldest' | 'newest' | 'release';

describe('ordered window', () => {
  test('whatever comes first, writes every answer once, in order, and asks for more as soon as there is room', async () => {
    const steps = fc.array(fc.constantFrom<Step>('oldest', 'newest', 'release'), { maxLength: 60 });
    const property = fc.asyncProperty(
      fc.nat(40),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      steps,
      async (total, maxSize, room, order) => {
        const written: number[] = [];
        const open: { resolve: (answer: number) => void; answer: number }[] = [];
        let asked = 0;
        let free = room;
        const window = createOrderedWindow<number>(maxSize, {
          write(answer) {
            assert(free > 0, 'written while the sink takes no more');
            written.push(answer);
            free -= 1;
            return free > 0;
          },
          progressed: () => ask(),
        });
        const ask = (): void => {
          while (asked < total && window.accepts()) {
            const answer = asked;
            asked += 1;
            window.admit(new Promise((resolve) => open.push({ resolve: () => resolve(answer), answer })));
            assert(window.size() <= maxSize);
          }
        };
        const take = async (step: Step): Promise<void> => {
          if (step === 'release') {
            if (free > 0) return; // a sink says so only after it said no
            free = room;
            window.release();
          } else {
            const one = step === 'oldest' ? open.shift() : open.pop();
            one?.resolve(one.answer);
          }
          await new Promise((resolve) => setImmediate(resolve));
        };
        ask();
        for (const step of order) await take(step);
        // From here on everything that can happen does, in turn.
        for (let turn = 0; turn < 3 * total + 3; turn += 1) {
          await take('oldest');
          await take('release');
        }
        assert.deepEqual(
          written,
          Array.from({ length: total }, (_, index) => index),
        );
        assert.equal(window.size(), 0);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
