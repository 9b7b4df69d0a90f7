/**
 * Reading a document that nobody has looked at: one function for each kind of field. What is absent and what is null
 * are the same; what does not fit is a Failure `invalid_request` whose sentence and `details.param` name the field as
 * the caller spells it, such as `messages[2].content[0].text: must be a string`.
 */
import { Failure } from '../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** @param param the field as the caller spells it; empty: the body itself */
export function invalid(param: string, rule: string): Failure {
  return new Failure(
    'invalid_request',
    `${param === '' ? 'body' : param}: ${rule}`,
    param === '' ? {} : { details: { param } },
  );
}

/** What cannot be done by anybody behind this door. */
export function unsupported(param: string, rule: string): Failure {
  return new Failure('unsupported', `${param}: ${rule}`, { details: { param } });
}

export function tooLarge(param: string, rule: string): Failure {
  return new Failure('too_large', `${param}: ${rule}`, { details: { param } });
}

export const pathOf = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

const MAX_SHOWN_CHARS = 64;

/** A value as a sentence shows it. */
export function shown(value: Json | undefined): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  if (typeof value !== 'string') return String(value);
  return value.length > MAX_SHOWN_CHARS ? `"${value.slice(0, MAX_SHOWN_CHARS)}…"` : `"${value}"`;
}

export function asObject(value: Json | undefined, at: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw invalid(at, 'must be an object');
}

export function asText(value: Json | undefined, at: string): string {
  if (typeof value === 'string') return value;
  throw invalid(at, 'must be a string');
}

export function asList(value: Json | undefined, at: string): readonly Json[] {
  // Of JSON, only a list is an array; the check narrows to `any[]`.
  if (Array.isArray(value)) return value as readonly Json[];
  throw invalid(at, 'must be a list');
}

export function textField(object: JsonObject, name: string, at: string): string | undefined {
  const value = object[name] ?? undefined;
  return value === undefined ? undefined : asText(value, pathOf(at, name));
}

export function requiredText(object: JsonObject, name: string, at: string): string {
  const value = textField(object, name, at);
  if (value === undefined) throw invalid(pathOf(at, name), 'is required');
  return value;
}

export function booleanField(object: JsonObject, name: string, at: string): boolean | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalid(pathOf(at, name), 'must be true or false');
}

/** @param bounds both included */
export function numberField(
  object: JsonObject,
  name: string,
  at: string,
  bounds: { readonly min: number; readonly max: number },
): number | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined) return undefined;
  // JSON has no NaN, but 1e999 is read as infinite.
  if (typeof value !== 'number') throw invalid(pathOf(at, name), 'must be a number');
  if (value >= bounds.min && value <= bounds.max) return value;
  throw invalid(pathOf(at, name), `must be from ${bounds.min} to ${bounds.max}, not ${value}`);
}

/** A whole number. */
export function countField(
  object: JsonObject,
  name: string,
  at: string,
  bounds: { readonly min: number; readonly max: number },
): number | undefined {
  const value = numberField(object, name, at, bounds);
  if (value === undefined || Number.isInteger(value)) return value;
  throw invalid(pathOf(at, name), `must be a whole number, not ${value}`);
}

export function objectField(object: JsonObject, name: string, at: string): JsonObject | undefined {
  const value = object[name] ?? undefined;
  return value === undefined ? undefined : asObject(value, pathOf(at, name));
}

/** @returns undefined where it is absent */
export function listField(
  object: JsonObject,
  name: string,
  at: string,
  bounds: { readonly maxItems: number },
): readonly Json[] | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined) return undefined;
  const list = asList(value, pathOf(at, name));
  if (list.length <= bounds.maxItems) return list;
  throw tooLarge(pathOf(at, name), `must have at most ${bounds.maxItems} items, not ${list.length}`);
}

export function textListField(
  object: JsonObject,
  name: string,
  at: string,
  bounds: { readonly maxItems: number },
): readonly string[] | undefined {
  return listField(object, name, at, bounds)?.map((item, index) => asText(item, `${pathOf(at, name)}[${index}]`));
}

/** One of a closed list of words. */
export function wordField<Word extends string>(
  object: JsonObject,
  name: string,
  at: string,
  words: readonly Word[],
): Word | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined) return undefined;
  const word = words.find((known) => known === value);
  if (word !== undefined) return word;
  throw invalid(pathOf(at, name), `must be one of ${words.join(', ')}, not ${shown(value)}`);
}

/** Names of fields that are there, not null, and not among those known. */
export function otherFields(object: JsonObject, known: ReadonlySet<string>): readonly string[] {
  let others: string[] | undefined;
  for (const name in object) {
    if (known.has(name) || object[name] === null) continue;
    others ??= [];
    others.push(name.length > MAX_SHOWN_CHARS ? `${name.slice(0, MAX_SHOWN_CHARS)}…` : name);
  }
  return others ?? NONE;
}

const NONE: readonly string[] = [];

const MAX_MODEL_CHARS = 256;

/** The alias or name that `model` says, where it says one. */
export function readModel(body: JsonObject): { readonly model?: string } {
  const model = textField(body, 'model', '');
  if (model === undefined) return {};
  if (model.length >= 1 && model.length <= MAX_MODEL_CHARS) return { model };
  throw invalid('model', `must have 1 to ${MAX_MODEL_CHARS} characters, not ${model.length}`);
}

/** A member to spread: nothing, where there is nothing. */
export const keep = <Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]: Value } | undefined =>
  // An object of one computed name is of this type; the compiler sees any string there.
  value === undefined ? undefined : ({ [name]: value } as { readonly [Key in Name]: Value });
