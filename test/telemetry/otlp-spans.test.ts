import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import fc from 'fast-check';
import {
  AttributeList,
  type AttributeSink,
  type AttributeValue,
  cleanText,
} from '../../src/telemetry/attribute-list.ts';
import { createSpanEncoder } from '../../src/telemetry/sdk/otlp-spans.ts';
import { ExportableSpan, type SpanFrame } from '../../src/telemetry/sdk/readable-span.ts';
import type { FinishedSpan } from '../../src/telemetry/span.ts';

const resource = resourceFromAttributes({ 'service.name': 'turnpike', 'process.pid': 7 });
const frameWith = (limits: SpanFrame['limits']): SpanFrame => ({
  resource,
  scope: { name: 'turnpike', version: '0.1.0' },
  limits,
});
const unlimited = frameWith({ count: 128, valueChars: Number.POSITIVE_INFINITY });

/** The SDK's own serializer is the oracle. */
function assertSameBytes(spans: readonly FinishedSpan[], frame: SpanFrame): void {
  const exportable = spans.map((span) => new ExportableSpan(span, frame));
  const encoder = createSpanEncoder(frame);
  for (const span of spans) encoder.add(span);
  const ours = encoder.take();
  const theirs = ProtobufTraceSerializer.serializeRequest(exportable);
  assert.equal(Buffer.from(ours).toString('hex'), Buffer.from(theirs ?? []).toString('hex'));
}

const listOf = (entries: readonly (readonly [string, AttributeValue])[]): AttributeList =>
  entries.reduce((list, [key, value]) => list.set(key, value), new AttributeList());

const text = fc.string({ unit: fc.constantFrom('a', 'Z', '-', 'é', '中', '😀'), maxLength: 300 });
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  text,
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => Math.abs(number) < 2 ** 53),
  fc.array(text, { maxLength: 4 }),
);
const list = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,12}\.[a-z]{1,12}$/), value), {
    selector: ([key]) => key,
    maxLength: 12,
  })
  .map(listOf);
const hex = (digits: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits }).map((all) => all.join(''));
const identity = fc.record({ traceId: hex(32), spanId: hex(16) });
const optional = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const startMs = fc.double({ min: 0, max: 4e12, noNaN: true });

const span: fc.Arbitrary<FinishedSpan> = fc
  .record({
    self: identity,
    name: text,
    kind: fc.constantFrom('server', 'internal', 'client'),
    parent: optional(fc.record({ traceId: hex(32), spanId: hex(16), remote: fc.boolean() })),
    link: optional(identity),
    traceState: optional(fc.constantFrom('vendor=1', 'a=1,b=2', 'not a state', '')),
    startMs,
    durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    error: optional(fc.constantFrom('internal', 'evaluation_limit')),
    listed: list,
  })
  .map(({ self, durationMs, listed, ...rest }) => ({
    ...self,
    ...rest,
    endMs: rest.startMs + durationMs,
    shared: [],
    own: (to) => listed.writeTo(to),
  }));

