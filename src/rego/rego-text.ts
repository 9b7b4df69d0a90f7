/** Writes the result of a builtin as the text that a policy's memory is filled from: JSON, and sets and any key beside it. */
import { ExactNumber } from './builtin.ts';

/** @returns `undefined` where the value has none: not finite, or not a value of Rego */
export function regoText(value: unknown): string | undefined {
  try {
    return write(value);
  } catch (reason) {
    if (reason === NO_TEXT) return undefined;
    throw reason;
  }
}

const NO_TEXT = Symbol('a value that Rego does not have');

function write(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.isWellFormed() ? value : value.toWellFormed());
    case 'number':
      if (!Number.isFinite(value)) throw NO_TEXT;
      return String(value);
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : writeComposite(value);
    default:
      throw NO_TEXT;
  }
}

function writeComposite(value: object): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (value instanceof ExactNumber) return value.text;
  if (value instanceof Set) return value.size === 0 ? 'set()' : `{${[...value].map(write).join(',')}}`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return `{${entries.map(([key, member]) => `${write(key)}:${write(member)}`).join(',')}}`;
}
