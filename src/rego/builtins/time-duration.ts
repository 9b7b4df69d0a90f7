/**
 * Durations as Go's time.ParseDuration reads them, with OPA's days, weeks and years of fixed length besides.
 * Owns: that. May import: nothing. Fails: undefined where a text is none or passes 64 bits of nanoseconds.
 */

const UNIT_NS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n, // U+00B5, the micro sign
  μs: 1_000n, // U+03BC, the Greek letter mu
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const HOURS: Readonly<Record<string, number>> = { d: 24, w: 168, y: 8_760 };

const LIMIT = 2n ** 63n;

/** Nanoseconds of a text such as `1h30m`, `-1.5h` or `2d12h`. */
export function parseDuration(text: string): bigint | undefined {
  if (!/[dwy]/.test(text)) return parsePlain(text);
  const match = /^([+-]?)((?:[0-9.]+(?:ms|us|µs|ns|[a-z]))+)$/.exec(text);
  if (match === null) return undefined;
  let rewritten = match[1] ?? '';
  for (const [, digits = '', unit = ''] of (match[2] ?? '').matchAll(/([0-9.]+)(ms|us|µs|ns|[a-z])/g)) {
    const hours = Object.hasOwn(HOURS, unit) ? HOURS[unit] : undefined;
    if (hours === undefined) {
      rewritten += digits + unit;
      continue;
    }
    if (!/^(?:\d+\.?\d*|\.\d+)$/.test(digits)) return undefined;
    const total = Number(digits) * hours;
    if (!Number.isFinite(total) || total >= 1e21) return undefined;
    rewritten += `${fixedText(total)}h`;
  }
  return parsePlain(rewritten);
}

/** A double without an exponent, in its shortest digits. */
function fixedText(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20) : text;
}

function parsePlain(text: string): bigint | undefined {
  const negative = text.startsWith('-');
  let rest = negative || text.startsWith('+') ? text.slice(1) : text;
  if (rest === '0') return 0n;
  if (rest === '') return undefined;
  let total = 0n;
  while (rest !== '') {
    const match = /^(\d*)(?:\.(\d*))?([^\d.]+)/.exec(rest);
    const [all = '', whole = '', fraction = '', unit = ''] = match ?? [];
    const unitNs = Object.hasOwn(UNIT_NS, unit) ? UNIT_NS[unit] : undefined;
    if (unitNs === undefined || (whole === '' && fraction === '')) return undefined;
    total += BigInt(whole === '' ? '0' : whole) * unitNs + fractionNs(fraction, unitNs);
    if (total > LIMIT) return undefined;
    rest = rest.slice(all.length);
  }
  if (negative) return -total;
  return total === LIMIT ? undefined : total;
}

/** Nanoseconds of the digits after a point, truncated from a double as Go does. */
function fractionNs(digits: string, unitNs: bigint): bigint {
  let value = 0;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10 + Number(digit);
    // Beyond 63 bits further digits do not count.
    if (next >= 2 ** 63) break;
    value = next;
    scale *= 10;
  }
  return value === 0 ? 0n : BigInt(Math.trunc(value * (Number(unitNs) / scale)));
}