describe('the OTLP encoder', () => {
  it('writes what the SDK writes, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 4 }), fc.array(list, { maxLength: 2 }), (spans, blocks) => {
        const named = blocks.map((block, index) => renamed(block, `block${index}`));
        const own = spans.map((each) => ({ ...each, shared: named }));
        fc.pre(own.length > 0);
        assertSameBytes(own, unlimited);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps to the limits as the SDK would, in shared blocks too', () => {
    const limits = fc.record({ count: fc.integer({ min: 1, max: 20 }), valueChars: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(span, list, limits, (each, block, bounds) => {
        assertSameBytes([{ ...each, shared: [renamed(block, 'block')] }], frameWith(bounds));
      }),
      { numRuns: 200 },
    );
  });

  it('writes each of many spans of a name as the SDK does, whatever changes from one to the next', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const said = fc.oneof(
      fc.constantFrom('x', 'y', 'x'.repeat(200)),
      fc.constantFrom(0, 1, 1.5, true),
      fc.constantFrom(['x'], ['x', 'y']),
    );
    const entries = fc.uniqueArray(fc.tuple(key, said), { selector: ([name]) => name, maxLength: 6 });
    // Mostly as the one before.
    const change = fc.oneof(
      { weight: 3, arbitrary: fc.constant('same' as const) },
      { weight: 1, arbitrary: fc.tuple(fc.nat(5), said) },
      { weight: 1, arbitrary: entries },
      { weight: 1, arbitrary: fc.constant('breaks' as const) },
    );
    fc.assert(
      fc.property(span, entries, fc.array(change, { maxLength: 200 }), list, (each, first, changes, block) => {
        const encoder = createSpanEncoder(unlimited);
        const written: FinishedSpan[] = [];
        let now: readonly (readonly [string, AttributeValue])[] = first;
        for (const [index, what] of changes.entries()) {
          const breaks = what === 'breaks';
          if (typeof what !== 'string') {
            const [place, value] = what;
            now =
              typeof place === 'number'
                ? now.map((pair, at): readonly [string, AttributeValue] =>
                    at === place ? [pair[0], value as AttributeValue] : pair,
                  )
                : (what as readonly (readonly [string, AttributeValue])[]);
          }
          const told = listOf(now);
          const one: FinishedSpan = {
            ...each,
            shared: index % 3 === 0 ? [renamed(block, 'block')] : [],
            own(to) {
              told.writeTo(to);
              if (breaks) throw new Error('no more');
            },
          };
          if (breaks) assert.throws(() => encoder.add(one));
          else {
            encoder.add(one);
            written.push({ ...one, own: (to) => told.writeTo(to) });
          }
        }
        fc.pre(written.length > 0);
        const theirs = ProtobufTraceSerializer.serializeRequest(
          written.map((one) => new ExportableSpan(one, unlimited)),
        );
        assert.equal(Buffer.from(encoder.take()).toString('hex'), Buffer.from(theirs ?? []).toString('hex'));
      }),
      { numRuns: 100 },
    );
  });

  it('outgrows its first buffer', () => {
    const own = (to: AttributeSink) => void to.set('text', 'é'.repeat(100_000));
    const [sample] = fc.sample(span, 1);
    assert.ok(sample !== undefined);
    assertSameBytes(
      Array.from({ length: 20 }, () => ({ ...sample, own })),
      unlimited,
    );
  });

  it('gives each batch bytes of its own', () => {
    const encoder = createSpanEncoder(unlimited);
    const [one, two] = fc.sample(span, 2);
    assert.ok(one !== undefined && two !== undefined);
    encoder.add(one);
    assert.equal(encoder.count, 1);
    const first = encoder.take();
    assert.equal(encoder.count, 0);
    const before = Buffer.from(first).toString('hex');
    encoder.add(two);
    encoder.take();
    assert.equal(Buffer.from(first).toString('hex'), before);
  });

  it('survives half a character from outside, as does the SDK once it is cleaned', () => {
    const broken = 'a\ud800é';
    const [sample] = fc.sample(span, 1);
    assert.ok(sample !== undefined);
    assertSameBytes([{ ...sample, own: (to) => void to.set('tag', cleanText(broken, 128)) }], unlimited);
    assert.doesNotThrow(() => createSpanEncoder(unlimited).add({ ...sample, own: (to) => void to.set('tag', broken) }));
  });

  it('leaves no trace of a span that cannot be written', () => {
    const [one, two] = fc.sample(span, 2);
    assert.ok(one !== undefined && two !== undefined);
    const alone = createSpanEncoder(unlimited);
    alone.add(one);
    const encoder = createSpanEncoder(unlimited);
    encoder.add(one);
    const breaking = (to: AttributeSink): void => {
      to.set('half', 'written');
      throw new Error('no more');
    };
    assert.throws(() => encoder.add({ ...two, own: breaking }), /no more/);
    assert.equal(encoder.count, 1);
    assert.deepEqual(encoder.take(), alone.take());
  });
});

function renamed(block: AttributeList, prefix: string): AttributeList {
  return block.keys.reduce(
    (copy, key, index) => copy.set(`${prefix}.${key}`, block.values[index]),
    new AttributeList(),
  );
}
