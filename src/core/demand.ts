/**
 * What a call draws on: the accounts of the budgets that cover it, and the units and places of the limits that do. A
 * budget that is kept apart for every value of a dimension has an account for each.
 */
import type { Account, RateDemand, SlotDemand } from './account.ts';
import type { Budget, BudgetBook, Limit, Rate, Scope, ScopeDimension } from './budget.ts';
import type { Call, Caller, Tags } from './call.ts';
import { candidates } from './covering.ts';
import type { Attribution } from './decision.ts';
import { Failure } from './failure.ts';
import { type OpenWindow, windowAt } from './window.ts';

/** Whose money it is. */
export interface Spender {
  readonly caller: Caller;
  readonly tags: Tags;
  readonly costCenter?: string;
}

/** Of a call, by what its decision attributes it to; tags that policy says nothing of are those of the call. */
export function spenderOf(
  { cost_center: costCenter, tags }: Pick<Attribution, 'cost_center' | 'tags'>,
  call: Pick<Call, 'tags'>,
  caller: Caller,
): Spender {
  return { caller, tags: tags ?? call.tags ?? {}, ...(costCenter === undefined ? undefined : { costCenter }) };
}

export interface LimitDemand {
  readonly rates: readonly RateDemand[];
  readonly slots: readonly SlotDemand[];
}

/**
 * @param ids candidates, as a decision names them
 * @param target `provider/model`; undefined: budgets of a target are left out
 * @throws Failure `policy_invalid` where the book has no such budget: nobody spends from one that is not there
 */
export function accountsFor(
  book: BudgetBook,
  ids: readonly string[],
  spender: Spender,
  target: string | undefined,
  nowMs: number,
): readonly Account[] {
  const accounts: Account[] = [];
  for (const id of once(ids)) {
    const budget = book.budgets.get(id);
    if (budget === undefined) throw unknown('budget', id);
    if (covers(budget, spender, target)) accounts.push(accountOf(budget, spender, target, nowMs));
  }
  return accounts;
}

/** Accounts of every budget that covers a caller whatever serves it: what policy is told of. */
export function budgetsCovering(book: BudgetBook, spender: Spender, nowMs: number): readonly Account[] {
  const accounts: Account[] = [];
  for (const budget of candidates(book, (dimension) => valueIn(dimension, spender, undefined))) {
    if (covers(budget, spender, undefined)) accounts.push(accountOf(budget, spender, undefined, nowMs));
  }
  return accounts;
}

/** @param tokens that the call may use. @throws Failure `policy_invalid` where the book has no such limit */
export function limitsFor(book: BudgetBook, ids: readonly string[], spender: Spender, tokens: number): LimitDemand {
  const rates: RateDemand[] = [];
  let slots = NO_SLOTS;
  for (const id of once(ids)) {
    const limit = book.limits.get(id);
    if (limit === undefined) throw unknown('limit', id);
    if (!covers(limit, spender, undefined)) continue;
    const { request, tokensKey, slot } =
      limit.each.length > 0 ? fixedOf(limit, spender) : sharedFixedOf(limit, spender);
    if (request !== undefined) rates.push(request);
    if (limit.tokens !== undefined) rates.push(demand(tokensKey, id, limit.tokens, tokens));
    if (slot !== undefined) slots = [...slots, slot];
  }
  return { rates, slots };
}

const NO_SLOTS: readonly SlotDemand[] = [];

/** What a decision names twice is held against once. To look through the few that it may name is less than to make a set. */
const once = (ids: readonly string[]): Iterable<string> =>
  ids.every((id, at) => ids.indexOf(id) === at) ? ids : new Set(ids);

/** What is asked of a limit whatever the call. */
interface FixedDemand {
  readonly request: RateDemand | undefined;
  readonly tokensKey: string;
  readonly slot: SlotDemand | undefined;
}

