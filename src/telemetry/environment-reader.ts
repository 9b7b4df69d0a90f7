/** Reads variables by rule and collects every fault; an empty variable counts as unset, as OpenTelemetry says. */
import type { Fault } from '../core/failure.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export class VariableReader {
  readonly faults: Fault[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  text(name: string): string | undefined {
    const value = this.#env[name]?.trim();
    return value === '' ? undefined : value;
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined || value === 'true' || value === 'false')
      return value === undefined ? undefined : value === 'true';
    return this.#fault(name, 'must be true or false', value);
  }

  number(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (value >= min && value <= max) return value;
    return this.#fault(name, `must be a number from ${min} to ${max}`, text);
  }

  integer(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
    return this.#fault(name, `must be a whole number from ${min} to ${max}`, text);
  }

  oneOf<Name extends string>(name: string, allowed: readonly Name[]): Name | undefined {
    const text = this.text(name);
    const found = allowed.find((candidate) => candidate === text);
    if (text === undefined || found !== undefined) return found;
    return this.#fault(name, `must be one of ${allowed.join(', ')}`, text);
  }

  /** Comma-separated. */
  listOf<Name extends string>(name: string, allowed: readonly Name[]): readonly Name[] | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const asked = text.split(',').map((part) => part.trim());
    const found = asked.map((part) => allowed.find((candidate) => candidate === part));
    if (found.every((part) => part !== undefined)) return found;
    return this.#fault(name, `must be a list of ${allowed.join(', ')}`, text);
  }

  url(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const url = URL.parse(text);
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return text;
    return this.#fault(name, 'must be an http or https URL', text);
  }

  /** `key=value,key=value`, percent-encoded. */
  pairs(name: string): ReadonlyMap<string, string> | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return parsePairs(text) ?? this.#fault(name, 'must be key=value pairs, percent-encoded, joined by commas', text);
  }

  /** The same, for values that no message may show. */
  secretPairs(name: string): ReadonlyMap<string, string> | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const rule = 'must be key=value pairs, percent-encoded, joined by commas';
    return parsePairs(text) ?? this.#fault(name, rule, `${text.length} characters, not shown`);
  }

  #fault(name: string, rule: string, value: string): undefined {
    const shown = value.length > 64 ? `${value.slice(0, 64)}…` : value;
    // A variable that serves two signals is read twice and wrong once.
    if (this.faults.some(({ at }) => at === name)) return;
    this.faults.push({ at: name, message: `${rule}, is "${shown}"` });
  }
}

function parsePairs(text: string): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    if (equals < 1) return undefined;
    try {
      pairs.set(decodeURIComponent(part.slice(0, equals).trim()), decodeURIComponent(part.slice(equals + 1).trim()));
    } catch {
      return undefined;
    }
  }
  return pairs;
}
