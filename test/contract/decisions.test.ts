/** The sample policies' cases over every transport and on every evaluator: the same answer everywhere. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { composeEngine } from '../../src/compose-engine.ts';
import type { Call } from '../../src/core/call.ts';
import type { Decision } from '../../src/core/decision.ts';
import type { Attempt, Facts } from '../../src/core/facts.ts';
import type { CallerClaim } from '../../src/core/principal.ts';
import { createDecisionCheck, createInputCheck } from '../../src/engine/documents.ts';
import { createEngine, type MadeDecision } from '../../src/engine/engine.ts';
import { createDecideFlow } from '../../src/flows/decide.ts';
import type { Flows } from '../../src/flows/flows.ts';
import { silentObserver } from '../../src/flows/observer.ts';
import { createRecentDecisions } from '../../src/flows/recent-decisions.ts';
import { createOpenIdentity } from '../../src/identity/open.ts';
import type { PolicyLifecycle } from '../../src/policy/lifecycle.ts';
import { createRequestFacts } from '../../src/state/facts.ts';
import { countingRandom, setClock } from '../support/clock.ts';
import { createGrpcDriver } from './grpc-driver.ts';
import { createHttpDriver } from './http-driver.ts';
import { scriptedFlows } from './scripted-flows.ts';

interface Case {
  readonly name: string;
  readonly request: {
    readonly call: Call;
    readonly caller: CallerClaim;
    readonly facts?: Facts;
    readonly attempts?: readonly Attempt[];
  };
  readonly now_unix_ms: number;
  readonly want: {
    readonly outcome: string;
    readonly codes?: readonly string[];
    readonly first_target?: string;
    readonly route_length?: number;
    readonly obligations?: readonly unknown[];
  };
}

const CASES: readonly Case[] = parse(readFileSync(new URL('../cases/decisions.yaml', import.meta.url), 'utf8'));
const POLICIES = new URL('../../policies', import.meta.url).pathname;

const clock = setClock(0);

function flowsOf(lifecycle: PolicyLifecycle): Flows {
  const engine = createEngine({
    policy: lifecycle,
    facts: createRequestFacts(),
    clock,
    random: countingRandom(),
    checkInput: createInputCheck(),
    checkDecision: createDecisionCheck(),
  });
  const observer = silentObserver;
  const recent = createRecentDecisions();
  return {
    ...scriptedFlows({}),
    openSession: createDecideFlow({ identity: createOpenIdentity(), engine, observer, recent, clock }),
    status: () => lifecycle.status(),
  };
}

async function inProcess(flows: Flows, request: unknown): Promise<Decision> {
  const session = await flows.openSession({
    transport: 'embedded',
    operation: 'decide',
    credential: { kind: 'none' },
    header: () => undefined,
  });
  try {
    return await session.decide(request);
  } finally {
    session.end();
  }
}

/** What a case wants, read off a decision: only the members that it names. */
function seen(decision: Decision, want: Case['want']): object {
  const { outcome, reasons, route, obligations } = decision.document;
  const all = {
    outcome,
    codes: [...new Set(reasons.map(({ code }) => code))].sort(),
    first_target: route[0]?.target,
    route_length: route.length,
    obligations,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in want));
}

/**
 * What a wire carries: not the time that the decision took where it was made; and as a map of protobuf has no presence,
 * no tags and none at all are the same.
 */
function asOnTheWire(decision: Decision | MadeDecision): unknown {
  const { duration_ms: _took, facts: _facts, ...carried } = { duration_ms: 0, facts: {}, ...decision };
  // Terms of holding are for whoever holds the money, which is not who asks over a wire.
  const { attribution, hold: _hold, ...document } = { hold: undefined, ...decision.document };
  const { tags = {}, ...said } = attribution;
  return { ...carried, document: { ...document, attribution: { ...said, tags } } };
}

/** Reasons are a list made of a set: the plan gives them in Rego's order, WebAssembly in that of its hashes. */
function withReasonsOf(other: Decision, decision: Decision): Decision {
  assert.equal(decision.document.reasons.length, other.document.reasons.length);
  return { ...decision, document: { ...decision.document, reasons: other.document.reasons } };
}

const wanted = (want: Case['want']): object => ({
  ...want,
  ...(want.codes === undefined ? {} : { codes: [...want.codes].sort() }),
});

describe('the cases of the sample policies', () => {
  const byEvaluator = {
    wasm: composeEngine({ source: POLICIES, entrypoint: 'turnpike/decision', evaluator: 'wasm' }).lifecycle,
    plan: composeEngine({ source: POLICIES, entrypoint: 'turnpike/decision', evaluator: 'plan' }).lifecycle,
    sdk: composeEngine({ source: POLICIES, entrypoint: 'turnpike/decision', evaluator: 'sdk' }).lifecycle,
  } as const;
  const drivers = [createGrpcDriver(), createHttpDriver()];
  const flows = { wasm: flowsOf(byEvaluator.wasm), plan: flowsOf(byEvaluator.plan), sdk: flowsOf(byEvaluator.sdk) };
  before(async () => {
    await byEvaluator.wasm.activate();
    await byEvaluator.plan.activate();
    await byEvaluator.sdk.activate();
    for (const driver of drivers) await driver.start(flows.wasm);
  });
  after(async () => {
    for (const driver of drivers) await driver.close();
    byEvaluator.wasm.close();
    byEvaluator.plan.close();
    byEvaluator.sdk.close();
  });

  test('are many, and every outcome is among them', () => {
    assert.deepEqual([...new Set(CASES.map(({ want }) => want.outcome))].sort(), ['allow', 'deny', 'throttle']);
    assert.equal(new Set(CASES.map(({ name }) => name)).size, CASES.length);
  });

  for (const { name, request, now_unix_ms, want } of CASES) {
    test(`${name}`, async () => {
      clock.setMs(now_unix_ms);
      const decision = await inProcess(flows.wasm, request);
      assert.deepEqual(seen(decision, want), wanted(want));
      assert.equal(decision.fault, undefined);
      const bySdk = await inProcess(flows.sdk, request);
      assert.deepEqual({ ...bySdk, id: decision.id }, decision, 'the official SDK');
      const byPlan = await inProcess(flows.plan, request);
      assert.deepEqual(seen(byPlan, want), wanted(want), 'the plan');
      assert.deepEqual({ ...withReasonsOf(decision, byPlan), id: decision.id }, decision, 'the plan');
      for (const driver of drivers) {
        const answer = await driver.decide(request);
        assert.equal(answer.kind, 'ok', driver.name);
        assert.deepEqual(asOnTheWire({ ...answer.value, id: decision.id }), asOnTheWire(decision), driver.name);
      }
    });
  }
});
