/** What must hold of the sample policies for any call at all. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Decision } from '../../src/core/decision.ts';
import { Failure } from '../../src/core/failure.ts';
import { createDecisionCheck } from '../../src/engine/documents.ts';
import type { EngineRequest } from '../../src/engine/engine.ts';
import { createEngine, type EmbeddedEngine } from '../../src/index.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');
const RUNS = 400;

const names = (file: string, key: string): readonly string[] => {
  const data: unknown = parse(readFileSync(join(POLICIES, 'data', file), 'utf8'));
  return Object.keys((data as Record<string, object>)[key] ?? {}); // the file's own shape, checked where policies are built
};
const APPLICATIONS: Readonly<Record<string, { readonly team: string }>> = parse(
  readFileSync(join(POLICIES, 'data', 'applications.yaml'), 'utf8'),
).applications;
const BUDGETS = ['company-month', ...names('teams.yaml', 'teams').map((team) => `team-${team}-month`)];
const MODELS = [...names('models.yaml', 'models'), ...names('aliases.yaml', 'aliases'), 'no/such-model'];

const oneOf = (values: readonly string[]) => fc.constantFrom(...values);
const member = fc.record({
  application: oneOf(Object.keys(APPLICATIONS)),
  environment: oneOf([...names('environments.yaml', 'environments'), 'elsewhere']),
  roles: fc.array(oneOf([...names('roles.yaml', 'roles'), 'stranger']), { maxLength: 3 }),
  stray: fc.option(oneOf(names('teams.yaml', 'teams')), { freq: 5 }),
});
const caller = member.map(({ application, environment, roles, stray }) => ({
  team: stray ?? APPLICATIONS[application]?.team ?? 'nobody',
  application,
  environment,
  roles,
}));
const maybe = { requiredKeys: ['operation'] as ['operation'] };
const call = fc.record(
  {
    operation: fc.constantFrom('chat' as const, 'responses' as const, 'embeddings' as const, 'count_tokens' as const),
    model: oneOf(MODELS),
    task: oneOf([...names('tasks.yaml', 'tasks'), 'juggle']),
    priority: fc.constantFrom('interactive' as const, 'standard' as const, 'batch' as const),
    stream: fc.boolean(),
    input_tokens: fc.integer({ min: 0, max: 2_000_000 }),
    max_output_tokens: fc.integer({ min: 1, max: 200_000 }),
    needs: fc.array(oneOf(['tools', 'vision', 'json', 'reasoning', 'telepathy']), { maxLength: 3 }),
    data_class: fc.constantFrom('public' as const, 'internal' as const, 'confidential' as const, 'restricted' as const),
    region: oneOf(['us', 'eu', 'apac', 'moon']),
    tags: fc.dictionary(oneOf(['feature', 'ticket']), fc.string({ maxLength: 20 })),
  },
  maybe,
);
const budget = fc.record({
  id: oneOf(BUDGETS),
  state: fc.constantFrom('ok' as const, 'warn' as const, 'exhausted' as const),
  utilization: fc.double({ min: 0, max: 1.2, noNaN: true }),
  remaining_nano_usd: fc.integer({ min: 0, max: 2_000_000_000 }),
});
const uniqueBudgets = fc.uniqueArray(budget, { maxLength: 3, selector: (one) => one.id });
const target = fc.record(
  {
    breaker: fc.constantFrom('closed' as const, 'half_open' as const, 'open' as const),
    error_rate: fc.double({ min: 0, max: 1, noNaN: true }),
    first_token_p50_ms: fc.integer({ min: 0, max: 20_000 }),
    quality: fc.double({ min: 0, max: 1, noNaN: true }),
  },
  { requiredKeys: [] },
);
const attempt = fc.record({
  target: oneOf(MODELS),
  outcome: fc.constantFrom(
    'rate_limited' as const,
    'timeout' as const,
    'context_length' as const,
    'degraded' as const,
    'content_filter' as const,
  ),
  output_started: fc.boolean(),
});
/** Calls that a real application makes: most are let through. */
const usualCaller = fc
  .record({ application: oneOf(Object.keys(APPLICATIONS)), role: fc.constantFrom('service', 'operator') })
  .map(({ application, role }) => ({
    team: APPLICATIONS[application]?.team ?? 'nobody',
    application,
    environment: 'prod',
    roles: [role],
  }));
