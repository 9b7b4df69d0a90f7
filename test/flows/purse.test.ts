import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Account } from '../../src/core/account.ts';
import type { AttemptRecord } from '../../src/core/attempt.ts';
import type { AllowDocument } from '../../src/core/decision.ts';
import { Failure } from '../../src/core/failure.ts';
import type { LedgerEntry } from '../../src/core/ledger-entry.ts';
import type { MadeDecision } from '../../src/engine/engine.ts';
import type { HeldFunds } from '../../src/executor/funds.ts';
import type { Accounts } from '../../src/flows/accounts.ts';
import type { Money } from '../../src/flows/money.ts';
import { openPurse } from '../../src/flows/purse.ts';
import { createMemoryAccounts } from '../../src/state/accounts/memory.ts';
import { fakeTime } from '../support/fake-time.ts';

const PLAN: AllowDocument = {
  outcome: 'allow',
  reasons: [],
  budgets: ['b'],
  limits: ['l'],
  obligations: [],
  attribution: { team: 'search', application: 'assistant', environment: 'prod' },
  route: [],
  fallback_on: [],
  envelope: { deadline_ms: 1_000, max_attempts: 1, max_cost_nano_usd: 1 },
};
const ACCOUNT: Account = { key: 'b|day', budget: 'b', limitNano: 100n, ceilingNano: 100n, resetsAtMs: 5_000_000 };
const RATE = { key: 'l|tokens', limit: 'l', units: 60, perMs: 60_000, burst: 60 };

const record = (more: Partial<AttemptRecord>): AttemptRecord => ({
  index: 0,
  reason: 'initial',
  target: 'p/m',
  outcome: 'ok',
  startedAtMs: 1,
  durationMs: 2,
  outputStarted: false,
  usage: { kind: 'unknown' },
  cost: { kind: 'none' },
  ...more,
});
const items = { inputNano: 30n, cacheReadNano: 0n, cacheWriteNano: 0n, outputNano: 0n, otherNano: 0n, totalNano: 30n };
const PRICED = record({
  usage: { kind: 'exact', tokens: { input: 5, output: 5 } },
  cost: { kind: 'priced', priceId: 'c', tier: 'standard', items, estimated: false },
});

interface Stage {
  readonly entries: LedgerEntry[];
  readonly warnings: string[];
  readonly short: string[];
  readonly accounts: Accounts;
  readonly purse: ReturnType<typeof openPurse>;
  balance(): readonly [settled: bigint, held: bigint];
}

function stage({
  breaks = {},
  tokens = 10,
}: {
  breaks?: Partial<Accounts & Money['ledger']>;
  tokens?: number;
} = {}): Stage {
  const time = fakeTime();
  let fences = 0;
  const memory = createMemoryAccounts({
    clock: time,
    fence() {
      fences += 1;
      return `f${fences}`;
    },
  });
  const [entries, warnings, short]: [LedgerEntry[], string[], string[]] = [[], [], []];
  const money: Money = {
    accounts: { ...memory, ...breaks },
    ledger: { append: async (entry) => void entries.push(entry), close: async () => undefined, ...breaks },
    demands: {
      accounts: () => [ACCOUNT],
      limits: (_ids, _spender, wanted) => ({ rates: [{ ...RATE, take: Math.min(wanted, tokens) }], slots: [] }),
    },
    settled: () => undefined,
    short: ({ account }) => void short.push(account.key),
    warn: (message) => void warnings.push(message),
  };
  const decision = { id: 'd1', policy: { revision: 'r', digest: 'sha256:x', entrypoint: 'e' }, document: PLAN };
  const purse = openPurse(money, time, {
    spender: { caller: { team: 'search', application: 'assistant', environment: 'prod', key_id: 'ci' }, tags: {} },
    call: { operation: 'chat', model: 'auto' },
    // What a purse reads of a decision.
    decision: decision as MadeDecision,
    plan: PLAN,
  });
  return {
    entries,
    warnings,
    short,
    accounts: memory,
    purse,
    balance() {
      const [one] = memory.balances([ACCOUNT]);
      return [one?.settledNano ?? 0n, one?.heldNano ?? 0n];
    },
  };
}

const SIGNAL = new AbortController().signal;
const ask = (boundNano: bigint) => ({ target: 'p/m', boundNano, tokens: 10, deadlineAtMs: 1e15 });

async function held({ purse }: Stage, boundNano: bigint): Promise<HeldFunds> {
  const answer = await purse.hold(ask(boundNano), SIGNAL);
  return answer.kind === 'held' ? answer.held : assert.fail(`it was ${answer.kind}`);
}

