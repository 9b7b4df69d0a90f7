/** The contract of `flows/held-decisions.ts`: one suite, run on every implementation. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Account } from '../../src/core/account.ts';
import { type Claim, type HeldDecision, MOST_REPORTS, type ReportClaim } from '../../src/flows/held-decisions.ts';
import { START_MS } from './accounts-driver.ts';
import type { HeldDecisionsDriver, OpenHeldDecisions, Process } from './held-decisions-driver.ts';

const LEASE_MS = 90_000;
const TEAM: Account = {
  key: 'team|2026-11',
  budget: 'team',
  ceilingNano: 1_000n,
  limitNano: 900n,
  resetsAtMs: START_MS + 86_400_000,
};
const ROLLING: Account = {
  key: 'rolling|\n%"é',
  budget: 'rolling',
  limitNano: 5n,
  rolling: { bucketMs: 60_000, buckets: 60 },
};
const DECISION: HeldDecision = {
  id: '019aa8f0-0000-7000-8000-000000000001',
  holdId: '019aa8f0-0000-7000-8000-000000000001/1',
  accounts: [TEAM, ROLLING],
  boundNano: 100n,
  policy: { revision: 'r1', digest: 'sha256:00' },
  operation: 'chat',
  requestedModel: 'fast',
  // Whoever calls may call things by any name.
  attribution: { team: 'search', application: 'a', environment: 'prod', tags: { spentNano: 'a lot', nano: '7' } },
};

export function heldDecisionsContract(driver: HeldDecisionsDriver): void {
  describe(`held decisions contract: ${driver.name}`, () => {
    let open: OpenHeldDecisions;
    let here: Process;
    let there: Process;
    beforeEach(async () => {
      open = await driver.open();
      ({ here, there } = open);
    });
    afterEach(() => open.close());

    const hold = async (held: HeldDecision = DECISION, amountNano = held.boundNano): Promise<string | undefined> => {
      const { accounts, holdId: id } = held;
      const request = { id, amountNano, accounts, rates: [], slots: [], leaseMs: LEASE_MS };
      const result = await here.accounts.hold(request, { decision: held });
      if (result.kind !== 'held') return undefined;
      here.decisions.remember(held, result.fence);
      return result.fence;
    };
    const claim = async (at: Process, more: Partial<ReportClaim> = {}): Promise<Claim> =>
      at.decisions.claim({ decisionId: DECISION.id, reportId: 'r1', content: 'c', team: 'search', ...more });
    /** `[index, settlesHold, standing]`, or the kind. */
    const place = async (at: Process, more: Partial<ReportClaim> = {}): Promise<unknown> => {
      const found = await claim(at, more);
      return found.kind === 'claimed' ? [found.index, found.settlesHold, found.standing] : found.kind;
    };

    it('tells every process all that is known of a decision, with its fence', async () => {
      const fence = await hold();
      const claimed = { kind: 'claimed', held: DECISION, fence, index: 0, settlesHold: true, standing: 'new' };
      assert.deepEqual(await claim(there), claimed);
    });

    it('knows nothing of what was not held', async () => {
      assert.equal(await hold(DECISION, 1_001n), undefined);
      assert.deepEqual(await claim(here), { kind: 'unknown' });
      assert.deepEqual(await claim(there, { decisionId: 'another' }), { kind: 'unknown' });
    });

    it('lets the first report settle the hold, and counts those behind it, wherever they come', async () => {
      await hold();
      assert.deepEqual(await place(there, { reportId: 'r1' }), [0, true, 'new']);
      assert.deepEqual(await place(here, { reportId: 'r2' }), [1, false, 'new']);
      assert.deepEqual(await place(there, { reportId: 'r3' }), [2, false, 'new']);
    });

    it('tells the same report the same, wherever it comes again', async () => {
      await hold();
      await place(here, { reportId: 'r1' });
      await place(there, { reportId: 'r2' });
      for (const at of [here, there]) {
        assert.deepEqual(await place(at, { reportId: 'r1' }), [0, true, 'again']);
        assert.deepEqual(await place(at, { reportId: 'r2' }), [1, false, 'again']);
      }
    });

    it('lets one settle the hold of all that come at once', async () => {
      await hold();
      const places = await Promise.all(
        ['a', 'b', 'c', 'd'].flatMap((reportId) => [place(here, { reportId }), place(there, { reportId })]),
      );
      const settling = places.filter((found) => Array.isArray(found) && found[1] === true);
      assert.equal(settling.length, 2, 'the one report, told twice');
      assert.equal(places.filter((found) => Array.isArray(found) && found[2] === 'new').length, 4);
    });

    it("refuses another team's report, which takes no place", async () => {
      await hold();
      assert.equal(await place(there, { team: 'ads' }), 'foreign');
      assert.deepEqual(await place(here, { reportId: 'r2' }), [0, true, 'new']);
      assert.equal(await place(there, { team: 'ads', reportId: 'r2' }), 'foreign');
      assert.equal(await place(there, { team: '' }), 'foreign');
    });

    it('takes the report of one who is bound to no team', async () => {
      await hold();
      assert.deepEqual(await place(there, { team: undefined }), [0, true, 'new']);
    });

    it('finds the same id with other content out, which changes nothing', async () => {
      await hold();
      await place(here);
      assert.equal(await place(there, { content: 'other' }), 'conflict');
      assert.deepEqual(await place(there), [0, true, 'again']);
      assert.deepEqual(await place(there, { reportId: 'r2' }), [1, false, 'new']);
    });

    it('holds decisions apart, also from ids that look like its own words', async () => {
      const other = { ...DECISION, id: 'other', holdId: 'other/1', requestedModel: undefined };
      await hold();
      await hold(other);
      for (const reportId of ['hold', 'decision', 'r:hold', '1 c']) await place(here, { reportId });
      const claimed = await claim(there, { decisionId: 'other' });
      assert.deepEqual(
        claimed.kind === 'claimed' && [claimed.held.holdId, claimed.held.requestedModel, claimed.index],
        ['other/1', undefined, 0],
      );
      assert.deepEqual(await place(there, { reportId: 'fence' }), [4, false, 'new']);
    });

    it('is not told a settled report as a new one', async () => {
      await hold();
      await place(there);
      there.decisions.settled(DECISION.id, 'r1');
      there.decisions.settled('no decision', 'r1');
      there.decisions.settled(DECISION.id, 'no report');
      const again = await claim(here);
      assert.ok(again.kind === 'claimed' && again.standing !== 'new' && again.settlesHold);
      assert.deepEqual(await place(here, { reportId: 'no report' }), [1, false, 'new']);
    });

    it('does not grow with the reports of one decision: beyond a bound each is one more', async () => {
      await hold();
      for (let index = 0; index < MOST_REPORTS; index += 1) await place(here, { reportId: `r${index}` });
      for (let times = 0; times < 2; times += 1) {
        assert.deepEqual(await place(there, { reportId: 'late' }), [MOST_REPORTS, false, 'new']);
      }
      assert.deepEqual(await place(there, { reportId: `r${MOST_REPORTS - 1}` }), [MOST_REPORTS - 1, false, 'again']);
    });

    it('is remembered behind the end of the lease, and settled late', async () => {
      await hold();
      open.advance(LEASE_MS + 3_500_000);
      const claimed = await claim(there);
      assert.ok(claimed.kind === 'claimed');
      const { held, fence } = claimed;
      const settled = await there.accounts.settle({ id: held.holdId, fence, costNano: 40n, accounts: held.accounts });
      assert.equal(settled.kind, 'late');
      const [balance] = await here.accounts.balances([TEAM]);
      assert.deepEqual([balance?.settledNano, balance?.heldNano], [40n, 0n]);
    });
  });
}
