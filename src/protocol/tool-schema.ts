/**
 * Tools and JSON Schemas that callers bring, looked at before a token is spent: names that every vendor takes, schemas
 * that are schemas, of bounded depth and size. Whether a keyword is one that a vendor knows is the vendor's question.
 */
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { asObject, invalid, shown, tooLarge } from './fields.ts';

export const MAX_TOOLS = 256;
const MAX_DEPTH = 32;
const MAX_VALUES = 10_000;
const MAX_CHARS = 256 * 1024;

/** What all take but Anthropic and OpenAI's Responses API, which take 128. */
const COMMON_NAME_CHARS = 64;

/** @returns whether a vendor must refuse it that takes only names of the common length */
export const hasLongName = ({ name }: { readonly name: string }): boolean => name.length > COMMON_NAME_CHARS;

/** By what it is refused. */
export const LONG_NAME: string = `tool name of more than ${COMMON_NAME_CHARS} characters`;

/** @param maxChars 64 at chat completions, 128 at Anthropic and OpenAI's Responses API */
export function checkToolName(name: string, at: string, maxChars: number): string {
  if (name.length >= 1 && name.length <= maxChars && /^[A-Za-z0-9_-]+$/.test(name)) return name;
  throw invalid(at, `must be 1 to ${maxChars} letters, digits, "_" or "-", not ${shown(name)}`);
}

/**
 * The parameters of a tool: the schema of an object.
 * @param schema absent: a tool without parameters
 * @returns the schema, `type` filled in
 */
export function checkToolSchema(schema: Json | undefined, at: string): JsonObject {
  if (schema === undefined || schema === null) return NO_PARAMETERS;
  const object = checkJsonSchema(schema, at);
  if (object['type'] === 'object') return object;
  if (object['type'] !== undefined) throw invalid(`${at}.type`, `must be "object", not ${shown(object['type'])}`);
  return { type: 'object', ...object };
}

const NO_PARAMETERS: JsonObject = { type: 'object', properties: {} };

/** Any JSON Schema that is an object. */
export function checkJsonSchema(schema: Json | undefined, at: string): JsonObject {
  const object = asObject(schema, at);
  checkSchema(object, { at, depth: 0, left: { values: MAX_VALUES, chars: MAX_CHARS } });
  return object;
}

interface Place {
  readonly at: string;
  readonly depth: number;
  readonly left: { values: number; chars: number };
}

function checkSchema(schema: JsonObject, place: Place): void {
  enter(place);
  for (const name in schema) {
    const value = schema[name];
    if (value === undefined) continue;
    count(place, name.length);
    const inner: Place = { at: `${place.at}.${name}`, depth: place.depth + 1, left: place.left };
    if (ONE_SCHEMA.has(name)) checkSubschema(value, inner);
    else if (NAMED_SCHEMAS.has(name)) checkNamed(value, inner);
    else if (SCHEMA_LISTS.has(name)) checkAlternatives(value, inner);
    else checkKeyword(name, value, inner);
  }
}

const ONE_SCHEMA: ReadonlySet<string> = new Set([
  'additionalProperties',
  'contains',
  'else',
  'if',
  'not',
  'propertyNames',
  'then',
]);
const NAMED_SCHEMAS: ReadonlySet<string> = new Set(['$defs', 'definitions', 'patternProperties', 'properties']);
const SCHEMA_LISTS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);

function checkSubschema(value: Json, place: Place): void {
  if (typeof value === 'boolean') return;
  if (!isJsonObject(value)) throw invalid(place.at, 'must be a schema: an object, true or false');
  checkSchema(value, place);
}

function checkNamed(value: Json, place: Place): void {
  enter(place);
  if (!isJsonObject(value)) throw invalid(place.at, 'must be an object of schemas');
  for (const name in value) {
    count(place, name.length);
    const schema = value[name];
    if (schema === undefined) continue;
    checkSubschema(schema, { at: `${place.at}.${clip(name)}`, depth: place.depth + 1, left: place.left });
  }
}

function checkAlternatives(value: Json, place: Place): void {
  enter(place);
  if (!Array.isArray(value) || value.length === 0) throw invalid(place.at, 'must be a list of schemas, not empty');
  for (const [index, schema] of value.entries()) {
    checkSubschema(schema, { at: `${place.at}[${index}]`, depth: place.depth + 1, left: place.left });
  }
}

function checkKeyword(name: string, value: Json, place: Place): void {
  switch (name) {
    case 'type':
      checkType(value, place.at);
      break;
    case 'items':
      // A list of schemas is what `prefixItems` was before 2020-12.
      if (Array.isArray(value)) checkAlternatives(value, place);
      else checkSubschema(value, place);
      return;
    case 'enum':
      if (!Array.isArray(value) || value.length === 0) throw invalid(place.at, 'must be a list, not empty');
      break;
    case 'required':
      if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
        throw invalid(place.at, 'must be a list of strings');
      }
      break;
    default:
      break;
  }
  checkValue(value, place);
}

const TYPES: ReadonlySet<Json> = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);

function checkType(value: Json, at: string): void {
  const types: readonly Json[] = Array.isArray(value) ? value : [value];
  const wrong = types.find((type) => !TYPES.has(type));
  if (wrong === undefined && types.length > 0) return;
  throw invalid(at, `must be a type of JSON Schema, not ${shown(wrong ?? [])}`);
}

/** What is no schema, such as `default` and `enum`: only its size counts. */
function checkValue(value: Json, place: Place): void {
  if (typeof value === 'string') count(place, value.length);
  if (typeof value !== 'object' || value === null) return;
  enter(place);
  const inner: Place = { at: place.at, depth: place.depth + 1, left: place.left };
  for (const name in value) {
    count(place, name.length);
    // Of a list too, whose names are its indexes.
    const item = (value as JsonObject)[name];
    if (item !== undefined) checkValue(item, inner);
  }
}

function enter(place: Place): void {
  if (place.depth > MAX_DEPTH) throw tooLarge(place.at, `a schema must be at most ${MAX_DEPTH} levels deep`);
  count(place, 0);
}

function count({ at, left }: Place, chars: number): void {
  left.values -= 1;
  left.chars -= chars;
  if (left.values < 0) throw tooLarge(at, `a schema must have at most ${MAX_VALUES} values`);
  if (left.chars < 0) throw tooLarge(at, `a schema must have at most ${MAX_CHARS} characters`);
}

const clip = (name: string): string => (name.length > 64 ? `${name.slice(0, 64)}…` : name);
