/** Patience: who waits for money or a limit, for how long, and in which order it is served. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Account, HoldRequest, HoldResult, RateDemand, SlotDemand } from '../../src/core/account.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Accounts, HoldOptions } from '../../src/flows/accounts.ts';
import { createMemoryAccounts } from '../../src/state/accounts/memory.ts';
import { createWaitingAccounts, type WaitingOptions } from '../../src/state/accounts/waiting.ts';
import { type FakeTime, fakeTime } from '../support/fake-time.ts';

const POLL_MS = 25;
/** So rarely that only what is heard in this process wakes anybody. */
const NEVER_MS = 1e9;
const LEASE_MS = 3_600_000;
const accountOf = (budget: string, ceilingNano: bigint): Account => ({
  key: `${budget}|total`,
  budget,
  ceilingNano,
  limitNano: ceilingNano,
});
const TEAM = accountOf('team', 100n);
const APP = accountOf('app', 100n);
const RATE: RateDemand = { key: 'rpm|requests', limit: 'rpm', units: 60, perMs: 60_000, burst: 2, take: 1 };
const PLACE: SlotDemand = { key: 'calls|calls', limit: 'calls', places: 1 };

/** An inner store as it is behind a network: answers come later, and not in the order in which they were made. */
function remote(inner: Accounts): Accounts {
  let calls = 0;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const later = async <Answer>(ask: () => Answer | Promise<Answer>): Promise<Answer> => {
    calls += 1;
    const answerTurns = (calls * 7) % 4;
    await turn();
    try {
      return await ask();
    } finally {
      for (let turns = 0; turns < answerTurns; turns += 1) await turn();
    }
  };
  return {
    hold: (request, options) => later(() => inner.hold(request, options)),
    settle: (request) => later(() => inner.settle(request)),
    balances: (accounts) => later(() => inner.balances(accounts)),
    close: () => inner.close(),
  };
}

interface Scene {
  readonly time: FakeTime;
  readonly accounts: Accounts;
  /** The store itself: what other processes do is heard of by nobody here. */
  readonly others: Accounts;
  /** Ids in the order in which they were answered, with what. */
  readonly answers: string[];
  ask(id: string, amountNano: bigint, options?: HoldOptions, more?: Partial<HoldRequest>): void;
  settle(id: string, costNano: bigint): Promise<void>;
}

function scene(wrap: (inner: Accounts) => Accounts, options: Partial<WaitingOptions> = {}): Scene {
  const time = fakeTime();
  let fences = 0;
  const others = createMemoryAccounts({ clock: time, fence: () => `fence-${fences++}` });
  const accounts = createWaitingAccounts(wrap(others), {
    clock: time,
    timers: time,
    pollMs: NEVER_MS,
    random: () => 0.5,
    ...options,
  });
  const answers: string[] = [];
  const held = new Map<string, { readonly request: HoldRequest; readonly fence: string }>();
  return {
    time,
    accounts,
    others,
    answers,
    ask(id, amountNano, terms = { waitMs: 10_000 }, more = {}) {
      const request = { id, amountNano, accounts: [TEAM], rates: [], slots: [], leaseMs: LEASE_MS, ...more };
      const heard = (result: HoldResult): void => {
        answers.push(`${id} ${result.kind}`);
        if (result.kind === 'held') held.set(id, { request, fence: result.fence });
      };
      const failed = (reason: unknown): void => void answers.push(`${id} ${Failure.from(reason).code}`);
      (async () => accounts.hold(request, terms))().then(heard, failed);
    },
    async settle(id, costNano) {
      const found = held.get(id);
      assert.ok(found, `${id} is not held`);
      await accounts.settle({ id, fence: found.fence, costNano, accounts: found.request.accounts });
      await time.settle();
      await time.settle();
    },
  };
}

