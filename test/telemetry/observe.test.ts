import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure, type FailureCode } from '../../src/core/failure.ts';
import {
  allowDocument,
  arrival,
  attributesOf,
  decided,
  decision,
  denyDocument,
  only,
  priced,
  reported,
  SECRET,
  watch,
} from './facts.ts';

describe('a decision in a trace', () => {
  it('is a server span with the decision inside it, and who pays on both', () => {
    const { observer, spans } = watch();
    const observation = observer.begin(arrival());
    observation.decided(decided());
    observation.end();
    const server = only(spans, 'POST /v1/decide');
    const decide = only(spans, 'turnpike.decide');
    assert.equal(server.kind, 'server');
    assert.equal(decide.kind, 'internal');
    assert.equal(decide.traceId, server.traceId);
    assert.equal(decide.parent?.spanId, server.spanId);
    assert.equal(server.parent, undefined);
    for (const span of [server, decide]) {
      const attributes = attributesOf(span);
      assert.equal(attributes['turnpike.team'], 'search');
      assert.equal(attributes['turnpike.application'], 'assistant');
      assert.equal(attributes['turnpike.environment'], 'prod');
      assert.equal(attributes['turnpike.cost_center'], 'cc-7');
      assert.equal(attributes['turnpike.tag.feature'], 'summary');
      assert.equal(attributes['turnpike.key.id'], 'key-search-1');
    }
  });

  it('says what was asked, what was decided, by which rule and policy, and what it may cost', () => {
    const { observer, spans } = watch();
    const fact = decided({
      facts: {
        budgets: [
          { id: 'team-search-month', state: 'ok', utilization: 0.9 },
          { id: 'app-assistant-day', state: 'warn', utilization: 0.8 },
          { id: 'someone-else', state: 'exhausted', utilization: 1 },
        ],
      },
    });
    observer.begin(arrival()).decided(fact);
    assert.deepEqual(attributesOf(only(spans, 'turnpike.decide')), {
      'turnpike.team': 'search',
      'turnpike.application': 'assistant',
      'turnpike.environment': 'prod',
      'turnpike.cost_center': 'cc-7',
      'turnpike.key.id': 'key-search-1',
      'turnpike.tag.feature': 'summary',
      'turnpike.decision.id': fact.decision.id,
      'turnpike.decision.outcome': 'allow',
      'turnpike.decision.reason': 'allowed',
      'turnpike.rule': 'access.team_model',
      'security_rule.name': 'access.team_model',
      'turnpike.policy.revision': '0f3c9a1',
      'turnpike.policy.digest': `sha256:${'ab'.repeat(32)}`,
      'turnpike.policy.entrypoint': 'turnpike/decision',
      'turnpike.route.target': 'anthropic/claude-x',
      'turnpike.route.count': 2,
      'turnpike.route.targets': ['anthropic/claude-x', 'openai/gpt-x'],
      'turnpike.obligations': ['cap_output=800'],
      'turnpike.budgets': ['team-search-month', 'app-assistant-day'],
      'turnpike.budget.id': 'app-assistant-day',
      'turnpike.budget.state': 'warn',
      'turnpike.budget.utilization': 0.8,
      'turnpike.estimate.state': 'priced',
      'turnpike.estimate.nano_usd': 9_234_568,
      'turnpike.estimate.input_nano_usd': 1_234_567,
      'turnpike.estimate.output_nano_usd': 8_000_001,
      'turnpike.estimate.usd': 0.009234568,
      'turnpike.price.id': 'anthropic/claude-x@2026-01-01',
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'auto',
    });
  });

  it('keeps the start and the duration that the flow measured', () => {
    const { observer, spans } = watch();
    const fact = decided();
    observer.begin(arrival()).decided(fact);
    const span = only(spans, 'turnpike.decide');
    assert.equal(span.startMs, fact.startedAtMs);
    assert.equal(span.endMs, fact.startedAtMs + fact.durationMs);
  });

  it('is no error when it denies, and names the code and the rule', () => {
    const { observer, spans } = watch();
    const observation = observer.begin(arrival());
    observation.decided(decided({ decision: decision({ document: denyDocument, estimate: { kind: 'none' } }) }));
    observation.end();
    const span = only(spans, 'turnpike.decide');
    const attributes = attributesOf(span);
    assert.equal(span.error, undefined);
    assert.equal(only(spans, 'POST /v1/decide').error, undefined);
    assert.equal(attributes['turnpike.decision.outcome'], 'deny');
    assert.equal(attributes['turnpike.decision.reason'], 'model_not_allowed');
    assert.equal(attributes['security_rule.name'], 'access.model_allowlist');
    assert.equal(attributes['error.type'], undefined);
    assert.equal(attributes['turnpike.estimate.state'], 'none');
  });

  it('is an error when the engine, not a rule, denied', () => {
    const { observer, spans } = watch();
    const fault = { code: 'evaluation_limit', message: 'stopped' };
    observer.begin(arrival()).decided(decided({ decision: decision({ document: denyDocument, fault }) }));
    const span = only(spans, 'turnpike.decide');
    assert.equal(span.error, 'evaluation_limit');
    assert.equal(attributesOf(span)['error.type'], 'evaluation_limit');
  });

  it('has no estimated cost when the target has no price, and says so', () => {
    const { observer, spans, counters } = watch();
    const unpriced = decision({ estimate: { kind: 'unpriced', target: 'anthropic/claude-x' } });
    observer.begin(arrival()).decided(decided({ decision: unpriced }));
    const attributes = attributesOf(only(spans, 'turnpike.decide'));
    assert.equal(attributes['turnpike.estimate.state'], 'unpriced');
    assert.deepEqual(
      Object.keys(attributes).filter((key) => key.includes('usd')),
      [],
    );
    assert.equal([...counters.payers()][0]?.unpricedEstimates, 1);
  });

  it('leaves out an amount that an int64 attribute could not carry exactly', () => {
    const { observer, spans } = watch();
    const dear = decision({ estimate: priced(2n ** 53n, 1n) });
    observer.begin(arrival()).decided(decided({ decision: dear }));
    const attributes = attributesOf(only(spans, 'turnpike.decide'));
    assert.equal(attributes['turnpike.estimate.nano_usd'], undefined);
    assert.equal(attributes['turnpike.estimate.output_nano_usd'], 1);
  });

  it('stands alone when made in-process', () => {
    const { observer, spans } = watch();
    const observation = observer.begin(arrival({ transport: 'embedded', operation: 'decide' }));
    observation.decided(decided());
    observation.end();
    assert.deepEqual(
      spans.map((span) => [span.name, span.parent]),
      [['turnpike.decide', undefined]],
    );
    assert.deepEqual(observation.responseHeaders, {});
  });
});

