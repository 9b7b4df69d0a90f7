import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { costOf } from '../../src/core/attempt-cost.ts';
import type { AttemptFailure } from '../../src/core/attempt-failure.ts';
import type { Failure } from '../../src/core/failure.ts';
import type { GenerationRequest, ModelRequest } from '../../src/core/generation.ts';
import { compileCard } from '../../src/core/price-card.ts';
import type { Principal } from '../../src/core/principal.ts';
import type { GenerationReply } from '../../src/core/reply.ts';
import { createDecisionCheck, createInputCheck } from '../../src/engine/documents.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createExecutor } from '../../src/executor/executor.ts';
import type { Provider, ProviderCall, ProviderReply } from '../../src/executor/provider.ts';
import type { Arrival } from '../../src/flows/arrival.ts';
import { createGenerateFlow } from '../../src/flows/generate.ts';
import type { AttemptedFact, DecidedFact, Observer, ServedFact } from '../../src/flows/observer.ts';
import { createRecentDecisions } from '../../src/flows/recent-decisions.ts';
import { createRequestFacts } from '../../src/state/facts.ts';
import { countingRandom, setClock } from '../support/clock.ts';
import { ALLOW, scriptedPolicy } from '../support/scripted-policy.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const PRINCIPAL: Principal = {
  subject: 'svc',
  team: 'search',
  application: 'assistant',
  environment: 'prod',
  roles: [],
};
const REQUEST: GenerationRequest = {
  kind: 'generation',
  protocol: 'openai-chat',
  model: 'fast',
  messages: [{ role: 'user', content: [{ kind: 'text', text: 'hello' }] }],
  tools: [],
  output: { kind: 'text' },
  sampling: {},
  stream: false,
  body: {},
  unkept: [],
};
const REPLY: GenerationReply = {
  kind: 'generation',
  id: 'r-1',
  model: 'gpt-x-2026',
  content: [{ kind: 'text', text: 'hello to you' }],
  finish: 'stop',
  usage: { kind: 'exact', tokens: { input: 10, output: 4 } },
};
const CARD = { id: 'c-1', effective_from: '2026-01-01', input_pico_usd: 1_000_000, output_pico_usd: 2_000_000 };
const TWO_TARGETS = { ...ALLOW, route: [ALLOW.route[0], { ...ALLOW.route[0], target: 'other/model' }] };
const unavailable: AttemptFailure = { outcome: 'timeout', message: 'no answer' };

interface Setting {
  readonly answer?: (input: unknown) => unknown;
  readonly send?: (call: ProviderCall) => ProviderReply;
  readonly principal?: Principal;
  readonly unsupported?: readonly string[];
}

function gateway({
  answer = () => ALLOW,
  send = () => ({ kind: 'whole', reply: REPLY }),
  principal = PRINCIPAL,
  unsupported = [],
}: Setting = {}) {
  const told = {
    decided: [] as DecidedFact[],
    attempted: [] as AttemptedFact[],
    served: [] as ServedFact[],
    ends: [] as (Failure | undefined)[],
  };
  const observer: Observer = {
    begin: () => ({
      decided(fact) {
        told.decided.push(fact);
        return undefined;
      },
      reported: () => undefined,
      attempted: (fact) => void told.attempted.push(fact),
      served: (fact) => void told.served.push(fact),
      end: (failure) => void told.ends.push(failure),
      responseHeaders: { traceparent: '00-1' },
    }),
  };
  const clock = setClock(NOW_MS);
  const prices = new Map(['openai/gpt-x', 'other/model'].map((target) => [target, [compileCard(CARD, 0)]]));
  const provider: Provider = { unsupported: () => unsupported, send: async (call) => send(call) };
  const call = createGenerateFlow({
    identity: { identify: () => principal },
    engine: createEngine({
      policy: scriptedPolicy(answer, prices),
      facts: createRequestFacts(),
      clock,
      random: countingRandom(),
      checkInput: createInputCheck(),
      checkDecision: createDecisionCheck(),
    }),
    executor: createExecutor({
      providers: { find: () => provider },
      pricing: { costOf: (...args) => costOf(prices, ...args), boundOf: () => 1n, contextOf: () => undefined },
      clock,
    }),
    observer,
    recent: createRecentDecisions(),
    clock,
    turn: async () => undefined,
  });
  return {
    told,
    call: (request: ModelRequest = REQUEST, arrival = arrivalWith({})) =>
      call(arrival, async () => request, new AbortController().signal),
  };
}

const arrivalWith = (headers: Readonly<Record<string, string>>): Arrival => ({
  transport: 'http',
  operation: 'POST /v1/chat/completions',
  credential: { kind: 'none' },
  header: (name) => headers[name],
});

test('a call is decided, served, and accounted for', async () => {
  const { call, told } = gateway();
  const reply = await call();
  assert.equal(reply.kind, 'whole');
  assert.deepEqual(reply.served, {
    decisionId: told.decided[0]?.decision.id,
    target: 'openai/gpt-x',
    headers: { traceparent: '00-1' },
    attempts: 1,
    costNano: 18_000n,
  });
  assert.deepEqual(told.decided[0]?.call, {
    operation: 'chat',
    model: 'fast',
    input_tokens: told.decided[0]?.call.input_tokens,
    stream: false,
  });
  assert.equal(told.attempted[0]?.record.outcome, 'ok');
  assert.deepEqual([told.served[0]?.requestedModel, told.served[0]?.target], ['fast', 'openai/gpt-x']);
  assert.deepEqual(told.ends, [undefined]);
});

