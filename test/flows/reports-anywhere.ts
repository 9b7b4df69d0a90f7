/** Reports that come to another process than made the decision: one suite, run on everything that accounts are shared by. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Failure, type FailureCode } from '../../src/core/failure.ts';
import { START_MS } from '../contract/accounts-driver.ts';
import type { HeldDecisionsDriver, OpenHeldDecisions } from '../contract/held-decisions-driver.ts';
import { countingRandom, setClock } from '../support/clock.ts';
import { ALLOW } from '../support/scripted-policy.ts';
import { COST_NANO, type DecidingProcess, decidingProcess, sharedLedger, TEAM } from './deciding-process.ts';

const NEW = { duplicate: false, matched: true };
const AGAIN = { duplicate: true, matched: true };
/** Of the envelope, and what is granted beyond it. */
const LEASE_MS = 90_000;

export function reportsAnywhere(driver: HeldDecisionsDriver): void {
  describe(`reports that come anywhere: ${driver.name}`, () => {
    let open: OpenHeldDecisions;
    let here: DecidingProcess;
    let there: DecidingProcess;
    let ledger: ReturnType<typeof sharedLedger>;
    beforeEach(async () => {
      open = await driver.open();
      ledger = sharedLedger();
      const surroundings = { ledger, clock: setClock(START_MS), random: countingRandom() };
      here = decidingProcess(open.here, surroundings);
      there = decidingProcess(open.there, surroundings);
    });
    afterEach(() => open.close());

    /** `[settled, held]` as accounts have it; what was written down was charged. */
    const balance = async (): Promise<readonly (bigint | undefined)[]> => {
      const [found] = await open.here.accounts.balances([TEAM]);
      const written = ledger.entries.flatMap((entry) => (entry.accounts.includes(TEAM.key) ? [entry.chargedNano] : []));
      assert.equal(
        written.reduce((sum, nano) => sum + nano, 0n),
        found?.settledNano,
        'the ledger says what accounts say',
      );
      return [found?.settledNano, found?.heldNano];
    };
    const fails = (asked: Promise<unknown>, code: FailureCode): Promise<void> =>
      assert.rejects(asked, (reason) => reason instanceof Failure && reason.code === code);

    it('settle the hold: what was held is what the call cost', async () => {
      const id = await here.decide();
      const [settled, held = 0n] = await balance();
      assert.ok(settled === 0n && held > COST_NANO);
      assert.deepEqual(await there.report(id, 'r1'), NEW);
      assert.deepEqual(await balance(), [COST_NANO, 0n]);
    });

    it('are written and observed as those of the decision', async () => {
      const id = await here.decide();
      await there.report(id, 'r1');
      const [entry] = ledger.entries;
      assert.ok(entry?.kind === 'attempt');
      const { attribution, policyRevision, policyDigest, requestedModel, index, reason, operation } = entry;
      assert.deepEqual(
        { attribution, policyRevision, policyDigest, requestedModel, index, reason, operation },
        {
          attribution: ALLOW.attribution,
          policyRevision: 'r1',
          policyDigest: 'sha256:00',
          requestedModel: 'fast',
          index: 0,
          reason: 'initial',
          operation: 'chat',
        },
      );
      assert.deepEqual(
        there.reported.map((fact) => fact.attribution),
        [ALLOW.attribution],
      );
    });

    it('charge once, however often and wherever they come again', async () => {
      const id = await here.decide();
      await there.report(id, 'r1');
      for (const at of [there, here, there, here]) assert.deepEqual(await at.report(id, 'r1'), AGAIN);
      assert.deepEqual(await balance(), [COST_NANO, 0n]);
      assert.equal(ledger.entries.length, 1);
      assert.equal(here.reported.length + there.reported.length, 1);
    });

    it('charge once when they come everywhere at once', async () => {
      const id = await here.decide();
      await Promise.all([here, there, here, there].map((at) => at.report(id, 'r1')));
      assert.deepEqual(await balance(), [COST_NANO, 0n]);
      assert.equal(here.reported.length + there.reported.length, 1);
    });

    it('charge for each attempt, wherever it is told, and count them', async () => {
      const id = await here.decide();
      await here.report(id, 'r1');
      await there.report(id, 'r2');
      await here.report(id, 'r3');
      await here.report(id, 'r2');
      await there.report(id, 'r3');
      assert.deepEqual(await balance(), [3n * COST_NANO, 0n]);
      assert.deepEqual(
        ledger.entries.map((entry) => entry.kind === 'attempt' && [entry.index, entry.reason]),
        [
          [0, 'initial'],
          [1, 'retry'],
          [2, 'retry'],
        ],
      );
    });

    it('of which nobody knows what they used charge the bound', async () => {
      const id = await here.decide();
      const [, held] = await balance();
      await there.report(id, 'r1', { usage: undefined });
      assert.deepEqual(await balance(), [held, 0n]);
    });

    it("on another team's decision are refused, and change nothing", async () => {
      const id = await here.decide();
      const before = await balance();
      await fails(there.report(id, 'r1', {}, 'ads'), 'forbidden');
      assert.deepEqual([await balance(), ledger.entries.length], [before, 0]);
      await there.report(id, 'r2');
      assert.deepEqual(await balance(), [COST_NANO, 0n]);
    });

    it('under an id that was told with other content are in conflict, and charge nothing', async () => {
      const id = await here.decide();
      await here.report(id, 'r1');
      await fails(there.report(id, 'r1', { outcome: 'timeout' }), 'conflict');
      assert.deepEqual(await balance(), [COST_NANO, 0n]);
    });

    it('are charged behind the end of the lease, once', async () => {
      const id = await here.decide();
      open.advance(LEASE_MS + 1);
      assert.deepEqual(await balance(), [0n, 0n]);
      assert.deepEqual(await there.report(id, 'r1'), NEW);
      await here.report(id, 'r1');
      assert.deepEqual(await balance(), [COST_NANO, 0n]);
    });

    it('are settled by whoever hears them again, where the first to hear them died over it', async () => {
      const id = await here.decide();
      // It dies when it has claimed it.
      const died = decidingProcess(
        {
          ...open.here,
          accounts: { ...open.here.accounts, settle: () => Promise.reject(new Failure('unavailable', '')) },
        },
        {
          ledger: { append: async () => undefined, close: async () => undefined },
          clock: setClock(START_MS),
          random: countingRandom(),
        },
      );
      await died.report(id, 'r1');
      assert.deepEqual(await there.report(id, 'r1'), AGAIN);
      assert.deepEqual(await balance(), [COST_NANO, 0n]);
    });

    it('on a decision that nobody knows are written down once, and charge nobody', async () => {
      const told = await Promise.all([there.report('nobody-knows', 'r1'), there.report('nobody-knows', 'r1')]);
      assert.deepEqual(told, [
        { duplicate: false, matched: false },
        { duplicate: true, matched: false },
      ]);
      assert.equal(there.reported.length, 1);
      assert.deepEqual(await balance(), [0n, 0n]);
      assert.deepEqual(
        ledger.entries.map(({ accounts, chargedNano }) => [accounts, chargedNano]),
        [[[], 0n]],
      );
    });
  });
}
