import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isSampled } from '../../src/telemetry/sampling.ts';
import { readBaggage, readTraceContext } from '../../src/telemetry/trace-context.ts';
import { arrival, decided, only, reported, watch } from './facts.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const SAMPLED = `00-${TRACE}-${SPAN}-01`;
const UNSAMPLED = `00-${TRACE}-${SPAN}-00`;

const read = (headers: Readonly<Record<string, string>>): ReturnType<typeof readTraceContext> =>
  readTraceContext((name) => headers[name]);

describe('trace context from outside', () => {
  const cases = [
    { name: 'a sampled parent', header: SAMPLED, wanted: { traceId: TRACE, spanId: SPAN, sampled: true } },
    {
      name: 'a parent that is not sampled',
      header: UNSAMPLED,
      wanted: { traceId: TRACE, spanId: SPAN, sampled: false },
    },
    {
      name: 'a later version with more fields',
      header: `01-${TRACE}-${SPAN}-01-more`,
      wanted: { traceId: TRACE, spanId: SPAN, sampled: true },
    },
    { name: 'version 00 with more fields', header: `${SAMPLED}-more`, wanted: undefined },
    { name: 'the forbidden version', header: `ff-${TRACE}-${SPAN}-01`, wanted: undefined },
    { name: 'a trace id of zeros', header: `00-${'0'.repeat(32)}-${SPAN}-01`, wanted: undefined },
    { name: 'a span id of zeros', header: `00-${TRACE}-${'0'.repeat(16)}-01`, wanted: undefined },
    { name: 'upper case', header: SAMPLED.toUpperCase(), wanted: undefined },
    { name: 'a short id', header: `00-${TRACE.slice(1)}-${SPAN}-01`, wanted: undefined },
    { name: 'nothing', header: '', wanted: undefined },
  ];
  for (const { name, header, wanted } of cases) {
    it(`is ${wanted === undefined ? 'ignored' : 'read'} when it is ${name}`, () => {
      const found = read({ traceparent: header });
      const seen = found && { traceId: found.traceId, spanId: found.spanId, sampled: found.sampled };
      assert.deepEqual(seen, wanted);
    });
  }

  it('never throws, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (traceparent, baggage) => {
        const found = read({ traceparent, tracestate: baggage });
        assert.ok(found === undefined || /^[0-9a-f]{32}$/.test(found.traceId));
        readBaggage(baggage, new Set(['a']));
      }),
    );
  });

  it('gives baggage back as it was put in', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,15}$/);
    const value = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 8, noNullPrototype: true }), (entries) => {
        const text = Object.entries(entries).map(([name, content]) => `${name}=${encodeURIComponent(content)};p=1`);
        const found = readBaggage(text.join(','), new Set(Object.keys(entries)));
        assert.deepEqual(Object.fromEntries(found), entries);
      }),
    );
  });

  const transports = [
    { transport: 'http', operation: 'POST /v1/decide' },
    { transport: 'grpc', operation: 'turnpike.v1.DecisionService/Decide' },
  ] as const;
  for (const { transport, operation } of transports) {
    it(`is joined on ${transport}, state kept, and the server span goes back`, () => {
      const { observer, spans } = watch();
      const headers = { traceparent: SAMPLED, tracestate: 'vendor=1' };
      const observation = observer.begin(arrival({ transport, operation }, headers));
      observation.decided(decided());
      observation.end();
      const server = only(spans, operation);
      assert.equal(server.traceId, TRACE);
      assert.deepEqual(server.parent, { traceId: TRACE, spanId: SPAN, remote: true });
      assert.equal(server.traceState, 'vendor=1');
      assert.deepEqual(observation.responseHeaders, { traceparent: `00-${TRACE}-${server.spanId}-01` });
    });
  }

  it('is only pointed to when parents are not trusted', () => {
    const { observer, spans } = watch({ remoteContext: 'link' });
    observer.begin(arrival({}, { traceparent: SAMPLED })).end();
    const server = only(spans, 'POST /v1/decide');
    assert.notEqual(server.traceId, TRACE);
    assert.equal(server.parent, undefined);
    assert.equal(server.link?.traceId, TRACE);
  });
});

describe('sampling', () => {
  it('records every span of a caller that says not to', () => {
    const { observer, spans } = watch();
    const observation = observer.begin(arrival({}, { traceparent: UNSAMPLED }));
    observation.decided(decided());
    observation.reported(reported());
    observation.end();
    assert.equal(spans.length, 3);
    assert.match(observation.responseHeaders['traceparent'] ?? '', /-01$/);
  });

  it('follows the caller only where the operator said so, and counts all the same', () => {
    const sampling = { ratio: 1, followParent: true };
    const { observer, spans, counters } = watch({ sampling });
    const observation = observer.begin(arrival({}, { traceparent: UNSAMPLED }));
    observation.decided(decided());
    observation.end();
    assert.equal(spans.length, 0);
    assert.equal(counters.durations.allow.count, 1);
    assert.match(observation.responseHeaders['traceparent'] ?? '', /-00$/);
  });

  const half = { ratio: 0.5, followParent: false };
  const low = `${'0'.repeat(31)}1`;
  const high = 'f'.repeat(32);
  const remote = (sampled: boolean) => ({ traceId: TRACE, spanId: SPAN, sampled, traceState: undefined });
  const cases = [
    { name: 'records a low id at half', sampling: half, parent: undefined, id: low, wanted: true },
    { name: 'leaves a high id out at half', sampling: half, parent: undefined, id: high, wanted: false },
    { name: 'leaves all out at none', sampling: { ...half, ratio: 0 }, parent: undefined, id: low, wanted: false },
    { name: 'ignores what a caller says by default', sampling: half, parent: remote(true), id: high, wanted: false },
    {
      name: 'records what a trusted caller records',
      sampling: { ...half, followParent: true },
      parent: remote(true),
      id: high,
      wanted: true,
    },
    {
      name: 'leaves out what a trusted caller leaves out',
      sampling: { ...half, followParent: true },
      parent: remote(false),
      id: low,
      wanted: false,
    },
    {
      name: 'decides by itself where a trusted caller says nothing',
      sampling: { ...half, followParent: true },
      parent: undefined,
      id: low,
      wanted: true,
    },
  ];
  for (const { name, sampling, parent, id, wanted } of cases) {
    it(name, () => assert.equal(isSampled(sampling, parent, id), wanted));
  }

  it('does not go by a trace id that the caller chose', () => {
    const { observer, spans } = watch({ sampling: { ...half, ratio: 0.999_999 } });
    const chosen = `00-${high}-${SPAN}-00`;
    observer.begin(arrival({}, { traceparent: chosen })).end();
    assert.equal(spans.length, 1);
  });
});
