/** Accounts of workers that their primary keeps: what goes over the line, and what happens when an end of it dies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account, HoldRequest, HoldResult, RateDemand, SettleRequest } from '../../src/core/account.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Accounts, HoldOptions } from '../../src/flows/accounts.ts';
import { createAccountsKeeper } from '../../src/state/accounts/linked-keeper.ts';
import { createMemoryAccounts } from '../../src/state/accounts/memory.ts';
import { createWaitingAccounts } from '../../src/state/accounts/waiting.ts';
import { accountsOf } from '../contract/accounts-linked-driver.ts';
import { fakeTime } from '../support/fake-time.ts';
import { linkedWorkers } from '../support/linked-workers.ts';

const TEAM: Account = { key: 'team|total', budget: 'team', limitNano: 100n, ceilingNano: 100n };

async function cluster(workers: number) {
  const time = fakeTime();
  let fences = 0;
  const memory = createMemoryAccounts({ clock: time, fence: () => `fence-${fences++}` });
  const kept = createWaitingAccounts(memory, { clock: time, timers: time });
  const line = await linkedWorkers(workers, new Map([['accounts', createAccountsKeeper(kept)]]));
  const [first, second] = line.links.map(accountsOf);
  assert.ok(first);
  return { line, time, memory, first, second: second ?? first };
}

const request = (id: string, amountNano: bigint): HoldRequest => ({
  id,
  amountNano,
  accounts: [TEAM],
  rates: [],
  slots: [],
  leaseMs: 60_000,
});

/** Until everything that is under way has arrived. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}

async function held(accounts: Accounts, id: string, amountNano: bigint): Promise<string> {
  const result = await accounts.hold(request(id, amountNano));
  assert.equal(result.kind, 'held');
  return result.kind === 'held' ? result.fence : '';
}

test('what is asked in one turn goes in one message', async () => {
  const { line, first } = await cluster(1);
  const before = line.sent;
  const results = await Promise.all(Array.from({ length: 100 }, (_, index) => first.hold(request(`${index}`, 1n))));
  assert.equal(line.sent - before, 1);
  assert.ok(results.every(({ kind }) => kind === 'held'));
});

test('every word of a request arrives as it was said', async () => {
  const heard: unknown[] = [];
  const answer: HoldResult = {
    kind: 'short',
    account: TEAM.key,
    budget: TEAM.budget,
    freeNano: -3n,
    heldNano: 2n ** 60n,
    balances: [{ key: TEAM.key, settledNano: 1n, heldNano: 0n }],
  };
  const kept: Accounts = {
    hold(request, { signal: _signal, ...terms } = {}) {
      heard.push(request, terms);
      return answer;
    },
    settle(request) {
      heard.push(request);
      throw new Failure('throttled', 'not now', { details: { retryAfterMs: 5 } });
    },
    balances: () => [],
    close: async () => undefined,
  };
  const { links } = await linkedWorkers(1, new Map([['accounts', createAccountsKeeper(kept)]]));
  const [first] = links.map(accountsOf);
  assert.ok(first);
  const rate: RateDemand = { key: '123', limit: 'nano', units: 6, perMs: 1_000, burst: 2, take: 1 };
  const hold: HoldRequest = {
    id: '1',
    amountNano: 2n ** 53n,
    accounts: [{ ...TEAM, rolling: { bucketMs: 1, buckets: 2 }, resetsAtMs: 5.5 }],
    rates: [rate],
    slots: [{ key: '42', limit: 'l', places: 3 }],
    leaseMs: 1.5,
  };
  const terms: HoldOptions = { waitMs: 5, away: { kind: 'allowance', nano: 7n } };
  const settle: SettleRequest = {
    id: '1',
    fence: '99',
    costNano: 0n,
    accounts: [TEAM],
    refunds: [{ rate, units: 0.5 }],
  };
  assert.deepEqual(await first.hold(hold, terms), answer);
  await assert.rejects(
    Promise.resolve(first.settle(settle)),
    (reason) => reason instanceof Failure && reason.code === 'throttled' && reason.details.retryAfterMs === 5,
  );
  assert.deepEqual(heard, [hold, terms, settle]);
});

test('workers wait in one line, whoever of them it is that gives back', async () => {
  const { first, second } = await cluster(2);
  const answers: string[] = [];
  const fence = await held(first, 'a', 100n);
  const wait = async (accounts: Accounts, id: string): Promise<void> => {
    const { kind } = await accounts.hold(request(id, 60n), { waitMs: 10_000, signal: new AbortController().signal });
    answers.push(`${id} ${kind}`);
  };
  void wait(second, 'b');
  await quiet();
  void wait(first, 'c');
  await quiet();
  assert.deepEqual(answers, []);
  await first.settle({ id: 'a', fence, costNano: 0n, accounts: [TEAM] });
  await quiet();
  assert.deepEqual(answers, ['b held']);
});

test('who leaves a worker waits in the primary no more', async () => {
  const { first, memory, time } = await cluster(1);
  const fence = await held(first, 'a', 100n);
  const caller = new AbortController();
  const waiting = first.hold(request('b', 40n), { waitMs: 10_000, signal: caller.signal });
  await quiet();
  caller.abort();
  await assert.rejects(Promise.resolve(waiting), isFailure('cancelled'));
  await first.settle({ id: 'a', fence, costNano: 0n, accounts: [TEAM] });
  await quiet();
  assert.equal(memory.balances([TEAM])[0]?.heldNano, 0n);
  assert.equal(time.pending, 0);
});

test('who waits in a worker that dies is given nothing', async () => {
  const { line, first, second, memory } = await cluster(2);
  const fence = await held(second, 'a', 100n);
  const waiting = first.hold(request('b', 40n), { waitMs: 10_000 });
  await quiet();
  line.kill(0);
  await assert.rejects(Promise.resolve(waiting), isFailure('cancelled'));
  await second.settle({ id: 'a', fence, costNano: 0n, accounts: [TEAM] });
  await quiet();
  assert.equal(memory.balances([TEAM])[0]?.heldNano, 0n);
});

test('everything fails at once when the primary is gone', async () => {
  const { line, first } = await cluster(1);
  await held(first, 'a', 100n);
  const waiting = first.hold(request('b', 40n), { waitMs: 10_000 });
  await quiet();
  line.killPrimary();
  await assert.rejects(Promise.resolve(waiting), isFailure('unavailable'));
  await assert.rejects(Promise.resolve(first.balances([TEAM])), isFailure('unavailable'));
});

const isFailure = (code: string) => (reason: unknown) => reason instanceof Failure && reason.code === code;
