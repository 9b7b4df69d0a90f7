import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import {
  arrival,
  attempted,
  attributesOf,
  costOf,
  decided,
  decision,
  denyDocument,
  only,
  priced,
  reported,
  SECRET,
  START_MS,
  watch,
} from './facts.ts';

const chat = () => arrival({ operation: 'POST /v1/chat/completions' });
const SERVER = 'POST /v1/chat/completions';

describe('an attempt of the gateway', () => {
  it('is a client span beside the decision, under the request, for as long as it took', () => {
    const { observer, spans } = watch();
    const observation = observer.begin(chat());
    observation.decided(decided());
    observation.attempted(attempted());
    observation.end();
    const span = only(spans, 'chat claude-x');
    const server = only(spans, SERVER);
    assert.equal(span.kind, 'client');
    assert.equal(span.traceId, server.traceId);
    assert.equal(span.parent?.spanId, server.spanId);
    assert.equal(only(spans, 'turnpike.decide').parent?.spanId, server.spanId);
    assert.equal(span.link, undefined);
    assert.deepEqual([span.startMs, span.endMs], [START_MS + 1.5, START_MS + 801.75]);
    assert.equal(span.error, undefined);
  });

  it('says who paid, why it was made, what was used and what each part of it cost', () => {
    const { observer, spans } = watch();
    const fact = attempted();
    observer.begin(chat()).attempted(fact);
    assert.deepEqual(attributesOf(only(spans, 'chat claude-x')), {
      'turnpike.team': 'search',
      'turnpike.application': 'assistant',
      'turnpike.environment': 'prod',
      'turnpike.cost_center': 'cc-7',
      'turnpike.tag.feature': 'summary',
      'turnpike.decision.id': fact.decision.id,
      'turnpike.target': 'anthropic/claude-x',
      'turnpike.attempt.index': 0,
      'turnpike.attempt.reason': 'initial',
      'turnpike.attempt.outcome': 'ok',
      'turnpike.usage.source': 'exact',
      'turnpike.cost.state': 'priced',
      'turnpike.cost.nano_usd': 20,
      'turnpike.cost.input_nano_usd': 2,
      'turnpike.cost.cache_read_nano_usd': 3,
      'turnpike.cost.cache_write_nano_usd': 4,
      'turnpike.cost.output_nano_usd': 5,
      'turnpike.cost.other_nano_usd': 6,
      'turnpike.cost.usd': 20e-9,
      'turnpike.price.id': 'anthropic/claude-x@2026-09-01',
      'turnpike.price.tier': 'standard',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-x',
      'gen_ai.response.id': 'msg_1',
      'gen_ai.response.model': 'claude-x-20260901',
      'gen_ai.response.finish_reasons': ['length'],
      'gen_ai.response.time_to_first_chunk': 0.2,
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.output_tokens': 340,
      'gen_ai.usage.cache_read.input_tokens': 1000,
      'gen_ai.usage.cache_write.input_tokens': 100,
      'gen_ai.usage.reasoning.output_tokens': 120,
      'gen_ai.usage.audio.input_tokens': 7,
      'gen_ai.usage.audio.output_tokens': 8,
      'gen_ai.usage.image.input_tokens': 9,
      'gen_ai.usage.image.output_tokens': 10,
    });
  });

  it('that failed says how, with the status and code of the vendor and never its message', () => {
    const { observer, spans } = watch();
    const fact = attempted({
      index: 1,
      reason: 'fallback',
      because: 'rate_limited',
      outcome: 'unavailable',
      failure: {
        outcome: 'unavailable',
        message: `your prompt "${SECRET}" broke us`,
        status: 529,
        vendorCode: 'x'.repeat(100),
      },
      usage: { kind: 'unknown' },
      cost: { kind: 'unknown' },
    });
    observer.begin(chat()).attempted(fact);
    const span = only(spans, 'chat claude-x');
    const attributes = attributesOf(span);
    assert.equal(span.error, 'unavailable');
    assert.equal(attributes['error.type'], 'unavailable');
    assert.equal(attributes['turnpike.fallback.reason'], 'rate_limited');
    assert.equal(attributes['http.response.status_code'], 529);
    assert.equal(attributes['turnpike.attempt.vendor_code'], 'x'.repeat(64));
    assert.equal(attributes['turnpike.attempt.output_started'], true);
    assert.equal(attributes['turnpike.cost.state'], 'unknown');
    assert.equal(attributes['turnpike.cost.nano_usd'], undefined);
    assert.equal(JSON.stringify(span).includes(SECRET), false);
  });

  it('that was given up is no error', () => {
    const { observer, spans } = watch();
    observer.begin(chat()).attempted(attempted({ outcome: 'cancelled', reason: 'hedge' }));
    assert.equal(only(spans, 'chat claude-x').error, undefined);
  });

  it('says where it went, which of a report nobody knows', () => {
    const asked: string[] = [];
    const { observer, spans } = watch({
      serverOf(provider) {
        asked.push(provider);
        return { host: 'api.example.com', port: 8443 };
      },
    });
    const observation = observer.begin(arrival());
    observation.attempted(attempted());
    observation.reported(reported());
    observation.end();
    const places = spans
      .filter(({ kind }) => kind === 'client')
      .map(attributesOf)
      .map((all) => [all['server.address'], all['server.port']]);
    assert.deepEqual(places, [
      ['api.example.com', 8443],
      [undefined, undefined],
    ]);
    assert.deepEqual(asked, [attempted().record.target.split('/')[0]]);
  });

  it('is counted where nothing is traced', () => {
    for (const { observer, counters } of [watch({ sampling: { ratio: 0, followParent: false } }), watch()]) {
      observer.begin(chat()).attempted(attempted());
      const [payer] = counters.payers();
      assert.equal(payer?.targets.get('anthropic/claude-x')?.cost.outputNano, 5n);
    }
  });

  it('in-process stands in the trace of its caller', () => {
    const { observer, spans } = watch();
    const traceparent = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
    const observation = observer.begin(arrival({ transport: 'embedded' }, { traceparent }));
    observation.attempted(attempted());
    const span = only(spans, 'chat claude-x');
    assert.deepEqual([span.traceId, span.parent?.spanId], ['a1'.repeat(16), 'b2'.repeat(8)]);
  });
});

