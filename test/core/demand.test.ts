import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Budget, BudgetBook, Limit, ScopeDimension } from '../../src/core/budget.ts';
import { accountsFor, budgetsCovering, limitsFor, type Spender, spenderOf } from '../../src/core/demand.ts';
import { Failure } from '../../src/core/failure.ts';
import { rollingMs } from '../../src/core/window.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const ME: Spender = {
  caller: { team: 'search', application: 'assistant', environment: 'prod', key_id: 'ci', subject: 'ann' },
  tags: { feature: 'box' },
  costCenter: 'cc-1',
};

type ScopeOf = { readonly where?: Partial<Record<ScopeDimension, string>>; readonly each?: readonly ScopeDimension[] };
const scope = ({ where = {}, each = [] }: ScopeOf) => ({
  where: new Map(Object.entries(where) as [ScopeDimension, string][]), // the keys are those of the record
  each,
});
const budget = (id: string, said: ScopeOf, more: Partial<Budget> = {}): Budget => ({
  id,
  ...scope(said),
  window: { kind: 'calendar', unit: 'day', timeZone: 'UTC' },
  limitNano: 1_000n,
  ceilingNano: 900n,
  steps: [],
  ...more,
});
const limit = (id: string, said: ScopeOf, more: Partial<Limit>): Limit => ({ id, ...scope(said), ...more });
const book = (budgets: readonly Budget[], limits: readonly Limit[] = []): BudgetBook => ({
  budgets: new Map(budgets.map((one) => [one.id, one])),
  limits: new Map(limits.map((one) => [one.id, one])),
});
const keys = (one: Budget, target: string | undefined = 'openai/gpt-5', spender: Spender = ME): readonly string[] =>
  accountsFor(book([one]), [one.id], spender, target, NOW).map(({ key }) => key);

const COVERS: readonly [name: string, said: ScopeOf, key: string | undefined][] = [
  ['everybody', {}, 'b|2026-11-23'],
  ['the team', { where: { team: 'search' } }, 'b|2026-11-23'],
  ['not another team', { where: { team: 'legal' } }, undefined],
  ['a combination', { where: { team: 'search', environment: 'prod' } }, 'b|2026-11-23'],
  ['not half of one', { where: { team: 'search', environment: 'dev' } }, undefined],
  ['the key', { where: { key_id: 'ci' } }, 'b|2026-11-23'],
  ['the cost centre', { where: { cost_center: 'cc-1' } }, 'b|2026-11-23'],
  ['a tag', { where: { 'tag:feature': 'box' } }, 'b|2026-11-23'],
  ['not a tag that is not there', { where: { 'tag:ticket': 'x' } }, undefined],
  ['the model', { where: { model: 'gpt-5' } }, 'b|2026-11-23'],
  ['not another provider', { where: { provider: 'anthropic' } }, undefined],
  ['each application', { each: ['application'] }, 'b|assistant|2026-11-23'],
  ['each team and target', { each: ['team', 'target'] }, 'b|search|openai/gpt-5|2026-11-23'],
  ['each value of a tag that is not there', { each: ['tag:ticket'] }, 'b||2026-11-23'],
];

