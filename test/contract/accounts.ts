/** The contract of `flows/accounts.ts`: one suite, run on every implementation. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type {
  Account,
  HoldRequest,
  HoldResult,
  RateDemand,
  SettleRequest,
  SlotDemand,
} from '../../src/core/account.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Accounts } from '../../src/flows/accounts.ts';
import { type AccountsDriver, type OpenAccounts, START_MS } from './accounts-driver.ts';

const HOUR_MS = 3_600_000;
const LEASE_MS = 60_000;
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

const TEAM: Account = account('team', 100n);
const APP: Account = account('app', 60n);
/** It only counts. */
const COUNTED: Account = {
  key: 'counted|2026-11-22',
  budget: 'counted',
  limitNano: 10n,
  resetsAtMs: START_MS + HOUR_MS,
};
const ROLLING: Account = {
  key: 'rolling|rolling',
  budget: 'rolling',
  limitNano: 100n,
  ceilingNano: 100n,
  rolling: { bucketMs: 10_000, buckets: 3 },
};
const RATE: RateDemand = { key: 'rpm|requests', limit: 'rpm', units: 60, perMs: 60_000, burst: 3, take: 1 };
const TOKENS: RateDemand = { key: 'tpm|tokens', limit: 'tpm', units: 6_000, perMs: 60_000, burst: 1_000, take: 1_000 };
const PLACES: SlotDemand = { key: 'calls|calls', limit: 'calls', places: 2 };

function account(budget: string, ceilingNano: bigint): Account {
  const resetsAtMs = START_MS + HOUR_MS;
  return { key: `${budget}|2026-11-22`, budget, ceilingNano, limitNano: ceilingNano, resetsAtMs };
}

