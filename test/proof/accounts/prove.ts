/**
 * The money path on an implementation of Accounts, against the plainest model: random calls, races, repeats, crashes,
 * leases that end, settlements that come late, windows that end, two replicas on one store, a store that is rebuilt. At every step each account
 * has what the model says, and `settled + held` is above its ceiling by no more than came late or beyond its hold; at
 * the end each balance is the sum of what was settled. What fails is shrunk, and told with its seed.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AccountsDriver } from '../../contract/accounts-driver.ts';
import { assertSound, COMMANDS } from './commands.ts';
import { Model } from './model.ts';

export interface AccountsProof {
  readonly seed?: number;
  /** Lives of a store that are tried. */
  readonly lives: number;
  readonly maxSteps?: number;
  readonly timeLimitMs?: number;
}

/** @returns how many steps were taken. @throws what fast-check reports, with the seed and the shortest way to it */
export async function proveAccounts(driver: AccountsDriver, proof: AccountsProof): Promise<number> {
  let steps = 0;
  const life = fc.asyncProperty(
    fc.commands([...COMMANDS], { maxCommands: proof.maxSteps ?? 60, size: 'max' }),
    async (commands) => {
      const real = await driver.open();
      const model = new Model();
      try {
        await fc.asyncModelRun(() => ({ model, real }), commands);
        steps += model.holds.length + model.settlements.length;
        // Long after everything: nothing is held any more.
        real.advance(10 * 60_000);
        model.nowMs += 10 * 60_000;
        await assertSound(model, real);
        const lasting = [...model.accounts.values()].filter(({ rolling }) => rolling === undefined);
        for (const { key, settledNano, heldNano } of await real.accounts.balances(lasting)) {
          const sum = model.settlements
            .filter(({ accounts }) => accounts.some((account) => account.key === key))
            .reduce((total, { costNano }) => total + costNano, 0n);
          assert.deepEqual([settledNano, heldNano], [sum, 0n]);
        }
      } finally {
        await real.close();
      }
    },
  );
  await fc.assert(life, {
    numRuns: proof.lives,
    ...(proof.seed === undefined ? undefined : { seed: proof.seed }),
    ...(proof.timeLimitMs === undefined
      ? undefined
      : { interruptAfterTimeLimit: proof.timeLimitMs, markInterruptAsFailure: false }),
  });
  return steps;
}
