/** `data.aliases` and `data.models` of a bundle → the names that a call may ask for. A policy without them has none. */
import type { Catalogue } from '../engine/active-policy.ts';
import { isObject } from './bundle/bundle.ts';

export function readCatalogue(data: unknown): Catalogue {
  return { aliases: namesOf(data, 'aliases'), models: namesOf(data, 'models') };
}

function namesOf(data: unknown, name: string): readonly string[] {
  const table = isObject(data) ? data[name] : undefined;
  return isObject(table) ? Object.keys(table).sort() : [];
}