describe('a server span', () => {
  it('sums what its decisions may cost, under a key that no cost query reads', () => {
    const { observer, spans } = watch();
    const observation = observer.begin(arrival({ operation: 'POST /v1/decide:batch' }));
    observation.decided(decided({ decision: decision({ estimate: priced(1n, 2n) }) }));
    observation.decided(decided({ decision: decision({ estimate: priced(3n, 4n) }) }));
    observation.end();
    const attributes = attributesOf(only(spans, 'POST /v1/decide:batch'));
    assert.equal(attributes['turnpike.request.decisions'], 2);
    assert.equal(attributes['turnpike.request.estimate_nano_usd'], 10);
    assert.equal(attributes['turnpike.estimate.nano_usd'], undefined);
    assert.equal(attributes['turnpike.decision.id'], undefined);
    assert.equal(attributes['turnpike.team'], 'search');
  });

  it('names no team when its decisions are of several', () => {
    const { observer, spans } = watch();
    const observation = observer.begin(arrival());
    const other = { ...allowDocument, attribution: { ...allowDocument.attribution, team: 'ads' } };
    observation.decided(decided());
    observation.decided(decided({ decision: decision({ document: other }) }));
    observation.end();
    assert.equal(attributesOf(only(spans, 'POST /v1/decide'))['turnpike.team'], 'several');
  });

  const protocols = [
    {
      transport: 'http',
      operation: 'POST /v1/decide',
      wanted: { 'http.request.method': 'POST', 'http.route': '/v1/decide', 'http.response.status_code': 200 },
    },
    {
      transport: 'grpc',
      operation: 'turnpike.v1.DecisionService/Decide',
      wanted: {
        'rpc.system.name': 'grpc',
        'rpc.method': 'turnpike.v1.DecisionService/Decide',
        'rpc.status_code': 'OK',
      },
    },
  ] as const;
  for (const { transport, operation, wanted } of protocols) {
    it(`follows the conventions of ${transport}`, () => {
      const status = { http: () => 200, grpc: () => 'OK' };
      const { observer, spans } = watch({ status });
      observer.begin(arrival({ transport, operation })).end();
      assert.deepEqual(attributesOf(only(spans, operation)), wanted);
    });
  }

  const failures: readonly { code: FailureCode; error: string | undefined }[] = [
    { code: 'invalid_request', error: undefined },
    { code: 'unauthenticated', error: undefined },
    { code: 'internal', error: 'internal' },
    { code: 'not_ready', error: 'not_ready' },
  ];
  for (const { code, error } of failures) {
    it(`that failed with ${code} is ${error === undefined ? 'no error' : 'an error'}`, () => {
      const { observer, spans } = watch();
      observer.begin(arrival()).end(new Failure(code, `the key ${SECRET} is wrong`));
      const span = only(spans, 'POST /v1/decide');
      assert.equal(span.error, error);
      assert.equal(attributesOf(span)['turnpike.failure'], code);
      assert.equal(attributesOf(span)['error.type'], error);
    });
  }
});

