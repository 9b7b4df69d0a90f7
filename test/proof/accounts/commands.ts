/** What may happen to accounts: each is done to an implementation and to the model, and both must say the same. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Account, Balance, HoldRequest, HoldResult } from '../../../src/core/account.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { OpenAccounts } from '../../contract/accounts-driver.ts';
import { accountOf, BUDGETS, type BudgetName, type Model, type ModelHold, PLACES, RATE } from './model.ts';

type Command = fc.AsyncCommand<Model, OpenAccounts>;
type Replica = 0 | 1;

const storeOf = (real: OpenAccounts, replica: Replica) => (replica === 0 ? real.accounts : real.replica);

/** Leases that ended may be given back by whoever comes next, so many at once: this often is enough for all of them. */
const LOOKS = 10;

/** What must be so at every moment. */
export async function assertSound(model: Model, real: OpenAccounts): Promise<void> {
  const accounts = [...model.accounts.values()];
  const held = accounts.reduce((sum, account) => sum + model.heldNano(account), 0n);
  let found = await real.accounts.balances(accounts);
  for (let looks = 1; looks < LOOKS && heldOf(found) > held; looks += 1) found = await real.accounts.balances(accounts);
  const wanted = accounts.map((account) => ({
    key: account.key,
    settledNano: model.settledNano(account),
    heldNano: model.heldNano(account),
  }));
  assert.deepEqual(found, wanted);
  for (const [index, { settledNano, heldNano }] of found.entries()) {
    const account = accounts[index];
    const ceiling = account?.ceilingNano ?? settledNano + heldNano;
    const unheld = account === undefined ? 0n : model.unheldNano(account);
    assert.ok(settledNano + heldNano <= ceiling + unheld, `${account?.key}: more than its ceiling`);
  }
}

const heldOf = (balances: readonly Balance[]): bigint => balances.reduce((sum, { heldNano }) => sum + heldNano, 0n);

interface Asked {
  readonly name: number;
  readonly amount: number;
  readonly budgets: readonly BudgetName[];
  readonly leaseMs: number;
  readonly takesRate: boolean;
  readonly takesPlace: boolean;
  readonly replica: Replica;
}

class Hold implements Command {
  private readonly asked: Asked;

  constructor(asked: Asked) {
    this.asked = asked;
  }

  /** Whether an id can be held again that was settled behind its lease is left open. */
  check(model: Readonly<Model>): boolean {
    const id = idOf(this.asked.name);
    const last = model.last(id);
    const isLate = model.settlements.some((one) => one.id === id && !one.isForgotten) && last?.state !== 'settled';
    return !isLate || (last !== undefined && model.isOpen(last));
  }

  async run(model: Model, real: OpenAccounts): Promise<void> {
    const known = model.last(idOf(this.asked.name));
    const isSame = known !== undefined && model.isOpen(known);
    const request = isSame ? known.request : requestOf(this.asked, model.nowMs);
    const wanted = answerOf(model, request);
    const found = await answered(() => storeOf(real, this.asked.replica).hold(request));
    assert.deepEqual(told(found), wanted);
    if (found instanceof Failure) return;
    for (const account of request.accounts) model.accounts.set(account.key, account);
    assert.equal(found.kind === 'held' && isSame ? found.fence : known?.fence, known?.fence, 'the same hold again');
    if (found.kind === 'held' && !isSame) taken(model, request, found.fence, this.asked.replica);
    await assertSound(model, real);
  }

  toString(): string {
    const { name, amount, budgets, leaseMs, takesRate, takesPlace, replica } = this.asked;
    const limits = `${takesRate ? ' rate' : ''}${takesPlace ? ' place' : ''}`;
    return `hold(${idOf(name)} ${amount} of ${budgets.join('+') || 'nothing'}${limits}, ${leaseMs} ms, replica ${replica})`;
  }
}

/** Many at once, from both replicas, in whatever order they arrive. */
class Race implements Command {
  private readonly calls: number;
  private readonly amount: number;
  private readonly budget: BudgetName;

