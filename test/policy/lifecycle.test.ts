import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import type { Evaluator } from '../../src/engine/evaluator.ts';
import { createPolicyLifecycle, type LoadedPolicy } from '../../src/policy/lifecycle.ts';
import { setClock } from '../support/clock.ts';

const ENTRYPOINT = 'turnpike/decision';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const policy = (revision: string, dataJson = '{}'): LoadedPolicy => ({
  revision,
  digest: `sha256:${revision}`,
  program: { wasm: bytes(revision), dataJson: bytes(dataJson) },
});

function lifecycle(loads: readonly (LoadedPolicy | Failure)[], maxAgeMs?: number) {
  const clock = setClock(1000);
  const made: { readonly inputs: readonly unknown[] | undefined; closed: boolean }[] = [];
  let next = 0;
  const created = createPolicyLifecycle(
    {
      async load() {
        const loaded = loads[next] ?? assert.fail('loaded too often');
        next += 1;
        if (loaded instanceof Failure) throw loaded;
        return loaded;
      },
      async makeEvaluator(_program, inputs) {
        const one = { inputs, closed: false };
        made.push(one);
        const evaluator: Evaluator = {
          entrypoints: new Set([ENTRYPOINT]),
          evaluate: () => undefined,
          close() {
            one.closed = true;
          },
        };
        return evaluator;
      },
      clock,
      warmupInputs: () => ['an input of late'],
    },
    { entrypoint: ENTRYPOINT, ...(maxAgeMs === undefined ? {} : { maxAgeMs }) },
  );
  return { ...created, clock, made };
}

const failsWith = (code: Failure['code'], message: RegExp) => (error: unknown) =>
  error instanceof Failure && error.code === code && message.test(error.message);

test('before the first activation nothing serves', () => {
  assert.deepEqual(lifecycle([]).status(), { kind: 'never_activated' });
});

test('an activated policy serves, warmed with what is asked now', async () => {
  const { activate, status, made } = lifecycle([policy('r1')]);
  const identity = { revision: 'r1', digest: 'sha256:r1', entrypoint: ENTRYPOINT };
  assert.deepEqual(await activate(), { kind: 'activated', identity });
  const now = status();
  assert.equal(now.kind, 'serving');
  assert.deepEqual(made, [{ inputs: ['an input of late'], closed: false }]);
});

test('the same policy again is a sync, not a swap', async () => {
  const { activate, status, made, clock } = lifecycle([policy('r1'), policy('r1')]);
  await activate();
  clock.setMs(5000);
  assert.equal((await activate()).kind, 'unchanged');
  assert.equal(made.length, 1);
  const now = status();
  assert.equal('syncedAtMs' in now && now.syncedAtMs, 5000);
});

test('a policy that cannot be had leaves the last good one serving, and the status says why', async () => {
  const { activate, status } = lifecycle([policy('r1'), new Failure('policy_invalid', 'x.rego:1:1: no'), policy('r2')]);
  await activate();
  await assert.rejects(activate(), failsWith('policy_invalid', /x\.rego/));
  const after = status();
  assert.deepEqual(after.kind === 'serving_last_good' && [after.policy.identity.revision, after.why], [
    'r1',
    'x.rego:1:1: no',
  ]);
  await activate();
  const mended = status();
  assert.deepEqual([mended.kind, 'policy' in mended && mended.policy.identity.revision], ['serving', 'r2']);
});

test('a first activation that fails is told as never activated, with the reason', async () => {
  const { activate, status } = lifecycle([new Failure('bundle_invalid', 'cut short')]);
  await assert.rejects(activate(), failsWith('bundle_invalid', /cut short/));
  assert.deepEqual(status(), { kind: 'never_activated', why: 'cut short' });
});

test('beyond its age a policy is stale, and a sync makes it fresh again', async () => {
  const { activate, status, clock } = lifecycle([policy('r1'), policy('r1')], 10_000);
  await activate();
  clock.setMs(11_000);
  assert.equal(status().kind, 'serving');
  clock.setMs(11_001);
  assert.equal(status().kind, 'stale');
  await activate();
  assert.equal(status().kind, 'serving');
});

test('two activations at once are one', async () => {
  const { activate, made } = lifecycle([policy('r1')]);
  const [one, other] = await Promise.all([activate(), activate()]);
  assert.deepEqual(one, other);
  assert.equal(made.length, 1);
});

test('a policy without the entry point is refused and let go', async () => {
  const wrong = createPolicyLifecycle(
    {
      load: async () => policy('r1'),
      makeEvaluator: async () => ({ entrypoints: new Set(['other/rule']), evaluate: () => 1, close: () => undefined }),
      clock: setClock(0),
    },
    { entrypoint: ENTRYPOINT },
  );
  await assert.rejects(wrong.activate(), failsWith('bundle_invalid', /turnpike\/decision.*only other\/rule/));
});

test('a builtin that the evaluator lacks is told with the place of its call', async () => {
  const { activate } = createPolicyLifecycle(
    {
      load: async () => ({ ...policy('r1'), builtinPlaces: new Map([['http.send', 'access/x.rego:3:7']]) }),
      async makeEvaluator() {
        const faults = [{ at: 'http.send', message: 'no network' }];
        throw new Failure('builtin_missing', 'policy calls http.send', { faults });
      },
      clock: setClock(0),
    },
    { entrypoint: ENTRYPOINT },
  );
  await assert.rejects(activate(), failsWith('builtin_missing', /access\/x\.rego:3:7: http\.send: no network/));
});

const PRICE = { id: 'c', effective_from: '2026-01-01', input_pico_usd: 1, output_pico_usd: 2 };
const badData: readonly (readonly [string, string, RegExp])[] = [
  ['no JSON', '{', /data\.json: is not JSON/],
  ['prices that are no object', '{"prices":[]}', /data\.prices: must be an object/],
  ['cards that are no list', '{"prices":{"a/b":{}}}', /data\.prices\["a\/b"\]: must be an array/],
  [
    'a card without a price',
    JSON.stringify({ prices: { 'a/b': [{ ...PRICE, input_pico_usd: undefined }] } }),
    /\[0\]: must have/,
  ],
  [
    'a price with a fraction',
    JSON.stringify({ prices: { 'a/b': [{ ...PRICE, input_pico_usd: 0.5 }] } }),
    /input_pico_usd: must be an integer.*0\.5/,
  ],
  [
    'a negative price',
    JSON.stringify({ prices: { 'a/b': [{ ...PRICE, output_pico_usd: -1 }] } }),
    /output_pico_usd.*-1/,
  ],
  [
    'a date that is none',
    JSON.stringify({ prices: { 'a/b': [{ ...PRICE, effective_from: 'soon' }] } }),
    /effective_from.*"soon"/,
  ],
];
for (const [name, dataJson, message] of badData) {
  test(`data with ${name} is never activated`, async () => {
    const { activate, status } = lifecycle([policy('r1', dataJson)]);
    await assert.rejects(activate(), failsWith('bundle_invalid', message));
    assert.equal(status().kind, 'never_activated');
  });
}

test('cards are kept by date, whatever their order in the file', async () => {
  const cards = [
    { ...PRICE, id: 'new', effective_from: '2026-06-01' },
    { ...PRICE, id: 'old' },
  ];
  const { activate, status } = lifecycle([policy('r1', JSON.stringify({ prices: { 'a/b': cards } }))]);
  await activate();
  const now = status();
  const book = now.kind === 'serving' ? now.policy.prices : assert.fail(now.kind);
  assert.deepEqual(
    book.get('a/b')?.map((card) => card.id),
    ['old', 'new'],
  );
});