for (const [name, wrap] of [
  ['in this process', (inner: Accounts) => inner],
  ['over a network', remote],
] as const) {
  describe(`waiting for accounts ${name}`, () => {
    /** Everything that waits for no time. */
    const quiet = async ({ time }: Scene): Promise<void> => {
      for (let turn = 0; turn < 40; turn += 1) await time.settle();
    };
    /** Runs until then, and all that it sets off. */
    const later = async (at: Scene, ms: number): Promise<void> => {
      await at.time.advance(ms);
      await quiet(at);
    };
    const ask = async (at: Scene, ...asked: Parameters<Scene['ask']>): Promise<void> => {
      at.ask(...asked);
      await quiet(at);
    };

    it('gives held money to who waits for it as soon as it comes back', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 100n);
      await ask(at, 'b', 60n);
      assert.deepEqual(at.answers, ['a held']);
      await at.settle('a', 40n);
      await quiet(at);
      assert.deepEqual(at.answers, ['a held', 'b held']);
      assert.equal(at.time.pending, 0);
    });

    it('does not wait for what is spent', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 50n);
      await at.settle('a', 50n);
      await ask(at, 'b', 30n);
      await ask(at, 'c', 51n);
      assert.deepEqual(at.answers, ['a held', 'b held', 'c short']);
    });

    it('stops to wait when what it waited for is spent', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 100n);
      await ask(at, 'b', 60n);
      await at.settle('a', 41n);
      await quiet(at);
      assert.deepEqual(at.answers, ['a held', 'b short']);
      assert.equal(at.time.pending, 0);
    });

    it('does not stand behind those who wait for what is spent for it', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 50n);
      await at.settle('a', 30n);
      await ask(at, 'b', 60n);
      await ask(at, 'c', 50n);
      await ask(at, 'd', 71n);
      assert.deepEqual(at.answers, ['a held', 'b held', 'd short']);
    });

    it('answers as before to who has no patience, whoever waits', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 90n);
      await ask(at, 'b', 50n);
      await ask(at, 'c', 20n, {});
      await ask(at, 'd', 10n, {});
      assert.deepEqual(at.answers, ['a held', 'c short', 'd held']);
    });

    it('serves who came first first', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 60n);
      await ask(at, 'b', 30n);
      for (const id of ['c', 'd', 'e']) await ask(at, id, 30n);
      await at.settle('b', 0n);
      await quiet(at);
      await at.settle('a', 0n);
      await quiet(at);
      assert.deepEqual(at.answers, ['a held', 'b held', 'c held', 'd held', 'e held']);
    });

    it('keeps what is free for a large one that stands first, for its turn', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 60n);
      await ask(at, 'b', 30n);
      await ask(at, 'large', 80n);
      await ask(at, 'small', 10n);
      await later(at, 900);
      assert.deepEqual(at.answers, ['a held', 'b held']);
      await at.settle('b', 0n);
      await at.settle('a', 0n);
      await quiet(at);
      assert.deepEqual(at.answers, ['a held', 'b held', 'large held', 'small held']);
    });

    it('lets small ones that fit pass a large one after its turn, and not in its next', async () => {
      const at = scene(wrap, { pollMs: POLL_MS });
      await ask(at, 'a', 60n);
      await ask(at, 'large', 80n, { waitMs: 10_000 });
      await ask(at, 'b', 50n);
      await ask(at, 'c', 30n);
      await ask(at, 'd', 10n);
      await later(at, 1_100);
      assert.deepEqual(at.answers, ['a held', 'c held', 'd held']);
      await later(at, 1_000);
      await at.settle('c', 0n);
      await ask(at, 'e', 5n);
      await later(at, 100);
      assert.deepEqual(at.answers, ['a held', 'c held', 'd held']);
      await at.settle('a', 0n);
      await quiet(at);
      await at.settle('d', 0n);
      await quiet(at);
      assert.deepEqual(at.answers, ['a held', 'c held', 'd held', 'large held']);
    });

    it('waits as long as it may, and ends with what is so then', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 100n);
      await ask(at, 'b', 60n, { waitMs: 1_000 });
      await ask(at, 'c', 10n, { waitMs: 2_000 });
      await later(at, 999);
      assert.deepEqual(at.answers, ['a held']);
      await later(at, 1);
      assert.deepEqual(at.answers, ['a held', 'b short']);
      await later(at, 1_000);
      assert.deepEqual(at.answers, ['a held', 'b short', 'c short']);
      assert.equal(at.time.pending, 0);
    });

    it('serves the next when the first gives up', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 60n);
      await ask(at, 'b', 100n, { waitMs: 500 });
      await ask(at, 'c', 40n);
      await later(at, 500);
      assert.deepEqual(at.answers.toSorted(), ['a held', 'b short', 'c held']);
    });

    it('ends at once when nobody waits any more', async () => {
      const at = scene(wrap);
      const caller = new AbortController();
      await ask(at, 'a', 60n);
      await ask(at, 'b', 100n, { waitMs: 5_000, signal: caller.signal });
      await ask(at, 'c', 40n);
      caller.abort();
      await quiet(at);
      assert.deepEqual(at.answers, ['a held', 'b cancelled', 'c held']);
      await ask(at, 'd', 50n, { waitMs: 5_000, signal: caller.signal });
      assert.deepEqual(at.answers.slice(3), ['d cancelled']);
    });

    it('finds what others gave back, and what came back with a lease', async () => {
      const at = scene(wrap, { pollMs: POLL_MS });
      const other = { id: 'other', amountNano: 100n, accounts: [TEAM], rates: [], slots: [], leaseMs: LEASE_MS };
      const held = await at.others.hold(other);
      await ask(at, 'a', 60n);
      await at.others.settle({ id: 'other', fence: fenceOf(held), costNano: 0n, accounts: [TEAM] });
      await later(at, POLL_MS);
      assert.deepEqual(at.answers, ['a held']);
      await at.others.hold({ ...other, id: 'lost', amountNano: 40n, leaseMs: 200 });
      await ask(at, 'b', 40n);
      await later(at, 200);
      await later(at, 2 * POLL_MS);
      assert.deepEqual(at.answers, ['a held', 'b held']);
    });

    it('waits in the line of the account that is short, one after the other', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 100n);
      await ask(at, 'b', 100n, {}, { accounts: [APP] });
      await ask(at, 'both', 50n, { waitMs: 10_000 }, { accounts: [TEAM, APP] });
      await at.settle('a', 0n);
      await quiet(at);
      await ask(at, 'c', 50n);
      assert.deepEqual(at.answers, ['a held', 'b held', 'c held']);
      await at.settle('b', 0n);
      await quiet(at);
      assert.deepEqual(at.answers.slice(3), ['both held']);
    });

    it('keeps who came first first, also in a line that it joined later', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 100n);
      await ask(at, 'b', 100n, {}, { accounts: [APP] });
      await ask(at, 'first', 60n, { waitMs: 10_000 }, { accounts: [TEAM, APP] });
      await ask(at, 'second', 60n, { waitMs: 10_000 }, { accounts: [APP] });
      await at.settle('a', 0n);
      await quiet(at);
      await at.settle('b', 0n);
      await quiet(at);
      assert.deepEqual(at.answers, ['a held', 'b held', 'first held']);
      await at.settle('first', 0n);
      await quiet(at);
      assert.deepEqual(at.answers.slice(3), ['second held']);
    });

    it('waits for a rate until there is some again, and not longer than it may', async () => {
      const at = scene(wrap);
      const rates = [RATE];
      for (const id of ['a', 'b']) await ask(at, id, 0n, {}, { rates });
      await ask(at, 'c', 0n, { waitMs: 999 }, { rates });
      await ask(at, 'd', 0n, { waitMs: 1_000 }, { rates });
      await ask(at, 'e', 0n, { waitMs: 2_500 }, { rates });
      assert.deepEqual(at.answers, ['a held', 'b held', 'c throttled']);
      await later(at, 1_000);
      assert.deepEqual(at.answers.slice(3), ['d held']);
      await later(at, 1_000);
      assert.deepEqual(at.answers.slice(4), ['e held']);
    });

    it('does not wait for more than a burst', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 0n, { waitMs: 9_999 }, { rates: [{ ...RATE, take: 3 }] });
      assert.deepEqual(at.answers, ['a throttled']);
    });

    it('waits for a place', async () => {
      const at = scene(wrap);
      const slots = [PLACE];
      for (const id of ['a', 'b', 'c']) await ask(at, id, 0n, { waitMs: 5_000 }, { slots });
      assert.deepEqual(at.answers, ['a held']);
      await at.settle('a', 0n);
      await quiet(at);
      assert.deepEqual(at.answers, ['a held', 'b held']);
      await at.settle('b', 0n);
      await quiet(at);
      assert.deepEqual(at.answers, ['a held', 'b held', 'c held']);
    });

    it('lets nobody more wait than there is room for', async () => {
      const at = scene(wrap, { most: 1 });
      await ask(at, 'a', 100n);
      for (const id of ['b', 'c']) await ask(at, id, 10n);
      assert.deepEqual(at.answers, ['a held', 'c short']);
    });

    it('tells those who wait when it is closed', async () => {
      const at = scene(wrap);
      await ask(at, 'a', 100n);
      await ask(at, 'b', 10n);
      await at.accounts.close();
      await quiet(at);
      assert.deepEqual(at.answers, ['a held', 'b unavailable']);
      assert.equal(at.time.pending, 0);
    });

    it('admits all that the money affords, whatever comes in which order', async () => {
      const call = fc.record({
        amount: fc.integer({ min: 1, max: 100 }),
        share: fc.constantFrom(0, 1, 2, 4),
        both: fc.boolean(),
        arrivesMs: fc.integer({ min: 0, max: 200 }),
        runsMs: fc.integer({ min: 0, max: 300 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 25 }), async (calls) => {
          const at = scene(wrap);
          const wronged: string[] = [];
          for (const [index, { amount, share, both, arrivesMs, runsMs }] of calls.entries()) {
            const accounts = both ? [TEAM, APP] : [TEAM];
            const request: HoldRequest = {
              id: `${index}`,
              amountNano: BigInt(amount),
              accounts,
              rates: [],
              slots: [],
              leaseMs: LEASE_MS,
            };
            at.time.after(arrivesMs, () => {
              void (async () => {
                const result = await at.accounts.hold(request, { waitMs: 1_000_000 });
                at.answers.push(`${index} ${result.kind}`);
                if (result.kind !== 'held') {
                  // It may be refused for what is spent, and for nothing else.
                  const least = await leastUnspent(at.others, accounts);
                  if (least >= request.amountNano) wronged.push(request.id);
                  return;
                }
                const costNano = BigInt(Math.floor((amount * share) / 4));
                at.time.after(runsMs, () => {
                  void at.accounts.settle({ id: request.id, fence: result.fence, costNano, accounts });
                });
              })();
            });
          }
          for (let turn = 0; turn < 400 && at.answers.length < calls.length; turn += 1) await at.time.advance(100);
          assert.equal(at.answers.length, calls.length, 'everybody is answered');
          await at.time.advance(1_000);
          await quiet(at);
          assert.equal(at.time.pending, 0);
          assert.deepEqual(wronged, []);
        }),
        {
          numRuns: 60,
          examples: [
            [
              [
                { amount: 100, share: 0, both: false, arrivesMs: 0, runsMs: 300 },
                { amount: 100, share: 4, both: true, arrivesMs: 1, runsMs: 300 },
                { amount: 1, share: 0, both: false, arrivesMs: 2, runsMs: 0 },
              ],
            ],
          ],
        },
      );
    });
  });
}