  constructor(calls: number, amount: number, budget: BudgetName) {
    this.calls = calls;
    this.amount = amount;
    this.budget = budget;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: OpenAccounts): Promise<void> {
    const account = accountOf(this.budget, model.nowMs);
    const requests = Array.from({ length: this.calls }, (_, index) => ({
      ...requestOf({ ...QUIET, amount: this.amount, budgets: [this.budget] }, model.nowMs),
      id: `race-${model.holds.length}-${model.nowMs}-${index}`,
    }));
    const free = model.freeNano(account);
    const affordable = free === undefined ? this.calls : Number((free < 0n ? 0n : free) / BigInt(this.amount));
    const results = await Promise.all(
      requests.map((request, index) => storeOf(real, index % 2 === 0 ? 0 : 1).hold(request)),
    );
    model.accounts.set(account.key, account);
    for (const [index, request] of requests.entries()) {
      const result = results[index];
      if (result?.kind === 'held') taken(model, request, result.fence, index % 2 === 0 ? 0 : 1);
    }
    assert.equal(results.filter(({ kind }) => kind === 'held').length, Math.min(this.calls, affordable));
    await assertSound(model, real);
  }

  toString(): string {
    return `race(${this.calls} of ${this.amount} of ${this.budget})`;
  }
}

interface Settled {
  /** Picks one of the holds. */
  readonly pick: number;
  /** Of what was held: 1 is all of it, more is an overrun. */
  readonly share: number;
  readonly fence: 'its own' | 'another';
  readonly replica: Replica;
}

class Settle implements Command {
  private readonly asked: Settled;

  constructor(asked: Settled) {
    this.asked = asked;
  }

  check(model: Readonly<Model>): boolean {
    const hold = this.pick(model);
    return hold !== undefined && !hold.isLost;
  }

  async run(model: Model, real: OpenAccounts): Promise<void> {
    const hold = this.pick(model);
    assert.ok(hold);
    const fence = this.asked.fence === 'its own' ? hold.fence : 'not-of-this-hold';
    const costNano = BigInt(Math.floor(Number(hold.amountNano) * this.asked.share));
    const isMine = fence === hold.fence && model.isOpen(hold);
    const isKnown = model.wasSettled(hold.id, fence);
    const store = storeOf(real, this.asked.replica);
    const found = await store.settle({ id: hold.id, fence, costNano, accounts: hold.accounts });
    assert.equal(found.kind, isKnown ? 'duplicate' : isMine ? 'settled' : 'late');
    if (!isKnown) {
      const over = isMine ? costNano - hold.amountNano : costNano;
      const unheldNano = over > 0n ? over : 0n;
      model.settlements.push({
        id: hold.id,
        fence,
        costNano,
        unheldNano,
        atMs: model.nowMs,
        accounts: hold.accounts,
        isForgotten: false,
      });
      if (fence === hold.fence) hold.state = isMine ? 'settled' : 'settled late';
    }
    await assertSound(model, real);
  }

  toString(): string {
    const { pick, share, fence, replica } = this.asked;
    return `settle(hold ${pick}, ${share} of it, ${fence} fence, replica ${replica})`;
  }

  private pick({ holds }: Readonly<Model>): ModelHold | undefined {
    return holds[this.asked.pick % Math.max(1, holds.length)];
  }
}

/** A process dies: what it holds is settled by nobody, and comes back with its lease. */
class Crash implements Command {
  private readonly replica: Replica;

  constructor(replica: Replica) {
    this.replica = replica;
  }

  check(model: Readonly<Model>): boolean {
    return model.holds.some((hold) => hold.replica === this.replica && hold.state === 'open' && !hold.isLost);
  }

  async run(model: Model, real: OpenAccounts): Promise<void> {
    for (const hold of model.holds) if (hold.replica === this.replica) hold.isLost = true;
    await assertSound(model, real);
  }

  toString(): string {
    return `crash(replica ${this.replica})`;
  }
}

/** The store itself dies, where it can, and is rebuilt from what the ledger says was settled. */
class Restart implements Command {
  check(): boolean {
    return true;
  }

  async run(model: Model, real: OpenAccounts): Promise<void> {
    if (real.restart === undefined) return;
    real.restart(model.restart());
    await assertSound(model, real);
  }

  toString(): string {
    return 'restart()';
  }
}

class Advance implements Command {
  private readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: OpenAccounts): Promise<void> {
    real.advance(this.ms);
    model.nowMs += this.ms;
    await assertSound(model, real);
  }

  toString(): string {
    return `advance(${this.ms} ms)`;
  }
}

