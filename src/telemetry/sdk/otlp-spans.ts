/**
 * Spans as an OTLP `ExportTraceServiceRequest`. The SDK's own serializer walks every attribute of every span twice; here
 * attributes are written as bytes at once, and blocks that spans share are encoded once for all. A test holds the bytes
 * against the SDK's.
 */
import { type Attributes, createTraceState } from '@opentelemetry/api';
import type { AttributeList, AttributeSink, AttributeValue } from '../attribute-list.ts';
import type { FinishedSpan } from '../span.ts';
import { OtlpWriter } from './otlp-writer.ts';
import { cutValue, type SpanFrame } from './readable-span.ts';

/** `SpanKind` on the wire. */
const KIND: Readonly<Record<FinishedSpan['kind'], number>> = { internal: 1, server: 2, client: 3 };
const STATUS_UNSET = 0;
const STATUS_ERROR = 2;
/** Sampled, and: whether the parent is remote is known. */
const FLAGS = 0x101;
const FLAG_REMOTE = 0x200;
/** Of the length of a span, which is seldom below 128 bytes. */
const SPAN_LENGTH_BYTES = 2;

/** Field number and wire type of OTLP's messages, as one byte. */
const tag = (field: number, wireType: 0 | 1 | 2 | 5): number => (field << 3) | wireType;

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
    attributes.begin();
    for (const list of span.shared) attributes.block(list);
    span.own(attributes);
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

/** Keys of ours are few; tags bring their own. */
const MAX_KEYS = 1024;

/** Writes attributes as they are set, up to the limit of a span, and counts those beyond. */
class AttributeWriter implements AttributeSink {
  dropped = 0;
  readonly #to: OtlpWriter;
  readonly #limits: SpanFrame['limits'];
  readonly #blocks = new WeakMap<AttributeList, Uint8Array>();
  readonly #keys = new Map<string, Uint8Array>();
  #left = 0;

  constructor(to: OtlpWriter, limits: SpanFrame['limits']) {
    this.#to = to;
    this.#limits = limits;
  }

  begin(): void {
    this.dropped = 0;
    this.#left = this.#limits.count;
  }

  set(key: string, value: AttributeValue | undefined): this {
    if (value === undefined) return this;
    if (this.#left === 0) {
      this.dropped += 1;
      return this;
    }
    this.#left -= 1;
    this.#pair(this.#to, key, value);
    return this;
  }

  /** What many spans share, encoded the first time. */
  block(list: AttributeList): void {
    const { length } = list.keys;
    if (length > this.#left) {
      list.writeTo(this);
      return;
    }
    this.#left -= length;
    let bytes = this.#blocks.get(list);
    if (bytes === undefined) {
      const apart = new OtlpWriter();
      list.writeTo({
        set: (key, value) => {
          if (value !== undefined) this.#pair(apart, key, value);
        },
      });
      bytes = Uint8Array.from(apart.view());
      this.#blocks.set(list, bytes);
    }
    this.#to.raw(bytes);
  }

  #pair(to: OtlpWriter, key: string, value: AttributeValue): void {
    to.byte(tag(9, 2));
    const pair = to.open();
    to.raw(this.#keyBytes(key));
    writeValue(to, cutValue(value, this.#limits.valueChars));
    to.close(pair);
  }

  /** With the tag of the value, which follows. */
  #keyBytes(key: string): Uint8Array {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const bytes = messageOf((to) => {
      to.byte(tag(1, 2));
      to.text(key);
      to.byte(tag(2, 2));
    });
    if (this.#keys.size < MAX_KEYS) this.#keys.set(key, bytes);
    return bytes;
  }
}

function messageOf(write: (to: OtlpWriter) => void): Uint8Array {
  const apart = new OtlpWriter();
  write(apart);
  return Uint8Array.from(apart.view());
}

function lengthDelimited(field: number, parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const head = messageOf((to) => {
    to.byte(tag(field, 2));
    to.varint(parts.reduce((sum, part) => sum + part.length, 0));
  });
  return [head, ...parts];
}

function writeValue(to: OtlpWriter, value: AttributeValue): void {
  const start = to.open();
  if (typeof value === 'string') {
    to.byte(tag(1, 2));
    to.text(value);
  } else if (typeof value === 'boolean') {
    to.byte(tag(2, 0));
    to.byte(value ? 1 : 0);
  } else if (typeof value !== 'number') {
    to.byte(tag(5, 2));
    const items = to.open();
    for (const item of value) {
      to.byte(tag(1, 2));
      writeValue(to, item);
    }
    to.close(items);
  } else if (Number.isSafeInteger(value)) {
    to.byte(tag(3, 0));
    to.int64(value);
  } else {
    to.byte(tag(4, 1));
    to.double(value);
  }
  to.close(start);
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
