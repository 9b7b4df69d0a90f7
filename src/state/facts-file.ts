/** Facts from a JSON file, read once: `{budgets?, limits?, targets?}` as `policies/schemas/input.json` has them. */
import { readFileSync } from 'node:fs';
import type { Facts } from '../core/facts.ts';
import { Failure } from '../core/failure.ts';

const FIELDS: ReadonlySet<string> = new Set(['budgets', 'limits', 'targets']);

/**
 * The single facts are checked with every input that they become part of.
 * @throws Failure `config_invalid` when the file cannot be read or is no such document
 */
export function readFactsFile(path: string): Facts {
  const facts = parse(path);
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) {
    throw new Failure('config_invalid', `facts file ${path}: must be an object`);
  }
  const unknown = Object.keys(facts).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) throw new Failure('config_invalid', `facts file ${path}: unknown field "${unknown}"`);
  return facts; // its members are checked by the input schema before any policy sees them
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'not readable';
    throw new Failure('config_invalid', `facts file ${path}: ${why}`, { cause });
  }
}