describe('a reported attempt', () => {
  it('is a client span under its decision that carries usage and the only summable cost', () => {
    const { observer, spans } = watch();
    const anchor = observer.begin(arrival()).decided(decided());
    const report = observer.begin(arrival({ operation: 'POST /v1/report' }));
    report.reported(reported({ decidedAt: anchor }));
    report.end();
    const attempt = only(spans, 'chat claude-x');
    const decide = only(spans, 'turnpike.decide');
    assert.equal(attempt.kind, 'client');
    assert.equal(attempt.traceId, decide.traceId);
    assert.equal(attempt.parent?.spanId, decide.spanId);
    assert.equal(attempt.link?.spanId, only(spans, 'POST /v1/report').spanId);
    assert.equal(attempt.endMs - attempt.startMs, 900);
    assert.deepEqual(attributesOf(attempt), {
      'turnpike.team': 'search',
      'turnpike.application': 'assistant',
      'turnpike.environment': 'prod',
      'turnpike.cost_center': 'cc-7',
      'turnpike.tag.feature': 'summary',
      'turnpike.decision.id': '019aac00-0000-7000-8000-000000000001',
      'turnpike.report.id': 'r-1',
      'turnpike.target': 'anthropic/claude-x',
      'turnpike.attempt.outcome': 'ok',
      'turnpike.usage.source': 'exact',
      'turnpike.cost.state': 'priced',
      'turnpike.cost.nano_usd': 8_700_000,
      'turnpike.cost.input_nano_usd': 3_600_000,
      'turnpike.cost.output_nano_usd': 5_100_000,
      'turnpike.cost.usd': 0.0087,
      'turnpike.price.id': 'anthropic/claude-x@2026-09-01',
      'turnpike.price.tier': 'standard',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-x',
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.output_tokens': 340,
      'gen_ai.response.time_to_first_chunk': 0.25,
    });
    const server = attributesOf(only(spans, 'POST /v1/report'));
    assert.equal(server['turnpike.request.cost_nano_usd'], 8_700_000);
    assert.equal(server['turnpike.cost.nano_usd'], undefined);
    assert.equal(server['turnpike.team'], 'search');
  });

  it('has no cost and no tokens when the usage is unknown, because unknown is not zero', () => {
    const { observer, spans, counters } = watch();
    const { report } = reported();
    observer
      .begin(arrival())
      .reported(reported({ report: { ...report, usage: { kind: 'unknown' } }, cost: { kind: 'unknown' } }));
    const attributes = attributesOf(only(spans, 'chat claude-x'));
    assert.equal(attributes['turnpike.usage.source'], 'unknown');
    assert.equal(attributes['turnpike.cost.state'], 'unknown');
    assert.deepEqual(
      Object.keys(attributes).filter((key) => /usd|tokens/.test(key)),
      [],
    );
    assert.equal([...counters.payers()][0]?.unknownUsage, 1);
  });

  it('is told of nobody when its decision is not known here, under the span of the report', () => {
    const { observer, spans } = watch();
    const report = observer.begin(arrival({ operation: 'POST /v1/report' }));
    report.reported(reported({ attribution: undefined }));
    report.end();
    const attempt = only(spans, 'chat claude-x');
    assert.equal(attributesOf(attempt)['turnpike.team'], 'unattributed');
    assert.equal(attempt.parent?.spanId, only(spans, 'POST /v1/report').spanId);
  });

  const outcomes = [
    { outcome: 'ok', error: undefined, type: undefined },
    { outcome: 'rate_limited', error: 'rate_limited', type: 'rate_limited' },
    { outcome: 'cancelled', error: undefined, type: 'cancelled' },
  ] as const;
  for (const { outcome, error, type } of outcomes) {
    it(`that ended ${outcome} is ${error === undefined ? 'no error' : 'an error'}`, () => {
      const { observer, spans } = watch();
      observer.begin(arrival()).reported(reported({ report: { ...reported().report, outcome } }));
      const span = only(spans, 'chat claude-x');
      assert.equal(span.error, error);
      assert.equal(attributesOf(span)['error.type'], type);
    });
  }

  it('is called by the operation of its decision', () => {
    const { observer, spans } = watch();
    const anchor = observer.begin(arrival()).decided(decided({ call: { operation: 'embeddings' } }));
    observer.begin(arrival()).reported(reported({ decidedAt: anchor }));
    assert.equal(attributesOf(only(spans, 'embeddings claude-x'))['gen_ai.operation.name'], 'embeddings');
  });
});

