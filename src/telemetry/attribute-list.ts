/** Attributes on the way to an exporter: a flat list, and shared blocks that many spans carry unchanged. */

export type AttributeValue = string | number | boolean | readonly string[];

/** Grows by `set`; a key is set once. Cheaper than an object of thirty keys, which only a reader needs. */
export class AttributeList {
  readonly keys: string[] = [];
  readonly values: AttributeValue[] = [];

  /** Leaves out what is undefined: unknown is not zero and not empty. */
  set(key: string, value: AttributeValue | undefined): this {
    if (value !== undefined) {
      this.keys.push(key);
      this.values.push(value);
    }
    return this;
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
