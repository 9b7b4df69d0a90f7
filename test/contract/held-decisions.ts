/**
 * The contract of HeldDecisions, and what it is for: a decision holds money at one replica, and whichever replica is told
 * what its call came to settles that, once.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Account } from '../../src/core/account.ts';
import type { AllowDocument } from '../../src/core/decision.ts';
import { Failure } from '../../src/core/failure.ts';
import type { LedgerEntry } from '../../src/core/ledger-entry.ts';
import { NO_PRICES } from '../../src/core/price-card.ts';
import type { MadeDecision } from '../../src/engine/engine.ts';
import { createDecisionHolds, type DecisionHolds } from '../../src/flows/decision-holds.ts';
import type { HeldDecision, HeldDecisions } from '../../src/flows/held-decisions.ts';
import { setClock } from '../support/clock.ts';
import { START_MS } from './accounts-driver.ts';
import type { HeldDecisionsDriver, OpenReplicas, Replica } from './held-decisions-driver.ts';

const TEAM: Account = { key: 'team|2026-11', budget: 'team', limitNano: 100n, ceilingNano: 100n };
const BOUND = 60n;
const LEASE_MS = 60_000;
const HELD: HeldDecision = {
  holdId: 'd/1',
  fence: 'fence-7',
  accounts: [
    { ...TEAM, resetsAtMs: START_MS },
    { key: 'r', budget: 'r', limitNano: 2n ** 53n + 1n, rolling: { bucketMs: 60_000, buckets: 60 } },
  ],
  boundNano: 2n ** 60n,
  policy: { revision: 'r1', digest: 'sha256:00', entrypoint: 'turnpike/decision' },
  operation: 'chat',
  requestedModel: 'auto',
  // A tag may be called as an amount is.
  attribution: { team: 'search', application: 'web', environment: 'prod', tags: { limitNano: 'no', nano: '1' } },
};
const PLAN: AllowDocument = {
  outcome: 'allow',
  reasons: [],
  budgets: ['team'],
  limits: [],
  obligations: [],
  attribution: { team: 'search', application: 'web', environment: 'prod' },
  route: [
    {
      target: 'p/m',
      max_output_tokens: 10,
      retries: 0,
      timeouts: { connect_ms: 1_000, first_token_ms: 1_000, idle_ms: 1_000, total_ms: 1_000 },
    },
  ],
  fallback_on: [],
  envelope: { deadline_ms: LEASE_MS - 30_000, max_attempts: 1, max_cost_nano_usd: Number(BOUND) },
};

export function heldDecisionsContract(driver: HeldDecisionsDriver): void {
  describe(`held decisions contract: ${driver.name}`, () => {
    let replicas: OpenReplicas;
    beforeEach(async () => {
      replicas = await driver.open();
    });
    afterEach(() => replicas.close());

    /** What the first was told before is known to all: it answers in order. */
    const known = async (): Promise<void> => void (await replicas.first.accounts.balances([TEAM]));

    it('knows nothing of what nobody decided', async () => {
      const { second } = replicas;
      assert.equal(await second.decisions.find('d'), undefined);
      assert.equal(await second.decisions.claim('d', 'a'), undefined);
    });

    it('is told by every replica what one was told, to the nano-dollar', async () => {
      const { first, second } = replicas;
      first.decisions.remember('d', HELD, LEASE_MS);
      await known();
      for (const { decisions } of [first, second]) {
        assert.deepEqual(await decisions.find('d'), HELD);
        assert.deepEqual(await decisions.claim('d', 'a'), { held: HELD, place: 0 });
      }
    });

    it('has one place for a report, whoever is told it, and another for another', async () => {
      const { first, second } = replicas;
      first.decisions.remember('d', HELD, LEASE_MS);
      first.decisions.remember('e', HELD, LEASE_MS);
      await known();
      const place = async ({ decisions }: Replica, report: string, decision = 'd') =>
        (await decisions.claim(decision, report))?.place;
      assert.equal(await place(second, 'a'), 0);
      assert.equal(await place(first, 'b'), 1);
      assert.equal(await place(first, 'a'), 0);
      assert.equal(await place(second, 'b'), 1);
      assert.equal(await place(second, 'a', 'e'), 0);
    });

    it('gives the first place to one, however many reports there are', async () => {
      const { first, second } = replicas;
      first.decisions.remember('d', HELD, LEASE_MS);
      await known();
      const reports = Array.from({ length: 100 }, (_, index) => `r${index}`);
      const claims = [...reports, ...reports].map((report, index) =>
        (index % 2 === 0 ? first : second).decisions.claim('d', report),
      );
      const places = (await Promise.all(claims)).map((claimed) => claimed?.place);
      assert.equal(new Set(places.flatMap((place, index) => (place === 0 ? [index % 100] : []))).size, 1);
      assert.equal(places.filter((place) => place === 0).length, 2);
    });

    describe('settles what a decision holds', () => {
      let entries: LedgerEntry[];
      let warnings: string[];
      beforeEach(() => {
        entries = [];
        warnings = [];
      });

      const holdsOf = ({ accounts, decisions }: Replica): DecisionHolds =>
        createDecisionHolds({
          money: {
            accounts,
            ledger: { append: async (entry) => void entries.push(entry), close: async () => undefined },
            demands: { accounts: () => [TEAM], limits: () => ({ rates: [], slots: [] }) },
            settled: () => undefined,
            short: () => undefined,
            warn: (message) => void warnings.push(message),
          },
          decisions,
          clock: setClock(START_MS),
          prices: () => NO_PRICES,
        });
      const decide = async (id = 'd'): Promise<void> => {
        const made = { id, policy: HELD.policy, document: PLAN };
        const spender = { caller: { team: 'search', application: 'web', environment: 'prod' }, tags: {} };
        // What holding reads of a decision.
        const refused = await holdsOf(replicas.first).hold(made as MadeDecision, spender, { operation: 'chat' });
        assert.equal(refused, undefined);
        await known();
      };
      const report = (at: Replica, id: string, nano: bigint, decisionId = 'd'): Promise<void> => {
        const none = { inputNano: 0n, cacheReadNano: 0n, cacheWriteNano: 0n, outputNano: 0n, otherNano: 0n };
        return holdsOf(at).settle({
          report: { id, decision_id: decisionId, target: 'p/m', outcome: 'ok', usage: { kind: 'unknown' } },
          attribution: PLAN.attribution,
          cost: {
            kind: 'priced',
            priceId: 'c',
            tier: 'standard',
            estimated: false,
            items: { ...none, totalNano: nano },
          },
          receivedAtMs: START_MS,
          subject: undefined,
        });
      };
      const balance = async (): Promise<readonly bigint[]> => {
        const [found] = await replicas.second.accounts.balances([TEAM]);
        return [found?.settledNano ?? -1n, found?.heldNano ?? -1n];
      };
      const written = () =>
        entries.map((entry) => [entry.id, entry.chargedNano, entry.kind === 'attempt' && entry.index]);

      it('where another replica is told what it came to', async () => {
        await decide();
        assert.deepEqual(await balance(), [0n, BOUND]);
        await report(replicas.second, 'a', 25n);
        assert.deepEqual(await balance(), [25n, 0n]);
        assert.deepEqual(written(), [['d/report/a', 25n, 0]]);
        assert.deepEqual(entries[0]?.accounts, [TEAM.key]);
        assert.equal(entries[0]?.policyRevision, 'r1');
      });

      it('once, however often it is told, and where', async () => {
        await decide();
        for (const at of [replicas.second, replicas.first, replicas.second]) await report(at, 'a', 25n);
        assert.deepEqual(await balance(), [25n, 0n]);
        // The same entry each time, which the ledger writes once.
        assert.deepEqual(written(), Array(3).fill(['d/report/a', 25n, 0]));
      });

      it('and charges each further attempt, wherever it is told', async () => {
        await decide();
        await report(replicas.second, 'a', 25n);
        await report(replicas.first, 'b', 10n);
        await report(replicas.second, 'c', 5n);
        await report(replicas.second, 'b', 10n);
        assert.deepEqual(await balance(), [40n, 0n]);
        assert.deepEqual(written().slice(0, 3), [
          ['d/report/a', 25n, 0],
          ['d/report/b', 10n, 1],
          ['d/report/c', 5n, 2],
        ]);
      });

      it('and charges what is told behind the end of its lease', async () => {
        await decide();
        replicas.advance(LEASE_MS + 1);
        assert.deepEqual(await balance(), [0n, 0n]);
        await report(replicas.second, 'a', 25n);
        assert.deepEqual(await balance(), [25n, 0n]);
      });

      it('and writes down what belongs to no decision that is known', async () => {
        await report(replicas.second, 'a', 25n);
        assert.deepEqual(await balance(), [0n, 0n]);
        assert.deepEqual(written(), [['d/report/a', 0n, 0]]);
        assert.deepEqual(warnings, []);
      });

      it('and writes it down and warns where nobody can be asked', async () => {
        const away = async () => Promise.reject(new Failure('unavailable', 'nobody is there'));
        const decisions: HeldDecisions = { ...replicas.second.decisions, claim: away };
        await report({ ...replicas.second, decisions }, 'a', 25n);
        assert.deepEqual(written(), [['d/report/a', 0n, 0]]);
        assert.match(warnings.join(), /report a: is written and not settled: .*nobody is there/);
      });

      it('and tells every replica whose it is', async () => {
        await decide();
        assert.deepEqual(await holdsOf(replicas.second).find('d'), { id: 'd', attribution: PLAN.attribution });
        assert.equal(await holdsOf(replicas.second).find('e'), undefined);
      });
    });
  });
}