const QUIET: Asked = {
  name: 0,
  amount: 0,
  budgets: [],
  leaseMs: 30_000,
  takesRate: false,
  takesPlace: false,
  replica: 0,
};
const replica = fc.constantFrom<Replica>(0, 1);

export const COMMANDS: readonly fc.Arbitrary<Command>[] = [
  fc
    .record({
      name: fc.nat({ max: 30 }),
      amount: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.constantFrom(1, 100, 300, 400)),
      budgets: fc.subarray([...BUDGETS]),
      leaseMs: fc.constantFrom(1, 5_000, 30_000, 120_000),
      takesRate: fc.boolean(),
      takesPlace: fc.boolean(),
      replica,
    })
    .map((asked) => new Hold(asked)),
  fc
    .record({
      pick: fc.nat({ max: 40 }),
      share: fc.constantFrom(0, 0.25, 0.5, 1, 1, 1.5),
      fence: fc.constantFrom('its own' as const, 'its own' as const, 'its own' as const, 'another' as const),
      replica,
    })
    .map((asked) => new Settle(asked)),
  fc
    .tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 120 }), fc.constantFrom(...BUDGETS))
    .map(([calls, amount, budget]) => new Race(calls, amount, budget)),
  fc.oneof(
    { weight: 4, arbitrary: replica.map((one) => new Crash(one)) },
    { weight: 1, arbitrary: fc.constant(new Restart()) },
  ),
  fc
    .oneof(fc.constantFrom(1, 999, 1_000, 5_000, 10_000, 30_000, 60_000), fc.nat({ max: 90_000 }))
    .map((ms) => new Advance(ms)),
];

const idOf = (name: number): string => `call-${name}`;

function requestOf({ name, amount, budgets, leaseMs, takesRate, takesPlace }: Asked, nowMs: number): HoldRequest {
  return {
    id: idOf(name),
    amountNano: BigInt(amount),
    accounts: budgets.map((budget) => accountOf(budget, nowMs)),
    rates: takesRate ? [RATE] : [],
    slots: takesPlace ? [PLACES] : [],
    leaseMs,
  };
}

/** What must be answered, as far as it does not differ between implementations. */
function answerOf(model: Model, { id, amountNano, accounts, rates, slots }: HoldRequest): unknown {
  const known = model.last(id);
  if (known !== undefined && model.isOpen(known)) return { kind: 'held' };
  if (known?.state === 'settled') return { kind: 'conflict' };
  let short: Account | undefined;
  for (const account of accounts) {
    const free = model.freeNano(account);
    if (free === undefined || free >= amountNano) continue;
    if (short === undefined || free < (model.freeNano(short) ?? free)) short = account;
  }
  if (short !== undefined) {
    return { kind: 'short', account: short.key, freeNano: model.freeNano(short), heldNano: model.heldNano(short) };
  }
  if (rates.length > 0 && model.untilRateMs() > 0) {
    return { kind: 'throttled', key: RATE.key, retryAfterMs: model.untilRateMs() };
  }
  if (slots.length > 0 && model.placesTaken() >= PLACES.places) {
    return { kind: 'throttled', key: PLACES.key, retryAfterMs: 0 };
  }
  return { kind: 'held' };
}

function told(found: HoldResult | Failure): unknown {
  if (found instanceof Failure) return { kind: found.code };
  switch (found.kind) {
    case 'held':
      return { kind: 'held' };
    case 'short':
      return { kind: 'short', account: found.account, freeNano: found.freeNano, heldNano: found.heldNano };
    case 'throttled':
      return { kind: 'throttled', key: found.key, retryAfterMs: found.retryAfterMs };
  }
}

function taken(model: Model, request: HoldRequest, fence: string, of: Replica): void {
  const { id, amountNano, accounts, rates, slots, leaseMs } = request;
  if (rates.length > 0) model.takeRate();
  model.holds.push({
    request,
    id,
    fence,
    amountNano,
    endsAtMs: model.nowMs + leaseMs,
    accounts,
    takesPlace: slots.length > 0,
    replica: of,
    isLost: false,
    state: 'open',
  });
}

async function answered(ask: () => HoldResult | Promise<HoldResult>): Promise<HoldResult | Failure> {
  try {
    return await ask();
  } catch (reason) {
    if (reason instanceof Failure) return reason;
    throw reason;
  }
}
