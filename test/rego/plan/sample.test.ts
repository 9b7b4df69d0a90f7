/** The sample policies decide alike from the plan and from the WebAssembly, whatever they are asked. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import fc from 'fast-check';
import type { Evaluator } from '../../../src/engine/evaluator.ts';
import { buildBundle } from '../../../src/policy/build.ts';
import { defaultCacheRoot, locateCompiler } from '../../../src/policy/compiler/artifact.ts';
import { createCompiler } from '../../../src/policy/compiler/client.ts';
import { readPolicyDirectory } from '../../../src/policy/source/directory.ts';
import { HOST_BUILTINS } from '../../../src/rego/builtins/table.ts';
import { createWasmEvaluator } from '../../../src/rego/evaluator.ts';
import { createPlanEvaluator } from '../../../src/rego/plan/evaluator.ts';

/** A day on which the catalogue has prices. */
const NOW_MS = Date.UTC(2026, 10, 23);
const ENTRYPOINT = 'turnpike/decision';
const POLICIES = join(import.meta.dirname, '..', '..', '..', 'policies');

/** Names of the catalogue by what they name, from the policy's own data. */
type Names = Readonly<
  Record<'applications' | 'environments' | 'roles' | 'tasks' | 'aliases' | 'models' | 'budgets', readonly string[]>
>;

function inputs(names: Names, teamOf: (application: string) => string): fc.Arbitrary<unknown> {
  const name = (among: readonly string[]): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...among) },
      { weight: 1, arbitrary: fc.constant('nobody-knows') },
    );
  const caller = fc
    .record(
      {
        subject: fc.constant('s'),
        application: name(names.applications),
        environment: name(names.environments),
        roles: fc.uniqueArray(name(names.roles), { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['application', 'environment'] },
    )
    .chain((made) => fc.constantFrom(teamOf(made.application), 'search').map((team) => ({ ...made, team })));
  const call = fc.record(
    {
      operation: fc.constantFrom('chat', 'responses', 'embeddings', 'count_tokens', 'models'),
      model: fc.oneof(name(names.aliases), name(names.models)),
      task: name(names.tasks),
      priority: fc.constantFrom('interactive', 'standard', 'batch'),
      stream: fc.boolean(),
      input_tokens: fc.integer({ min: 0, max: 300_000 }),
      max_output_tokens: fc.integer({ min: 1, max: 100_000 }),
      needs: fc.uniqueArray(fc.constantFrom('chat', 'tools', 'vision', 'json', 'reasoning', 'teleport'), {
        maxLength: 3,
      }),
      data_class: fc.constantFrom('public', 'internal', 'confidential', 'restricted'),
      region: fc.constantFrom('us', 'eu', 'apac', 'moon'),
      tags: fc.dictionary(fc.constantFrom('ticket', '__proto__', 'x'), fc.string({ maxLength: 5 })),
    },
    { requiredKeys: ['operation'] },
  );
  const budget = fc.record({
    id: name(names.budgets),
    state: fc.constantFrom('ok', 'warn', 'exhausted'),
    utilization: fc.double({ min: 0, max: 1.5, noNaN: true }),
    remaining_nano_usd: fc.integer({ min: 0, max: 10 ** 13 }),
  });
  const target = fc.record(
    {
      breaker: fc.constantFrom('open', 'closed', 'half_open'),
      error_rate: fc.double({ min: 0, max: 1, noNaN: true }),
      first_token_p50_ms: fc.integer({ min: 10, max: 9000 }),
    },
    { requiredKeys: [] },
  );
  return fc.record({
    call,
    caller,
    budgets: fc.uniqueArray(budget, { selector: ({ id }) => id, maxLength: 6 }),
    limits: fc.constant([]),
    targets: fc.dictionary(fc.constantFrom(...names.models), target, { maxKeys: 4 }),
    attempts: fc.array(fc.record({ target: name(names.models), outcome: fc.constantFrom('timeout', 'rate_limited') }), {
      maxLength: 2,
    }),
    now: fc.record({
      unix_ms: fc.oneof(fc.integer({ min: 0, max: 2 ** 41 }), fc.constant(NOW_MS)),
      date: fc.constant('2026-11-23'),
      weekday: fc.constantFrom('mon', 'sat', 'sun'),
      hour: fc.integer({ min: 0, max: 23 }),
    }),
  });
}

/** What the policy lists from a set comes in the order of Rego, and from the WebAssembly in that of its hashes. */
function inOrder(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document), (key, member: unknown) => {
    if (key === 'message' && typeof member === 'string') return member.split(/[:,] /).sort().join();
    if (key === 'reasons' && Array.isArray(member)) return member.map((each) => JSON.stringify(each)).sort();
    return member;
  });
}

suite('the sample policies', () => {
  let wasm: Evaluator;
  let plan: Evaluator;
  let data: Readonly<Record<string, Readonly<Record<string, { readonly team?: string }>>>>;

  before(async () => {
    const compiler = createCompiler(locateCompiler());
    const bundle = await buildBundle(await readPolicyDirectory(POLICIES), {
      compiler,
      cacheDir: join(defaultCacheRoot(), 'bundles'),
      entrypoints: [ENTRYPOINT],
      hostBuiltins: HOST_BUILTINS.keys(),
    });
    compiler.close();
    wasm = await createWasmEvaluator(bundle, { warmup: 0 });
    plan = await createPlanEvaluator(bundle, { warmup: 0 });
    data = JSON.parse(Buffer.from(bundle.dataJson).toString('utf8'));
  });

  test('decide alike from the plan and from the WebAssembly', () => {
    const among = (name: string): readonly string[] => Object.keys(data[name] ?? {});
    const names: Names = {
      applications: among('applications'),
      environments: among('environments'),
      roles: among('roles'),
      tasks: among('tasks'),
      aliases: among('aliases'),
      models: among('models'),
      budgets: among('budgets'),
    };
    const teamOf = (application: string): string => data['applications']?.[application]?.team ?? 'search';
    const outcomes = new Set<unknown>();
    const alike = (input: unknown): void => {
      const document = wasm.evaluate(ENTRYPOINT, input);
      assert.deepEqual(inOrder(plan.evaluate(ENTRYPOINT, input)), inOrder(document));
      if (typeof document === 'object' && document !== null) outcomes.add(Reflect.get(document, 'outcome'));
    };
    const caller = { application: 'assistant', team: 'search', environment: 'prod', roles: ['service'] };
    const now = { unix_ms: NOW_MS, date: '2026-11-23', weekday: 'mon', hour: 12 };
    // Each wants a warning: in which order, every evaluator must say alike.
    const strained = { application: 'eval-harness', environment: 'dev', roles: ['developer'], team: 'research' };
    const strain = [
      { id: 'company-month', state: 'warn', utilization: 0, remaining_nano_usd: 0 },
      { id: 'team-research-month', state: 'exhausted', utilization: 0, remaining_nano_usd: 0 },
    ];
    const rest = { caller, budgets: [], limits: [], targets: {}, attempts: [], now };
    fc.assert(fc.property(inputs(names, teamOf), alike), {
      numRuns: 1000,
      examples: [
        [{ call: { operation: 'chat', model: 'auto' }, ...rest }],
        [{ call: { operation: 'chat', region: 'moon' }, ...rest }],
        [{ call: { operation: 'chat', task: 'agent' }, ...rest, caller: strained, budgets: strain }],
      ],
    });
    assert.ok(outcomes.has('allow') && outcomes.has('deny'), `saw only ${[...outcomes].join(', ')}`);
  });
});