it('gives back what comes for somebody who left while it was asked for', async () => {
  const at = scene(remote);
  const caller = new AbortController();
  at.ask('a', 100n);
  for (let turn = 0; turn < 8; turn += 1) await at.time.settle();
  at.ask('b', 100n, { waitMs: 5_000, signal: caller.signal }, { rates: [{ ...RATE, take: 2 }] });
  for (let turn = 0; turn < 8; turn += 1) await at.time.settle();
  const held = await at.accounts.balances([TEAM]);
  assert.equal(held[0]?.heldNano, 100n);
  const settled = at.settle('a', 0n);
  // The settlement has reached the store, the answer to who waits has not come yet.
  for (let turn = 0; turn < 50 && (await heldIn(at.others, TEAM)) === 100n; turn += 1) await Promise.resolve();
  caller.abort();
  await settled;
  for (let turn = 0; turn < 8; turn += 1) await at.time.settle();
  assert.deepEqual(at.answers, ['a held', 'b cancelled']);
  assert.equal(await heldIn(at.others, TEAM), 0n);
  at.ask('c', 1n, {}, { rates: [{ ...RATE, take: 2 }] });
  for (let turn = 0; turn < 8; turn += 1) await at.time.settle();
  assert.deepEqual(at.answers.slice(2), ['c held']);
});