function fixedOf(limit: Limit, spender: Spender): FixedDemand {
  const key = keyOf(limit, spender, undefined);
  const { id, requests, concurrency } = limit;
  return {
    request: requests && demand(`${key}|requests`, id, requests, 1),
    tokensKey: `${key}|tokens`,
    slot: concurrency === undefined ? undefined : { key: `${key}|calls`, limit: id, places: concurrency },
  };
}

/** Of a limit that is one for all. */
const sharedFixed = new WeakMap<Limit, FixedDemand>();

function sharedFixedOf(limit: Limit, spender: Spender): FixedDemand {
  const known = sharedFixed.get(limit);
  if (known !== undefined) return known;
  const fixed = fixedOf(limit, spender);
  sharedFixed.set(limit, fixed);
  return fixed;
}

function demand(key: string, limit: string, { units, perMs, burst }: Rate, take: number): RateDemand {
  return { key, limit, units, perMs, burst, take };
}

const unknown = (what: 'budget' | 'limit', id: string): Failure =>
  new Failure('policy_invalid', `the decision names ${what} "${id}", which policy data does not have`);

/** Of a budget that is one for all, until its window closes. */
const shared = new WeakMap<Budget, { readonly during: OpenWindow; readonly account: Account }>();

function accountOf(budget: Budget, spender: Spender, target: string | undefined, nowMs: number): Account {
  const during = windowAt(budget.window, nowMs);
  if (budget.each.length > 0) return accountDuring(during, budget, keyOf(budget, spender, target));
  const known = shared.get(budget);
  if (known?.during === during) return known.account;
  const account = accountDuring(during, budget, budget.id);
  shared.set(budget, { during, account });
  return account;
}

/** @param values of what it is kept apart by, in that order */
export function accountOfValues(budget: Budget, values: readonly string[], nowMs: number): Account {
  return accountDuring(windowAt(budget.window, nowMs), budget, [budget.id, ...values.map(escaped)].join('|'));
}

function accountDuring({ key, resetsAtMs }: OpenWindow, budget: Budget, name: string): Account {
  const { id, ceilingNano, limitNano, window } = budget;
  return {
    key: `${name}|${key}`,
    budget: id,
    ...(ceilingNano === undefined ? undefined : { ceilingNano }),
    limitNano,
    ...(resetsAtMs === undefined ? undefined : { resetsAtMs }),
    ...(window.kind === 'rolling' ? { rolling: { bucketMs: window.bucketMs, buckets: window.buckets } } : undefined),
  };
}

function keyOf(scope: (Budget | Limit) & Scope, spender: Spender, target: string | undefined): string {
  let key = scope.id;
  for (const dimension of scope.each) key += `|${escaped(valueIn(dimension, spender, target) ?? '')}`;
  return key;
}

/** Nobody can be called so that two keys are one. */
const escaped = (value: string): string => value.replace(/[%|]/g, (sign) => (sign === '|' ? '%7C' : '%25'));

function covers({ where, each }: Scope, spender: Spender, target: string | undefined): boolean {
  for (const [dimension, value] of where) {
    if (valueIn(dimension, spender, target) !== value) return false;
  }
  return target !== undefined || !each.some(isOfTarget);
}

const isOfTarget = (dimension: ScopeDimension): boolean =>
  dimension === 'target' || dimension === 'provider' || dimension === 'model';

function valueIn(dimension: ScopeDimension, spender: Spender, target: string | undefined): string | undefined {
  const { caller, tags, costCenter } = spender;
  switch (dimension) {
    case 'team':
    case 'application':
    case 'environment':
    case 'key_id':
    case 'subject':
      return caller[dimension];
    case 'cost_center':
      return costCenter;
    case 'target':
      return target;
    case 'provider':
      return target?.slice(0, target.indexOf('/'));
    case 'model':
      return target?.slice(target.indexOf('/') + 1);
    default: {
      const name = dimension.slice('tag:'.length);
      return Object.hasOwn(tags, name) ? tags[name] : undefined;
    }
  }
}