describe('the span of a served request', () => {
  const served = (attempts: readonly ReturnType<typeof attempted>[], failure?: Failure) => {
    const { observer, spans } = watch();
    const observation = observer.begin(chat());
    const first = decision();
    observation.decided(decided({ decision: first }));
    for (const each of attempts) observation.attempted(each);
    observation.served({
      decision: first,
      requestedModel: 'auto',
      target: failure === undefined ? 'openai/gpt-x' : undefined,
      attempts: attempts.map(({ record }) => record),
    });
    observation.end(failure);
    return { span: only(spans, SERVER), attributes: attributesOf(only(spans, SERVER)), first };
  };
  const known = attempted();
  const nothing = attempted({ usage: { kind: 'unknown' }, cost: { kind: 'none' }, outcome: 'connection' });

  it('says what was asked for, what served, how often it was tried, and what that cost together', () => {
    const fallback = attempted({ index: 2, reason: 'fallback', because: 'connection', target: 'openai/gpt-x' });
    const { attributes, first } = served([known, nothing, fallback]);
    assert.equal(attributes['turnpike.request.model_requested'], 'auto');
    assert.equal(attributes['turnpike.request.model_served'], 'openai/gpt-x');
    assert.equal(attributes['turnpike.request.attempts'], 3);
    assert.equal(attributes['turnpike.request.fallbacks'], 1);
    assert.equal(attributes['turnpike.request.cost_nano_usd'], 40);
    assert.equal(attributes['turnpike.request.cost_state'], 'complete');
    assert.equal(attributes['turnpike.decision.outcome'], 'allow');
    assert.equal(attributes['turnpike.decision.id'], first.id);
    assert.equal(attributes['turnpike.cost.nano_usd'], undefined);
  });

  for (const kind of ['unpriced', 'unknown'] as const) {
    it(`has no sum where an attempt is ${kind}, and says so`, () => {
      const { attributes } = served([known, attempted({ cost: { kind } })]);
      assert.equal(attributes['turnpike.request.cost_nano_usd'], undefined);
      assert.equal(attributes['turnpike.request.cost_state'], 'incomplete');
    });
  }

  it('costs a real zero where no attempt reached a model', () => {
    const { attributes } = served([nothing], new Failure('upstream_unavailable', 'nobody answered'));
    assert.equal(attributes['turnpike.request.cost_nano_usd'], 0);
    assert.equal(attributes['turnpike.request.model_served'], undefined);
  });

  it('is an error where every target failed', () => {
    const { span } = served([nothing], new Failure('upstream_unavailable', 'nobody answered'));
    assert.equal(span.error, 'upstream_unavailable');
  });

  it('keeps its first decision and its tags when policy was asked again', () => {
    const { observer, spans } = watch();
    const observation = observer.begin(chat());
    const first = decision();
    observation.decided(decided({ decision: first }));
    observation.decided(decided());
    observation.served({ decision: first, requestedModel: undefined, target: undefined, attempts: [] });
    observation.end();
    const attributes = attributesOf(only(spans, SERVER));
    assert.equal(attributes['turnpike.decision.id'], first.id);
    assert.equal(attributes['turnpike.request.decisions'], 2);
    assert.equal(attributes['turnpike.tag.feature'], 'summary');
    assert.equal(attributes['turnpike.request.model_requested'], undefined);
  });

  for (const code of ['access_denied', 'budget_exhausted', 'throttled'] as const) {
    it(`is no error when policy refused with ${code}`, () => {
      const { observer, spans } = watch();
      const observation = observer.begin(chat());
      observation.decided(decided({ decision: decision({ document: denyDocument, estimate: { kind: 'none' } }) }));
      observation.end(new Failure(code, 'refused'));
      const span = only(spans, SERVER);
      assert.equal(span.error, undefined);
      assert.equal(attributesOf(span)['turnpike.decision.outcome'], 'deny');
      assert.equal(attributesOf(span)['turnpike.failure'], code);
      assert.equal(attributesOf(span)['error.type'], undefined);
    });
  }
});

describe('the cost of an attempt', () => {
  it('is left out of an int64 that could not carry it exactly', () => {
    const { observer, spans } = watch();
    observer.begin(chat()).attempted(attempted({ cost: costOf(2n ** 53n, 0n, 0n, 1n, 0n) }));
    const attributes = attributesOf(only(spans, 'chat claude-x'));
    assert.equal(attributes['turnpike.cost.nano_usd'], undefined);
    assert.equal(attributes['turnpike.cost.output_nano_usd'], 1);
  });

  it('is never the estimate of a decision', () => {
    const { observer, spans } = watch();
    const observation = observer.begin(chat());
    observation.decided(decided({ decision: decision({ estimate: priced(1n, 2n) }) }));
    observation.end();
    assert.equal(attributesOf(only(spans, SERVER))['turnpike.request.cost_nano_usd'], undefined);
  });
});