test('headers say what the call is for, and never who a fixed caller is', async () => {
  const { call, told } = gateway();
  const hints = {
    'x-turnpike-task': 'summarize',
    'x-turnpike-priority': 'batch',
    'x-turnpike-tags': 'feature=a, ticket=7',
  };
  await call(REQUEST, arrivalWith(hints));
  const { task, priority, tags } = told.decided[0]?.call ?? {};
  assert.deepEqual(
    { task, priority, tags },
    { task: 'summarize', priority: 'batch', tags: { feature: 'a', ticket: '7' } },
  );
  await assert.rejects(call(REQUEST, arrivalWith({ 'x-turnpike-team': 'ads' })), { code: 'forbidden' });
});

describe('a call that is not let through reaches no provider', () => {
  const denied = (rule: string, more: object = {}): object => ({
    ...ALLOW,
    outcome: 'deny',
    reasons: [{ code: 'why', rule, message: 'because' }],
    route: [],
    fallback_on: undefined,
    envelope: undefined,
    ...more,
  });
  for (const [what, document, code, details] of [
    ['by access', denied('access.model_allowlist'), 'access_denied', { rule: 'access.model_allowlist', reason: 'why' }],
    ['by a budget', denied('budget.exhausted'), 'budget_exhausted', { rule: 'budget.exhausted', reason: 'why' }],
    [
      'by what targets lack',
      denied('routing.capability'),
      'unsupported',
      { rule: 'routing.capability', reason: 'why' },
    ],
    [
      'by a window',
      denied('routing.context_window'),
      'context_too_long',
      { rule: 'routing.context_window', reason: 'why' },
    ],
    [
      'by rate',
      denied('budget.limit', { outcome: 'throttle', retry_after_ms: 1500 }),
      'throttled',
      { rule: 'budget.limit', reason: 'why', retryAfterMs: 1500 },
    ],
    ['by a policy that breaks', 'nonsense', 'evaluation_failed', { rule: 'engine', reason: 'invalid_decision' }],
  ] as const) {
    test(what, async () => {
      const { call, told } = gateway({
        answer: () => JSON.parse(JSON.stringify(document)),
        send: () => assert.fail('nothing may be sent'),
      });
      await assert.rejects(call(), (failure: Failure) => {
        assert.equal(failure.code, code);
        assert.deepEqual(failure.details, { ...details, decisionId: told.decided[0]?.decision.id });
        return true;
      });
      assert.equal(told.ends[0]?.code, code);
      assert.equal(told.attempted.length, 0);
    });
  }
});

test('tokens that no vendor counts are estimated, and say so', async () => {
  const { call, told } = gateway({ unsupported: ['counting tokens'], send: () => assert.fail('nothing may be sent') });
  const reply = await call({ kind: 'token_count', generation: REQUEST });
  assert.ok(reply.kind === 'whole' && reply.reply.kind === 'token_count');
  assert.equal(reply.reply.source, 'estimated');
  assert.equal(reply.reply.inputTokens, told.decided[0]?.call.input_tokens);
});

test('what a credential is not scoped for is refused before policy is asked', async () => {
  const { call, told } = gateway({ principal: { ...PRINCIPAL, scope: { operations: ['embeddings'] } } });
  await assert.rejects(call(), { code: 'forbidden', message: /operation: the credential does not cover "chat"/ });
  assert.equal(told.decided.length, 0);
  const scoped = gateway({ principal: { ...PRINCIPAL, scope: { models: ['auto'] } } });
  await assert.rejects(scoped.call(), { code: 'forbidden', message: /model: the credential does not cover "fast"/ });
  const { model: _model, ...unnamed } = REQUEST;
  assert.equal((await scoped.call(unnamed)).served.target, 'openai/gpt-x');
});

test('a target that fails is followed by the next, and both are told', async () => {
  const { call, told } = gateway({
    answer: () => TWO_TARGETS,
    send: ({ model }) =>
      model === 'gpt-x' ? { kind: 'failed', failure: unavailable } : { kind: 'whole', reply: REPLY },
  });
  const { served } = await call();
  assert.deepEqual([served.target, served.attempts], ['other/model', 2]);
  assert.deepEqual(
    told.attempted.map(({ record }) => [record.target, record.outcome, record.reason]),
    [
      ['openai/gpt-x', 'timeout', 'initial'],
      ['other/model', 'ok', 'fallback'],
    ],
  );
});

test('when nobody answers, the failure says how often and under which decision', async () => {
  const { call, told } = gateway({
    send: () => ({ kind: 'failed', failure: { outcome: 'invalid_request', message: 'no such field' } }),
  });
  await assert.rejects(call(), (failure: Failure) => {
    assert.equal(failure.code, 'upstream_rejected');
    assert.deepEqual([failure.details.attempts, failure.details.decisionId], [1, told.decided[0]?.decision.id]);
    return true;
  });
  assert.equal(told.served[0]?.target, undefined);
});