const SETTLED: readonly [name: string, record: AttemptRecord, settled: bigint][] = [
  ['its cost', PRICED, 30n],
  ['its bound, where nobody knows what it used', record({ cost: { kind: 'unknown' } }), 80n],
  ['nothing, where it never reached a model', record({}), 0n],
  ['nothing, where it has no price', record({ cost: { kind: 'unpriced' } }), 0n],
];

describe('the purse of a call', () => {
  for (const [name, told, settled] of SETTLED) {
    test(`an attempt is settled with ${name}, and written down`, async () => {
      const scene = stage();
      const funds = await held(scene, 80n);
      assert.deepEqual(scene.balance(), [0n, 80n]);
      funds.settle(told);
      assert.equal(scene.purse.isBusy(), true);
      await scene.purse.settled();
      assert.deepEqual(scene.balance(), [settled, 0n]);
      const [entry] = scene.entries;
      assert.deepEqual(
        [scene.entries.length, entry?.id, entry?.chargedNano, entry?.accounts, entry?.keyId, entry?.policyRevision],
        [1, 'd1/0', settled, ['b|day'], 'ci', 'r'],
      );
      assert.equal(scene.purse.isBusy(), false);
    });
  }

  test('what is released leaves nothing behind, limits included', async () => {
    const scene = stage({ tokens: 60 });
    const wide = { ...ask(80n), tokens: 60 };
    const first = await scene.purse.hold(wide, SIGNAL);
    assert.equal(first.kind, 'held');
    if (first.kind === 'held') first.held.release();
    await scene.purse.settled();
    assert.deepEqual([scene.balance(), scene.entries], [[0n, 0n], []]);
    assert.equal((await scene.purse.hold(wide, SIGNAL)).kind, 'held');
  });

  test('a budget that does not bear it is named, with the time of its reset, and told to alerts', async () => {
    const scene = stage();
    await held(scene, 80n);
    const answer = await scene.purse.hold(ask(21n), SIGNAL);
    assert.equal(answer.kind, 'short');
    assert.equal(answer.kind === 'short' && answer.freeNano, 20n);
    const failure = answer.kind === 'short' ? answer.failure : assert.fail();
    assert.deepEqual(
      [failure.code, failure.details.budget, failure.details.resetsAt],
      ['budget_exhausted', 'b', '1970-01-01T01:23:20.000Z'],
    );
    assert.deepEqual(scene.short, ['b|day']);
  });

  test('a limit is taken once for a call, and what was not used comes back', async () => {
    const scene = stage({ tokens: 40 });
    const wide = { ...ask(1n), tokens: 40 };
    const first = await scene.purse.hold(wide, SIGNAL);
    assert.equal(first.kind, 'held');
    assert.equal((await scene.purse.hold(wide, SIGNAL)).kind, 'held');
    if (first.kind === 'held') first.held.settle(PRICED);
    await scene.purse.settled();
    // 10 of 40 were used of 60: another call finds room for 40.
    const request = { id: 'other', amountNano: 0n, accounts: [], slots: [], leaseMs: 1 };
    assert.equal((await scene.accounts.hold({ ...request, rates: [{ ...RATE, take: 40 }] })).kind, 'held');
  });

  const broken = (): never => {
    throw new Failure('unavailable', 'nobody is there');
  };
  const BREAKS: readonly [name: string, breaks: Partial<Accounts & Money['ledger']>, warned: RegExp][] = [
    ['settling throws', { settle: broken }, /hold d1\/1: was not settled: nobody is there/],
    ['settling fails', { settle: () => Promise.reject(new Failure('unavailable', 'gone')) }, /was not settled: gone/],
    ['the ledger throws', { append: broken }, /ledger: d1\/1 was not written: nobody is there/],
  ];
  for (const [name, breaks, warned] of BREAKS) {
    test(`a call ends, and somebody is told, where ${name}`, async () => {
      const scene = stage({ breaks });
      (await held(scene, 80n)).settle(PRICED);
      await scene.purse.settled();
      assert.equal(scene.warnings.length, 1);
      assert.match(scene.warnings[0] ?? '', warned);
    });
  }

  test('where the accounts cannot be asked, the attempt is not made', async () => {
    for (const hold of [broken, () => Promise.reject(new Failure('unavailable', 'nobody is there'))]) {
      const answer = await stage({ breaks: { hold } }).purse.hold(ask(1n), SIGNAL);
      assert.equal(answer.kind, 'refused');
      assert.equal(answer.kind === 'refused' && answer.failure.code, 'unavailable');
    }
  });

  test('a stream that needs more holds more, and each part settles with its share', async () => {
    const scene = stage();
    const funds = await held(scene, 20n);
    assert.equal(await funds.extend(20n), true);
    assert.equal(await funds.extend(61n), false);
    assert.deepEqual(scene.balance(), [0n, 40n]);
    funds.settle(PRICED);
    await scene.purse.settled();
    assert.deepEqual(scene.balance(), [30n, 0n]);
  });
});
