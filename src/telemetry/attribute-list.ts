/** Attributes on the way to an exporter: a flat list, and shared blocks that many spans carry unchanged. */

export type AttributeValue = string | number | boolean | readonly string[];

/** Where attributes are written: a list, or the bytes of an exporter. */
export interface AttributeSink {
  /** A key is set once. Leaves out what is undefined: unknown is not zero and not empty. */
  set(key: string, value: AttributeValue | undefined): this;
}

/** Grows by `set`. Cheaper than an object of thirty keys, which only a reader needs. */
export class AttributeList implements AttributeSink {
  readonly keys: string[] = [];
  readonly values: AttributeValue[] = [];

  set(key: string, value: AttributeValue | undefined): this {
    if (value !== undefined) {
      this.keys.push(key);
      this.values.push(value);
    }
    return this;
  }

  writeTo(sink: { set(key: string, value: AttributeValue | undefined): void }): void {
    for (let index = 0; index < this.keys.length; index += 1) sink.set(this.keys[index] ?? '', this.values[index]);
  }

  read(key: string): AttributeValue | undefined {
    return this.values[this.keys.indexOf(key)];
  }
}

/**
 * Text that came from outside: well-formed, or exporters would count its bytes wrong and lose a whole batch.
 * @param maxChars longer text is cut
 */
export function cleanText(text: string, maxChars: number): string {
  const cut = text.length > maxChars ? text.slice(0, maxChars) : text;
  return cut.isWellFormed() ? cut : cut.toWellFormed();
}

/** int64: exact up to 2^53 − 1 (9 million dollars); beyond, undefined rather than wrong. */
export function int64(value: bigint): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Nano-USD as USD, for tools that cannot divide. */
export function usdFromNano(nano: bigint): number {
  return Number(nano) / 1e9;
}
