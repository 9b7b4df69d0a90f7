/**
 * Attributes of spans as OTLP bytes, as they are set. Most spans of a name say what the one before said, but for a few
 * ids and counts: what did not change is copied from there in runs, which takes a third of writing it anew.
 */
import type { AttributeList, AttributeSink, AttributeValue } from '../attribute-list.ts';
import { OtlpWriter } from './otlp-writer.ts';
import { cutValue, type SpanFrame } from './readable-span.ts';

/** Field number and wire type of OTLP's messages, as one byte. */
export const tag = (field: number, wireType: 0 | 1 | 2 | 5): number => (field << 3) | wireType;

/** Keys of ours are few; tags bring their own. */
const MAX_KEYS = 1024;
/** Names of spans are few; those of models come from outside. */
const MAX_NAMES = 256;
/** Of so many spans of a name one becomes what the next are compared with. */
const TAKEN_EVERY = 64;

/** What a span of this name said: the attributes in their order, and their bytes one behind the other. */
interface Before {
  readonly keys: readonly string[];
  readonly values: readonly AttributeValue[];
  /** Where each begins; and where the last one ends. */
  readonly starts: readonly number[];
  readonly bytes: Uint8Array;
  /** Spans until another takes its place. */
  left: number;
}

/** A span that will be one: its attributes as they are set, and where each begins in what is written. */
interface Taken {
  readonly name: string;
  readonly keys: string[];
  readonly values: AttributeValue[];
  readonly starts: number[];
}

/** Writes attributes as they are set, up to the limit of a span, and counts those beyond. */
export class AttributeWriter implements AttributeSink {
  dropped = 0;
  readonly #to: OtlpWriter;
  readonly #limits: SpanFrame['limits'];
  readonly #blocks = new WeakMap<AttributeList, Uint8Array>();
  readonly #keys = new Map<string, Uint8Array>();
  readonly #names = new Map<string, Before>();
  #left = 0;
  #before: Before | undefined;
  /** The attribute of `#before` that would come next. */
  #next = 0;
  /** Attributes of `#before` that are to be copied: from this one on, up to the next. */
  #run = 0;
  #taken: Taken | undefined;

  constructor(to: OtlpWriter, limits: SpanFrame['limits']) {
    this.#to = to;
    this.#limits = limits;
  }

  /** @param name of the span */
  begin(name: string): void {
    this.dropped = 0;
    this.#left = this.#limits.count;
    this.#next = 0;
    this.#run = 0;
    const before = this.#names.get(name);
    this.#before = before;
    this.#taken = undefined;
    if (before !== undefined && before.left > 0) before.left -= 1;
    else if (before !== undefined || this.#names.size < MAX_NAMES) {
      this.#before = undefined;
      this.#taken = { name, keys: [], values: [], starts: [] };
    }
  }

  set(key: string, value: AttributeValue | undefined): this {
    if (value === undefined) return this;
    if (this.#left === 0) {
      this.dropped += 1;
      return this;
    }
    this.#left -= 1;
    const before = this.#before;
    if (before === undefined) {
      this.#take(key, value);
      this.#pair(this.#to, key, value);
      return this;
    }
    const at = this.#next;
    const isSame = before.keys[at] === key && isEqual(before.values[at], value);
    this.#next = at + 1;
    if (isSame) return this;
    this.#copy(before, at);
    this.#run = at + 1;
    this.#pair(this.#to, key, value);
    return this;
  }

  /** What many spans share, encoded the first time. Before anything is set. */
  block(list: AttributeList): void {
    const { length } = list.keys;
    if (length > this.#left) {
      // Whose bytes would lie between those of its own.
      this.#before = undefined;
      this.#taken = undefined;
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

  /** Everything was set. */
  end(): void {
    if (this.#before !== undefined) this.#copy(this.#before, this.#next);
    const taken = this.#taken;
    if (taken === undefined) return;
    const { name, keys, values, starts } = taken;
    const to = this.#to.size;
    const [from = to] = starts;
    const bytes = Uint8Array.from(this.#to.view().subarray(from));
    const places = [...starts, to].map((start) => start - from);
    this.#names.set(name, { keys, values, starts: places, bytes, left: TAKEN_EVERY });
  }

  #take(key: string, value: AttributeValue): void {
    const taken = this.#taken;
    if (taken === undefined) return;
    taken.keys.push(key);
    taken.values.push(value);
    taken.starts.push(this.#to.size);
  }

  /** Those of the run, which ends before this one. */
  #copy({ bytes, starts, keys }: Before, end: number): void {
    const from = this.#run;
    const to = Math.min(end, keys.length);
    if (to > from) this.#to.raw(bytes.subarray(starts[from], starts[to]));
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

/** Lists are equal where their texts are. */
function isEqual(one: AttributeValue | undefined, other: AttributeValue): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one.length !== other.length) return false;
  return one.every((text, index) => text === other[index]);
}

export function messageOf(write: (to: OtlpWriter) => void): Uint8Array {
  const apart = new OtlpWriter();
  write(apart);
  return Uint8Array.from(apart.view());
}

export function writeValue(to: OtlpWriter, value: AttributeValue): void {
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