describe('accounts of a call', () => {
  for (const [name, said, key] of COVERS) {
    test(`a budget covers ${name}`, () => assert.deepEqual(keys(budget('b', said)), key === undefined ? [] : [key]));
  }

  test('those of a target are left out where none is chosen', () => {
    for (const said of [{ where: { model: 'gpt-5' } }, { each: ['provider'] }] as const) {
      assert.deepEqual(budgetsCovering(book([budget('b', said)]), ME, NOW), []);
    }
    assert.equal(
      budgetsCovering(book([budget('a', {}), budget('b', { where: { team: 'legal' } })]), ME, NOW).length,
      1,
    );
  });

  test('a budget that is named twice is held against once', () => {
    const both = book([budget('b', {}), budget('c', {})], [limit('l', {}, { concurrency: 1 })]);
    assert.deepEqual(
      accountsFor(both, ['b', 'c', 'b'], ME, 'p/m', NOW).map((one) => one.budget),
      ['b', 'c'],
    );
    assert.equal(limitsFor(both, ['l', 'l'], ME, 1).slots.length, 1);
  });

  test('a tag is what the call brought, whatever it is called', () => {
    const each = budget('b', { each: ['tag:constructor', 'tag:__proto__'] });
    assert.deepEqual(keys(each), ['b|||2026-11-23']);
  });

  test('an account is another when its window is', () => {
    const days = book([budget('b', {})]);
    const at = (nowMs: number) => accountsFor(days, ['b'], ME, 'p/m', nowMs)[0];
    assert.equal(at(NOW), at(NOW + 1), 'the same object for as long as it is open');
    assert.equal(at(NOW + 86_400_000)?.key, 'b|2026-11-24');
    assert.equal(at(NOW)?.key, 'b|2026-11-23');
  });

  test('those that cover a caller are found among many as by a look at each', () => {
    const value = fc.constantFrom('search', 'assistant', 'prod', 'ci', 'ann', 'box', 'cc-1', 'other');
    const dimension = fc.constantFrom<ScopeDimension>(
      'team',
      'application',
      'environment',
      'cost_center',
      'key_id',
      'subject',
      'model',
      'tag:feature',
    );
    const said = fc.record({
      where: fc.dictionary(dimension, value, { maxKeys: 3 }) as fc.Arbitrary<Partial<Record<ScopeDimension, string>>>,
      each: fc.uniqueArray(dimension, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(said, { maxLength: 12 }), (scopes) => {
        const all = book(scopes.map((one, at) => budget(`b${at}`, one)));
        const looked = [...all.budgets.keys()].flatMap((id) => accountsFor(all, [id], ME, undefined, NOW));
        const found = budgetsCovering(all, ME, NOW);
        assert.deepEqual(new Set(found), new Set(looked));
        assert.equal(found.length, looked.length);
      }),
      {
        examples: [
          [[{ where: { team: 'search', application: 'assistant' }, each: [] }]],
          [
            [
              { where: { 'tag:feature': 'box' }, each: ['subject'] },
              { where: { cost_center: 'cc-1' }, each: [] },
            ],
          ],
        ],
      },
    );
  });

  test('an account says what its budget says', () => {
    const rolling = budget('r', {}, { window: { kind: 'rolling', bucketMs: 60_000, buckets: 60 } });
    const [daily, rolled] = accountsFor(book([budget('b', {}), rolling]), ['b', 'r'], ME, 'p/m', NOW);
    assert.deepEqual(daily, {
      key: 'b|2026-11-23',
      budget: 'b',
      ceilingNano: 900n,
      limitNano: 1_000n,
      resetsAtMs: Date.parse('2026-11-24'),
    });
    assert.deepEqual(rolled?.rolling, { bucketMs: 60_000, buckets: 60 });
    assert.equal(rolled?.key, 'r|rolling-3600000');
    assert.deepEqual(
      [rolled, daily].map((one) => rollingMs(one?.key ?? '')),
      [3_600_000, undefined],
    );
  });

  test('what the book does not know is refused, not passed over', () => {
    const none = (reason: unknown): boolean => reason instanceof Failure && /"gone"/.test(reason.message);
    assert.throws(() => accountsFor(book([]), ['gone'], ME, 'p/m', NOW), none);
    assert.throws(() => limitsFor(book([]), ['gone'], ME, 1), none);
  });

  test('nobody can be called so that two have one account', () => {
    const name = fc.string({ unit: fc.constantFrom('a', '|', '%', '7', 'C', ''), maxLength: 6 });
    fc.assert(
      fc.property(name, name, name, name, (team, application, otherTeam, otherApplication) => {
        const each = budget('b', { each: ['team', 'application'] });
        const of = (caller: Partial<Spender['caller']>) =>
          keys(each, 'p/m', { ...ME, caller: { ...ME.caller, ...caller } });
        const same = team === otherTeam && application === otherApplication;
        assert.equal(of({ team, application })[0] === of({ team: otherTeam, application: otherApplication })[0], same);
      }),
      {
        examples: [
          ['a|a', '', 'a', 'a'],
          ['%7C', '', '|', ''],
        ],
      },
    );
  });
});

test('a limit asks for a request, its tokens and a place, each apart', () => {
  const rate = { units: 60, perMs: 60_000, burst: 60 };
  const all = limit('l', { each: ['key_id'] }, { requests: rate, tokens: { ...rate, units: 1_000 }, concurrency: 3 });
  const other = limit('o', { where: { team: 'legal' } }, { concurrency: 1 });
  assert.deepEqual(limitsFor(book([], [all, other]), ['l', 'o'], ME, 250), {
    rates: [
      { key: 'l|ci|requests', limit: 'l', ...rate, take: 1 },
      { key: 'l|ci|tokens', limit: 'l', ...rate, units: 1_000, take: 250 },
    ],
    slots: [{ key: 'l|ci|calls', limit: 'l', places: 3 }],
  });
});

const CALLER = ME.caller;
const ATTRIBUTED: readonly [name: string, attribution: Parameters<typeof spenderOf>[0], spender: Spender][] = [
  ['what the decision says', { cost_center: 'cc-1', tags: { feature: 'box' } }, ME],
  ['tags of the call, where the decision says none', {}, { caller: CALLER, tags: { feature: 'call' } }],
  ['none, where the decision says that there are none', { tags: {} }, { caller: CALLER, tags: {} }],
];
describe('who spends is', () => {
  for (const [name, attribution, spender] of ATTRIBUTED) {
    test(name, () => assert.deepEqual(spenderOf(attribution, { tags: { feature: 'call' } }, CALLER), spender));
  }
});
