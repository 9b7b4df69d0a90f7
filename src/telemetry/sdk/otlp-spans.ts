/**
 * Spans as an OTLP `ExportTraceServiceRequest`. The SDK's own serializer walks every attribute of every span twice; here
 * attributes are written as bytes at once, and blocks that spans share are encoded once for all. A test holds the bytes
 * against the SDK's.
 */
import { type Attributes, createTraceState } from '@opentelemetry/api';
import type { FinishedSpan } from '../span.ts';
import { AttributeWriter, messageOf, tag, writeValue } from './otlp-attributes.ts';
import { OtlpWriter } from './otlp-writer.ts';
import type { SpanFrame } from './readable-span.ts';

/** `SpanKind` on the wire. */
const KIND: Readonly<Record<FinishedSpan['kind'], number>> = { internal: 1, server: 2, client: 3 };
const STATUS_UNSET = 0;
const STATUS_ERROR = 2;
/** Sampled, and: whether the parent is remote is known. */
const FLAGS = 0x101;
const FLAG_REMOTE = 0x200;
/** Of the length of a span, which is seldom below 128 bytes. */
const SPAN_LENGTH_BYTES = 2;

export interface SpanEncoder {
  /** Spans that were added since the last `take`. */
  readonly count: number;
  /** A span that cannot be written leaves no trace of itself, and throws. */
  add(span: FinishedSpan): void;
  /** @returns the request of all that was added */
  take(): Uint8Array;
}

/** @param frame resource, scope and limits of every span that is encoded */
export function createSpanEncoder(frame: SpanFrame): SpanEncoder {
  const writer = new OtlpWriter();
  const attributes = new AttributeWriter(writer, frame.limits);
  const resource = messageOf((to) => writeResource(to, frame.resource.attributes));
  const scope = messageOf((to) => writeScope(to, frame.scope));
  let count = 0;

  function writeSpan(span: FinishedSpan): void {
    writer.byte(tag(2, 2));
    const start = writer.open(SPAN_LENGTH_BYTES);
    writer.byte(tag(1, 2));
    writer.hex(span.traceId);
    writer.byte(tag(2, 2));
    writer.hex(span.spanId);
    const state = span.traceState === undefined ? '' : createTraceState(span.traceState).serialize();
    if (state !== '') {
      writer.byte(tag(3, 2));
      writer.text(state);
    }
    if (span.parent !== undefined) {
      writer.byte(tag(4, 2));
      writer.hex(span.parent.spanId);
    }
    writer.byte(tag(5, 2));
    writer.text(span.name);
    writer.byte(tag(6, 0));
    writer.byte(KIND[span.kind]);
    writer.byte(tag(7, 1));
    writer.unixNano(span.startMs);
    writer.byte(tag(8, 1));
    writer.unixNano(span.endMs);
    attributes.begin(span.name);
    for (const list of span.shared) attributes.block(list);
    span.own(attributes);
    attributes.end();
    writer.byte(tag(10, 0));
    writer.varint(attributes.dropped);
    writer.byte(tag(12, 0));
    writer.byte(0);
    if (span.link !== undefined) writeLink(span.link);
    writer.byte(tag(14, 0));
    writer.byte(0);
    writeStatus(span.error);
    writer.varint(tag(16, 5)); // too large for one byte
    writer.fixed32(span.parent?.remote === true ? FLAGS | FLAG_REMOTE : FLAGS);
    writer.close(start, SPAN_LENGTH_BYTES);
  }

  function writeLink(link: NonNullable<FinishedSpan['link']>): void {
    writer.byte(tag(13, 2));
    const start = writer.open();
    writer.byte(tag(1, 2));
    writer.hex(link.traceId);
    writer.byte(tag(2, 2));
    writer.hex(link.spanId);
    writer.byte(tag(5, 0));
    writer.byte(0);
    writer.byte(tag(6, 5));
    writer.fixed32(FLAGS);
    writer.close(start);
  }

  function writeStatus(error: string | undefined): void {
    writer.byte(tag(15, 2));
    const start = writer.open();
    if (error !== undefined && error !== '') {
      writer.byte(tag(2, 2));
      writer.text(error);
    }
    writer.byte(tag(3, 0));
    writer.byte(error === undefined ? STATUS_UNSET : STATUS_ERROR);
    writer.close(start);
  }

  return {
    get count() {
      return count;
    },
    add(span) {
      const before = writer.size;
      try {
        writeSpan(span);
        count += 1;
      } catch (reason) {
        writer.cut(before);
        throw reason;
      }
    },
    take() {
      const scoped = lengthDelimited(2, [scope, writer.view()]);
      const request = Buffer.concat(lengthDelimited(1, [resource, ...scoped]));
      writer.cut(0);
      count = 0;
      return request;
    },
  };
}

function lengthDelimited(field: number, parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const head = messageOf((to) => {
    to.byte(tag(field, 2));
    to.varint(parts.reduce((sum, part) => sum + part.length, 0));
  });
  return [head, ...parts];
}

function writeResource(to: OtlpWriter, attributes: Attributes): void {
  to.byte(tag(1, 2));
  const resource = to.open();
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue;
    to.byte(tag(1, 2));
    const pair = to.open();
    to.byte(tag(1, 2));
    to.text(key);
    to.byte(tag(2, 2));
    writeValue(to, value);
    to.close(pair);
  }
  to.byte(tag(2, 0));
  to.byte(0);
  to.close(resource);
}

function writeScope(to: OtlpWriter, scope: SpanFrame['scope']): void {
  to.byte(tag(1, 2));
  const start = to.open();
  to.byte(tag(1, 2));
  to.text(scope.name);
  if (scope.version !== undefined && scope.version !== '') {
    to.byte(tag(2, 2));
    to.text(scope.version);
  }
  to.close(start);
}