export function accountsContract(driver: AccountsDriver): void {
  describe(`accounts contract: ${driver.name}`, () => {
    let open: OpenAccounts;
    let accounts: Accounts;
    beforeEach(async () => {
      open = await driver.open();
      accounts = open.accounts;
    });
    afterEach(() => open.close());

    const hold = async (id: string, amountNano: bigint, more: Partial<HoldRequest> = {}): Promise<HoldResult> =>
      accounts.hold({ id, amountNano, accounts: [TEAM], rates: [], slots: [], leaseMs: LEASE_MS, ...more });
    const held = async (id: string, amountNano: bigint, more: Partial<HoldRequest> = {}): Promise<string> =>
      fenceOf(await hold(id, amountNano, more));
    const settle = async (id: string, fence: string, costNano: bigint, more: Partial<SettleRequest> = {}) =>
      accounts.settle({ id, fence, costNano, accounts: [TEAM], ...more });
    /** `[settled, held]` of each. */
    const balances = async (...of: readonly Account[]): Promise<readonly (readonly bigint[])[]> =>
      (await accounts.balances(of)).map(({ settledNano, heldNano }) => [settledNano, heldNano]);

    describe('holds', () => {
      it('fills an account exactly, and refuses one more', async () => {
        await held('a', 99n);
        await held('b', 1n);
        assert.equal((await hold('c', 1n)).kind, 'short');
        assert.deepEqual(await balances(TEAM), [[0n, 100n]]);
      });

      it('tells of each account what it has, in the order asked', async () => {
        await held('a', 7n, { accounts: [APP, COUNTED] });
        await held('b', 5n, { accounts: [TEAM, COUNTED] });
        assert.deepEqual(await balances(APP, COUNTED, TEAM), [
          [0n, 7n],
          [0n, 12n],
          [0n, 5n],
        ]);
      });

      it('holds in every account or in none', async () => {
        await held('a', 50n, { accounts: [APP] });
        const result = await hold('b', 20n, { accounts: [TEAM, APP, COUNTED] });
        assert.equal(result.kind, 'short');
        assert.deepEqual(await balances(TEAM, APP, COUNTED), [
          [0n, 0n],
          [0n, 50n],
          [0n, 0n],
        ]);
      });

      it('tells what is left in the account that has least, and what may come back', async () => {
        const fence = await held('a', 30n, { accounts: [TEAM, APP] });
        await settle('a', fence, 30n, { accounts: [TEAM, APP] });
        await held('b', 25n, { accounts: [APP, TEAM] });
        assert.deepEqual(await hold('c', 90n, { accounts: [TEAM, APP] }), {
          kind: 'short',
          account: APP.key,
          budget: APP.budget,
          freeNano: 5n,
          heldNano: 25n,
          balances: [
            { key: TEAM.key, settledNano: 30n, heldNano: 25n },
            { key: APP.key, settledNano: 30n, heldNano: 25n },
          ],
        });
      });

      it('counts without end where there is no ceiling', async () => {
        await held('a', 1_000n, { accounts: [COUNTED] });
        await held('b', 1_000n, { accounts: [COUNTED] });
        assert.deepEqual(await balances(COUNTED), [[0n, 2_000n]]);
      });

      it('takes a hold of nothing from an account that is full', async () => {
        await held('a', 100n);
        await held('b', 0n);
        assert.deepEqual(await balances(TEAM), [[0n, 100n]]);
      });

      it('holds the largest amounts to the nano-dollar', async () => {
        const large = account('large', MOST);
        await held('a', MOST - 1n, { accounts: [large] });
        await held('b', 1n, { accounts: [large] });
        assert.equal((await hold('c', 1n, { accounts: [large] })).kind, 'short');
        assert.deepEqual(await balances(large), [[0n, MOST]]);
      });

      it('gives the same hold to whoever asks again, once', async () => {
        const rates = [RATE];
        const slots = [PLACES];
        const fence = await held('a', 60n, { rates, slots });
        assert.equal(await held('a', 60n, { rates, slots }), fence);
        assert.deepEqual(await balances(TEAM), [[0n, 60n]]);
        await held('b', 0n, { rates, slots });
        await held('c', 0n, { rates });
        assert.equal((await hold('d', 0n, { rates })).kind, 'throttled');
      });

      it('knows what was new as it knows any other', async () => {
        const fence = await held('a', 60n, { isNew: true });
        assert.equal(await held('a', 60n), fence);
        assert.equal((await hold('b', 60n, { isNew: true })).kind, 'short');
        await settle('a', fence, 60n);
        await assert.rejects(hold('a', 60n), isFailure('conflict'));
        assert.deepEqual(await balances(TEAM), [[60n, 0n]]);
      });

      it('never gives two holds one fence', async () => {
        assert.notEqual(await held('a', 1n), await held('b', 1n));
      });

      it('refuses to hold again what was settled', async () => {
        await settle('a', await held('a', 10n), 10n);
        await assert.rejects(hold('a', 10n), isFailure('conflict'));
        assert.deepEqual(await balances(TEAM), [[10n, 0n]]);
      });

      it('refuses a negative amount', async () => {
        await assert.rejects(hold('a', -1n), isFailure('invalid_request'));
        await assert.rejects(settle('a', 'f', -1n), isFailure('invalid_request'));
        assert.deepEqual(await balances(TEAM), [[0n, 0n]]);
      });

      it('keeps accounts apart whose keys hold any sign', async () => {
        const strange = [account('a|b', 10n), account('a%7Cb', 10n), account('ü {x}:y', 10n)];
        for (const [index, one] of strange.entries()) await held(`${index}`, BigInt(index + 1), { accounts: [one] });
        assert.deepEqual(await balances(...strange), [
          [0n, 1n],
          [0n, 2n],
          [0n, 3n],
        ]);
      });

      it('knows nothing of an account that nobody used', async () => {
        assert.deepEqual(await accounts.balances([APP]), [{ key: APP.key, settledNano: 0n, heldNano: 0n }]);
        assert.deepEqual(await accounts.balances([]), []);
      });

      it('holds what has no budget at all', async () => {
        const fence = await held('a', 5n, { accounts: [] });
        assert.deepEqual(await settle('a', fence, 5n, { accounts: [] }), { kind: 'settled', balances: [] });
      });
    });

    describe('settlements', () => {
      it('puts the cost in place of the hold', async () => {
        const fence = await held('a', 80n, { accounts: [TEAM, COUNTED] });
        assert.deepEqual(await settle('a', fence, 30n, { accounts: [TEAM, COUNTED] }), {
          kind: 'settled',
          balances: [
            { key: TEAM.key, settledNano: 30n, heldNano: 0n },
            { key: COUNTED.key, settledNano: 30n, heldNano: 0n },
          ],
        });
        await held('b', 70n);
        assert.equal((await hold('c', 1n)).kind, 'short');
      });

      it('releases a hold that came to nothing', async () => {
        await settle('a', await held('a', 100n), 0n);
        assert.deepEqual(await balances(TEAM), [[0n, 0n]]);
        await held('b', 100n);
      });

      it('settles once, however often it is told', async () => {
        const fence = await held('a', 50n);
        await settle('a', fence, 20n);
        assert.deepEqual(await settle('a', fence, 20n), { kind: 'duplicate' });
        assert.deepEqual(await settle('a', fence, 49n), { kind: 'duplicate' });
        assert.deepEqual(await balances(TEAM), [[20n, 0n]]);
      });

      it('records a cost above its hold, and counts it against whoever comes later', async () => {
        await settle('a', await held('a', 50n), 130n);
        assert.deepEqual(await balances(TEAM), [[130n, 0n]]);
        const result = await hold('b', 1n);
        assert.deepEqual(result.kind === 'short' && [result.freeNano, result.heldNano], [-30n, 0n]);
      });

      it('records what another fence brings, and lets the hold stand', async () => {
        const fence = await held('a', 50n);
        assert.equal((await settle('a', 'not-this-one', 10n)).kind, 'late');
        assert.deepEqual(await balances(TEAM), [[10n, 50n]]);
        assert.deepEqual(await settle('a', 'not-this-one', 10n), { kind: 'duplicate' });
        assert.equal((await settle('a', fence, 20n)).kind, 'settled');
        assert.deepEqual(await balances(TEAM), [[30n, 0n]]);
      });

      it('records what nobody held, once', async () => {
        assert.equal((await settle('never', 'held', 10n)).kind, 'late');
        assert.deepEqual(await settle('never', 'held', 10n), { kind: 'duplicate' });
        assert.deepEqual(await balances(TEAM), [[10n, 0n]]);
      });

      it('lets a second process settle what a first one held', async () => {
        const fence = await held('a', 50n);
        const settled = await open.replica.settle({ id: 'a', fence, costNano: 20n, accounts: [TEAM] });
        assert.equal(settled.kind, 'settled');
        assert.deepEqual(await balances(TEAM), [[20n, 0n]]);
      });
    });

    describe('leases', () => {
      it('gives back what is not settled within', async () => {
        await held('a', 100n);
        open.advance(LEASE_MS - 1);
        assert.equal((await hold('b', 1n)).kind, 'short');
        open.advance(1);
        assert.deepEqual(await balances(TEAM), [[0n, 0n]]);
        await held('b', 100n);
      });

      it('records what is settled behind its lease, once', async () => {
        const fence = await held('a', 100n);
        open.advance(LEASE_MS);
        assert.deepEqual(await settle('a', fence, 70n), {
          kind: 'late',
          balances: [{ key: TEAM.key, settledNano: 70n, heldNano: 0n }],
        });
        assert.deepEqual(await settle('a', fence, 70n), { kind: 'duplicate' });
        assert.equal((await hold('b', 31n)).kind, 'short');
      });

      it('keeps what others hold out of a late settlement', async () => {
        const fence = await held('a', 100n);
        open.advance(LEASE_MS);
        const second = await held('b', 100n);
        assert.equal((await settle('a', fence, 70n)).kind, 'late');
        assert.deepEqual(await balances(TEAM), [[70n, 100n]]);
        assert.equal((await settle('b', second, 30n)).kind, 'settled');
        assert.deepEqual(await balances(TEAM), [[100n, 0n]]);
      });

      it('holds an id anew behind its lease, with another fence; each settles once', async () => {
        const first = await held('a', 60n);
        open.advance(LEASE_MS);
        const second = await held('a', 60n);
        assert.notEqual(first, second);
        assert.equal((await settle('a', first, 10n)).kind, 'late');
        assert.deepEqual(await balances(TEAM), [[10n, 60n]]);
        assert.equal((await settle('a', second, 20n)).kind, 'settled');
        assert.deepEqual(await settle('a', first, 10n), { kind: 'duplicate' });
        assert.deepEqual(await balances(TEAM), [[30n, 0n]]);
      });

      it('gives each hold its own lease', async () => {
        await held('a', 40n, { leaseMs: 20_000 });
        await held('b', 30n, { leaseMs: 10_000 });
        await held('c', 30n, { leaseMs: 30_000 });
        open.advance(10_000);
        assert.deepEqual(await balances(TEAM), [[0n, 70n]]);
        open.advance(10_000);
        assert.deepEqual(await balances(TEAM), [[0n, 30n]]);
        open.advance(10_000);
        assert.deepEqual(await balances(TEAM), [[0n, 0n]]);
      });
    });

    describe('windows', () => {
      it('knows nothing in a new window of what was spent in the one before', async () => {
        await settle('a', await held('a', 100n), 100n);
        open.advance(HOUR_MS);
        const next = { ...TEAM, key: 'team|2026-11-23', resetsAtMs: START_MS + 2 * HOUR_MS };
        await held('b', 100n, { accounts: [next] });
        assert.deepEqual(await balances(next), [[0n, 100n]]);
      });

      it('settles into the window that was held in, when that is over', async () => {
        const fence = await held('a', 100n, { leaseMs: 2 * HOUR_MS });
        open.advance(HOUR_MS + 1);
        assert.equal((await settle('a', fence, 40n)).kind, 'settled');
        assert.deepEqual(await balances(TEAM), [[40n, 0n]]);
      });

      it('lets what was settled leave a rolling window bucket by bucket', async () => {
        const spend = async (id: string, nano: bigint): Promise<void> => {
          const fence = await held(id, nano, { accounts: [ROLLING] });
          await settle(id, fence, nano, { accounts: [ROLLING] });
        };
        await spend('a', 50n);
        open.advance(10_000);
        await spend('b', 30n);
        open.advance(10_000);
        await spend('c', 20n);
        open.advance(9_999);
        assert.deepEqual(await balances(ROLLING), [[100n, 0n]]);
        assert.equal((await hold('d', 1n, { accounts: [ROLLING] })).kind, 'short');
        open.advance(1);
        assert.deepEqual(await balances(ROLLING), [[50n, 0n]]);
        await held('e', 50n, { accounts: [ROLLING] });
        assert.equal((await hold('f', 1n, { accounts: [ROLLING] })).kind, 'short');
        open.advance(20_000);
        assert.deepEqual(await balances(ROLLING), [[0n, 50n]]);
      });

      it('counts a cost in a rolling window from when it was settled', async () => {
        const fence = await held('a', 100n, { accounts: [ROLLING] });
        open.advance(25_000);
        await settle('a', fence, 60n, { accounts: [ROLLING] });
        open.advance(10_000);
        assert.deepEqual(await balances(ROLLING), [[60n, 0n]]);
        open.advance(10_000);
        assert.deepEqual(await balances(ROLLING), [[60n, 0n]]);
        open.advance(5_000);
        assert.deepEqual(await balances(ROLLING), [[0n, 0n]]);
      });

      it('forgets all of a rolling window that was not looked at for long', async () => {
        await settle('a', await held('a', 100n, { accounts: [ROLLING] }), 100n, { accounts: [ROLLING] });
        open.advance(HOUR_MS);
        await held('b', 100n, { accounts: [ROLLING] });
      });

      it('starts with what was settled before', async () => {
        const started = await driver.open(
          new Map([
            [TEAM.key, 90n],
            [ROLLING.key, 50n],
          ]),
        );
        try {
          const ask = (id: string, amountNano: bigint, one: Account) =>
            started.accounts.hold({ id, amountNano, accounts: [one], rates: [], slots: [], leaseMs: LEASE_MS });
          assert.equal((await ask('a', 11n, TEAM)).kind, 'short');
          assert.equal((await ask('b', 10n, TEAM)).kind, 'held');
          assert.equal((await ask('c', 51n, ROLLING)).kind, 'short');
          started.advance(30_000);
          assert.equal((await ask('d', 100n, ROLLING)).kind, 'held');
        } finally {
          await started.close();
        }
      });
    });

    describe('limits', () => {
      const call = (id: string, more: Partial<HoldRequest>): Promise<HoldResult> =>
        hold(id, 10n, { accounts: [TEAM], ...more });

      it('lets a burst through, then as many as come back in time', async () => {
        for (const id of ['a', 'b', 'c']) assert.equal((await call(id, { rates: [RATE] })).kind, 'held');
        assert.deepEqual(await call('d', { rates: [RATE] }), {
          kind: 'throttled',
          key: RATE.key,
          limit: RATE.limit,
          retryAfterMs: 1_000,
        });
        open.advance(999);
        assert.equal((await call('d', { rates: [RATE] })).kind, 'throttled');
        open.advance(1);
        assert.equal((await call('d', { rates: [RATE] })).kind, 'held');
        assert.equal((await call('e', { rates: [RATE] })).kind, 'throttled');
        open.advance(HOUR_MS);
        for (const id of ['f', 'g', 'h']) assert.equal((await call(id, { rates: [RATE] })).kind, 'held');
        assert.equal((await call('i', { rates: [RATE] })).kind, 'throttled');
      });

      it('bears a burst of any pace exactly', async () => {
        const odd = { ...RATE, key: 'odd|requests', units: 7, perMs: 60_000, burst: 7 };
        for (let index = 0; index < 7; index += 1) {
          assert.equal((await hold(`${index}`, 0n, { rates: [odd] })).kind, 'held');
        }
        assert.equal((await hold('one more', 0n, { rates: [odd] })).kind, 'throttled');
      });

      it('takes nothing where another limit or budget refuses', async () => {
        await call('a', { rates: [TOKENS] });
        assert.equal((await call('b', { rates: [RATE, TOKENS], slots: [PLACES] })).kind, 'throttled');
        assert.equal((await hold('c', 91n, { rates: [RATE], slots: [PLACES] })).kind, 'short');
        assert.deepEqual(await balances(TEAM), [[0n, 10n]]);
        for (const id of ['d', 'e']) assert.equal((await call(id, { rates: [RATE], slots: [PLACES] })).kind, 'held');
        assert.equal((await call('f', { rates: [RATE] })).kind, 'held');
        assert.equal((await call('g', { rates: [RATE] })).kind, 'throttled');
      });

      it('names the limit that keeps it waiting longest', async () => {
        await call('a', { rates: [TOKENS, { ...RATE, take: 3 }] });
        const result = await call('b', { rates: [RATE, TOKENS] });
        assert.deepEqual(result, { kind: 'throttled', key: TOKENS.key, limit: TOKENS.limit, retryAfterMs: 10_000 });
      });

      it('never lets through what asks for more than the burst', async () => {
        const result = await call('a', { rates: [{ ...TOKENS, take: 1_001 }] });
        assert.deepEqual(result, { kind: 'throttled', key: TOKENS.key, limit: TOKENS.limit, retryAfterMs: 0 });
        assert.equal((await call('b', { rates: [TOKENS] })).kind, 'held');
      });

      it('takes units back that were not used, and no more than fit', async () => {
        const fence = await held('a', 10n, { rates: [TOKENS] });
        await settle('a', fence, 5n, { refunds: [{ rate: TOKENS, units: 400 }] });
        assert.equal((await call('b', { rates: [{ ...TOKENS, take: 401 }] })).kind, 'throttled');
        const second = await held('c', 10n, { rates: [{ ...TOKENS, take: 400 }] });
        open.advance(HOUR_MS - LEASE_MS);
        await settle('c', second, 5n, { refunds: [{ rate: TOKENS, units: 400 }] });
        assert.equal((await call('d', { rates: [TOKENS] })).kind, 'held');
        assert.equal((await call('e', { rates: [{ ...TOKENS, take: 1 }] })).kind, 'throttled');
      });

      it('takes units back once', async () => {
        const refunds = [{ rate: TOKENS, units: 400 }];
        const fence = await held('a', 10n, { rates: [TOKENS] });
        await settle('a', fence, 5n, { refunds });
        await settle('a', fence, 5n, { refunds });
        assert.equal((await call('b', { rates: [{ ...TOKENS, take: 401 }] })).kind, 'throttled');
      });

      it('gives so many places, and one again to the next when it is left', async () => {
        const fence = await held('a', 10n, { slots: [PLACES] });
        await held('b', 10n, { slots: [PLACES] });
        const refused = { kind: 'throttled', key: PLACES.key, limit: PLACES.limit, retryAfterMs: 0 };
        assert.deepEqual(await call('c', { slots: [PLACES] }), refused);
        await settle('a', fence, 10n);
        await settle('a', fence, 10n);
        assert.equal((await call('c', { slots: [PLACES] })).kind, 'held');
        assert.deepEqual(await call('d', { slots: [PLACES] }), refused);
      });

      it('gives a place back when the lease ends', async () => {
        await held('a', 10n, { slots: [PLACES] });
        await held('b', 10n, { slots: [PLACES], leaseMs: 2 * LEASE_MS });
        open.advance(LEASE_MS);
        await held('c', 10n, { slots: [PLACES] });
        assert.equal((await call('d', { slots: [PLACES] })).kind, 'throttled');
      });

      it('counts for every process', async () => {
        await held('a', 60n, { rates: [{ ...RATE, take: 3 }] });
        const ask = (id: string, amountNano: bigint, rates: readonly RateDemand[]) =>
          open.replica.hold({ id, amountNano, accounts: [TEAM], rates, slots: [], leaseMs: LEASE_MS });
        assert.equal((await ask('b', 41n, [])).kind, 'short');
        assert.equal((await ask('c', 40n, [RATE])).kind, 'throttled');
        assert.equal((await ask('d', 40n, [])).kind, 'held');
      });
    });

    it('gives exactly what there is to many who ask at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, index) => {
          const asked = index % 2 === 0 ? accounts : open.replica;
          const request = { accounts: [TEAM, APP], rates: [], slots: [], leaseMs: LEASE_MS };
          return asked.hold({ id: `${index}`, amountNano: 3n, ...request });
        }),
      );
      assert.equal(results.filter(({ kind }) => kind === 'held').length, 20);
      assert.deepEqual(await balances(TEAM, APP), [
        [0n, 60n],
        [0n, 60n],
      ]);
    });
  });
}

function fenceOf(result: HoldResult): string {
  assert.equal(result.kind, 'held');
  return result.kind === 'held' ? result.fence : '';
}

const isFailure = (code: string) => (reason: unknown) => reason instanceof Failure && reason.code === code;