describe('what telemetry keeps to itself', () => {
  it('tells no credential in any attribute, name or header', () => {
    const { observer, spans } = watch({ baggage: new Set(['feature']) });
    const observation = observer.begin(arrival({}, { baggage: `feature=x,token=${SECRET}` }));
    observation.decided(decided());
    observation.reported(reported());
    observation.end(new Failure('internal', `cause ${SECRET}`, { cause: new Error(SECRET) }));
    assert.equal(spans.length, 3);
    assert.equal(JSON.stringify([spans, observation.responseHeaders]).includes(SECRET), false);
  });

  it('tells at most 16 tags of 128 characters', () => {
    const { observer, spans } = watch();
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`t${index}`, 'v'.repeat(500)]));
    const document = { ...allowDocument, attribution: { ...allowDocument.attribution, tags } };
    observer.begin(arrival()).decided(decided({ decision: decision({ document }) }));
    const told = Object.entries(attributesOf(only(spans, 'turnpike.decide'))).filter(([key]) =>
      key.startsWith('turnpike.tag.'),
    );
    assert.equal(told.length, 16);
    assert.deepEqual(new Set(told.map(([, value]) => String(value).length)), new Set([128]));
  });

  it('tells only the tags on the list when there is one', () => {
    const { observer, spans } = watch({ tags: new Set(['project']) });
    const tags = { feature: 'summary', project: 'p-1' };
    const document = { ...allowDocument, attribution: { ...allowDocument.attribution, tags } };
    observer.begin(arrival()).decided(decided({ decision: decision({ document }) }));
    const told = Object.keys(attributesOf(only(spans, 'turnpike.decide'))).filter((key) =>
      key.startsWith('turnpike.tag.'),
    );
    assert.deepEqual(told, ['turnpike.tag.project']);
  });

  it('tells only the baggage on the list', () => {
    const { observer, spans } = watch({ baggage: new Set(['feature']) });
    observer.begin(arrival({}, { baggage: 'feature=a%20b;p=1,other=x' })).end();
    const attributes = attributesOf(only(spans, 'POST /v1/decide'));
    assert.equal(attributes['turnpike.baggage.feature'], 'a b');
    assert.equal(attributes['turnpike.baggage.other'], undefined);
  });
});
