/**
 * `data.aliases` and `data.models` of a bundle → the names that a call may ask for, and how much a model reads
 * (`context_window`, in tokens). A policy without them has none.
 */
import type { Catalogue } from '../engine/active-policy.ts';
import { isObject } from './bundle/bundle.ts';

export function readCatalogue(data: unknown): Catalogue {
  return { aliases: namesOf(data, 'aliases'), models: namesOf(data, 'models'), contexts: contextsOf(data) };
}

function contextsOf(data: unknown): ReadonlyMap<string, number> {
  const models = isObject(data) ? data['models'] : undefined;
  const contexts = new Map<string, number>();
  if (!isObject(models)) return contexts;
  for (const [target, model] of Object.entries(models)) {
    const tokens = isObject(model) ? model['context_window'] : undefined;
    if (typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens > 0) contexts.set(target, tokens);
  }
  return contexts;
}

function namesOf(data: unknown, name: string): readonly string[] {
  const table = isObject(data) ? data[name] : undefined;
  return isObject(table) ? Object.keys(table).sort() : [];
}