it('hears of what came back while it was told that there is nothing', async () => {
  let answer = (): void => undefined;
  const at = scene((inner) => ({
    ...inner,
    hold(request, options) {
      const result = inner.hold(request, options);
      if (request.id !== 'slow' || !('kind' in result) || result.kind === 'held') return result;
      return new Promise((resolve) => {
        answer = () => resolve(result);
      });
    },
  }));
  at.ask('a', 100n);
  await at.time.settle();
  at.ask('slow', 100n);
  await at.time.settle();
  await at.settle('a', 0n);
  answer();
  await at.time.settle();
  assert.deepEqual(at.answers, ['a held', 'slow held']);
});

function fenceOf(result: HoldResult): string {
  assert.equal(result.kind, 'held');
  return result.kind === 'held' ? result.fence : '';
}

const heldIn = async (accounts: Accounts, account: Account): Promise<bigint | undefined> =>
  (await accounts.balances([account]))[0]?.heldNano;
/** What is not spent of the account that has spent most. */
async function leastUnspent(accounts: Accounts, of: readonly Account[]): Promise<bigint> {
  const spent = (await accounts.balances(of)).map(({ settledNano }) => settledNano);
  return spent.reduce((least, nano) => (100n - nano < least ? 100n - nano : least), 100n);
}
