/** A value that a JSON Schema accepts, the same one every time. Patterns and conditions are not looked at. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** Nesting from which on nothing optional is made any more; recursion that is required ends at twice that. */
const DEEP = 8;
const MOST_ITEMS = 16;
/** Of one value: a schema that refers to itself several times over would grow without measure. */
const MOST_NODES = 2000;
const MOST_LETTERS = 1024;

/** @returns null where nothing fits or the nesting has no end */
export function valueFor(schema: JsonObject): Json {
  return make(schema, { root: schema, depth: 0, budget: { nodes: MOST_NODES } });
}

interface Place {
  readonly root: JsonObject;
  readonly depth: number;
  readonly budget: { nodes: number };
}

function make(asked: Json | undefined, place: Place): Json {
  place.budget.nodes -= 1;
  if (place.depth > 2 * DEEP || place.budget.nodes < 0 || asked === false) return null;
  if (!isJsonObject(asked)) return {};
  const schema = merged(asked, place.root);
  if (schema['const'] !== undefined) return schema['const'];
  const choices = schema['enum'];
  if (Array.isArray(choices) && choices.length > 0) return choices[0];
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(alternatives) && alternatives.length > 0) {
    const { anyOf: _any, oneOf: _one, ...rest } = schema;
    const first: unknown = alternatives[0];
    return make(isJsonObject(first) ? { ...rest, ...first } : rest, { ...place, depth: place.depth + 1 });
  }
  switch (typeOf(schema)) {
    case 'object':
      return makeObject(schema, place);
    case 'array':
      return makeArray(schema, place);
    case 'integer':
    case 'number':
      return makeNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return makeText(schema);
  }
}

/** References of the document itself and `allOf` become one schema. */
function merged(schema: JsonObject, root: JsonObject): JsonObject {
  let result = schema;
  for (let hop = 0; hop < DEEP; hop++) {
    const { $ref: reference, allOf: parts, ...rest } = result;
    if (typeof reference === 'string') {
      result = { ...lookUp(root, reference), ...rest };
      continue;
    }
    if (!Array.isArray(parts)) return result;
    result = parts.filter(isJsonObject).reduce<JsonObject>(joined, rest);
  }
  return {};
}

function joined(into: JsonObject, part: JsonObject): JsonObject {
  const properties = { ...objectOf(into['properties']), ...objectOf(part['properties']) };
  const required = [...listOf(into['required']), ...listOf(part['required'])];
  return { ...into, ...part, ...(Object.keys(properties).length > 0 ? { properties, required } : {}) };
}

function lookUp(root: JsonObject, reference: string): JsonObject {
  if (!reference.startsWith('#')) return {};
  let at: Json | undefined = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!isJsonObject(at) || !Object.hasOwn(at, key)) return {};
    at = at[key];
  }
  return objectOf(at);
}

function typeOf(schema: JsonObject): string {
  const type = schema['type'];
  if (typeof type === 'string') return type;
  if (Array.isArray(type) && typeof type[0] === 'string') return type[0];
  if (isJsonObject(schema['properties'])) return 'object';
  return schema['items'] === undefined ? 'string' : 'array';
}

function makeObject(schema: JsonObject, { root, depth, budget }: Place): Json {
  const required = new Set(listOf(schema['required']));
  const made = Object.entries(objectOf(schema['properties']))
    .filter(([name]) => depth < DEEP || required.has(name))
    .map(([name, property]) => [name, make(property, { root, depth: depth + 1, budget })] as const);
  return Object.fromEntries(made);
}

function makeArray(schema: JsonObject, { root, depth, budget }: Place): Json {
  const least = integer(schema['minItems'], 0);
  const most = integer(schema['maxItems'], MOST_ITEMS);
  const count = Math.min(Math.max(least, depth < DEEP ? 1 : 0), most, MOST_ITEMS);
  const items = schema['items'];
  return Array.from({ length: items === false ? 0 : count }, () => make(items, { root, depth: depth + 1, budget }));
}

function makeNumber(schema: JsonObject): number {
  const whole = typeOf(schema) === 'integer';
  const step = positive(schema['multipleOf']) ?? (whole ? 1 : undefined);
  const least = finite(schema['minimum']) ?? above(schema['exclusiveMinimum'], whole);
  const most = finite(schema['maximum']) ?? below(schema['exclusiveMaximum'], whole);
  const wanted = Math.min(Math.max(1, least ?? 1), most ?? Number.POSITIVE_INFINITY);
  if (step === undefined) return wanted;
  const up = Math.ceil(wanted / step) * step;
  return most === undefined || up <= most ? up : Math.floor(wanted / step) * step;
}

const above = (value: Json | undefined, whole: boolean): number | undefined => {
  const bound = finite(value);
  return bound === undefined ? undefined : whole ? Math.floor(bound) + 1 : bound + Math.max(1, Math.abs(bound)) / 1024;
};

const below = (value: Json | undefined, whole: boolean): number | undefined => {
  const bound = finite(value);
  return bound === undefined ? undefined : whole ? Math.ceil(bound) - 1 : bound - Math.max(1, Math.abs(bound)) / 1024;
};

const FORMATS: ReadonlyMap<string, string> = new Map([
  ['date', '2026-01-01'],
  ['date-time', '2026-01-01T00:00:00Z'],
  ['time', '00:00:00Z'],
  ['email', 'someone@example.com'],
  ['uri', 'https://example.com/'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['hostname', 'example.com'],
  ['duration', 'P1D'],
]);

function makeText(schema: JsonObject): string {
  const format = schema['format'];
  const known = typeof format === 'string' ? FORMATS.get(format) : undefined;
  if (known !== undefined) return known;
  const least = Math.min(integer(schema['minLength'], 0), MOST_LETTERS);
  return 'example'.padEnd(least, 'x').slice(0, Math.max(least, integer(schema['maxLength'], MOST_LETTERS)));
}

const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

const listOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const finite = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

const positive = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined;

const integer = (value: Json | undefined, otherwise: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : otherwise;