const usualCall = fc.record(
  {
    operation: fc.constant('chat' as const),
    stream: fc.boolean(),
    input_tokens: fc.integer({ min: 0, max: 20_000 }),
    max_output_tokens: fc.integer({ min: 1, max: 4000 }),
    tags: fc.dictionary(oneOf(['feature', 'ticket']), fc.string({ maxLength: 20 })),
  },
  maybe,
);
const usual = fc.record({ call: usualCall, caller: usualCaller });
const wildly = fc.record({ call, caller });

const requestOf = (asker: fc.Arbitrary<Pick<EngineRequest, 'call' | 'caller'>>): fc.Arbitrary<EngineRequest> =>
  fc.tuple(asker, circumstances).map(([asked, around]) => ({ ...asked, ...around }));
const circumstances = fc.record({
  facts: fc.record({ budgets: uniqueBudgets, targets: fc.dictionary(oneOf(MODELS), target, { maxKeys: 4 }) }),
  attempts: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(attempt, { maxLength: 3 }) },
  ),
});
const request = requestOf(fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: wildly }));

let engine: EmbeddedEngine;
before(async () => {
  engine = await createEngine({ policy: POLICIES });
});
after(() => engine.close());

test('any call gets a valid decision document, and the policy itself never breaks', async () => {
  const check = createDecisionCheck();
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const decision = await engine.decide(asked);
      outcomes.add(decision.document.outcome);
      assert.equal(decision.fault, undefined, JSON.stringify(decision.fault));
      assert.equal(check(decision.document, asked.caller).kind, 'fits');
    }),
    { numRuns: RUNS },
  );
  assert.ok(outcomes.has('allow') && outcomes.has('deny'), 'the generator reaches both sides');
});

test('anything at all as a request is a decision or a named refusal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record({ call: fc.anything(), caller: fc.anything(), facts: fc.anything() }), async (wild) => {
      // Wild on purpose: the types promise what no wire does.
      const answer = await engine.decide(wild as unknown as EngineRequest).catch((error: unknown) => error);
      const named = answer instanceof Failure && (answer.code === 'invalid_request' || answer.code === 'too_large');
      assert.ok(named || (answer as Decision).document.outcome === 'deny', String(answer));
    }),
    { numRuns: RUNS },
  );
});

test('the same input is the same decision', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const [one, other] = [await engine.decide(asked), await engine.decide(structuredClone(asked))];
      assert.deepEqual(one.document, other.document);
    }),
    { numRuns: RUNS / 2 },
  );
});

test("a team never gets another team's attribution", async () => {
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const { team, application, environment } = (await engine.decide(asked)).document.attribution;
      const { caller: who } = asked;
      assert.deepEqual([team, application, environment], [who.team, who.application, who.environment]);
    }),
    { numRuns: RUNS / 2 },
  );
});

test('an allow names no target twice, and none whose breaker is open', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const targets = (await engine.decide(asked)).document.route.map((step) => step.target);
      assert.equal(new Set(targets).size, targets.length);
      const open = targets.filter((name) => asked.facts?.targets?.[name]?.breaker === 'open');
      assert.deepEqual(open, []);
    }),
    { numRuns: RUNS / 2 },
  );
});

const RANK = { ok: 0, warn: 1, exhausted: 2 } as const;
const STATES = ['ok', 'warn', 'exhausted'] as const;

test('more budget never turns an allow into a deny', async () => {
  const relief = fc.record({
    steps: fc.integer({ min: 0, max: 2 }),
    nano: fc.integer({ min: 0, max: 5_000_000_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  let allowed = 0;
  await fc.assert(
    fc.asyncProperty(requestOf(usual), fc.array(relief, { minLength: 3, maxLength: 3 }), async (asked, reliefs) => {
      const before = await engine.decide(asked);
      fc.pre(before.document.outcome === 'allow');
      allowed += 1;
      const budgets = (asked.facts?.budgets ?? []).map((one, index) => {
        const more = reliefs[index] ?? { steps: 0, nano: 0, share: 0 };
        return {
          ...one,
          state: STATES[Math.max(0, RANK[one.state] - more.steps)] ?? 'ok',
          utilization: (one.utilization ?? 0) * (1 - more.share),
          remaining_nano_usd: (one.remaining_nano_usd ?? 0) + more.nano,
        };
      });
      const relieved = await engine.decide({ ...asked, facts: { ...asked.facts, budgets } });
      assert.equal(relieved.document.outcome, 'allow', JSON.stringify(relieved.document.reasons));
    }),
    { numRuns: RUNS / 4, maxSkipsPerRun: 200 },
  );
  assert.ok(allowed > 0);
});
