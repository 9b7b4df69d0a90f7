/**
 * yaml.*: YAML 1.2 core, through JSON: what has no JSON form is an error.
 * Owns: the bounds on documents and aliases. May import: the `yaml` package, values and operands beside it.
 * Fails: undefined where a text is not YAML; stops at the bound on texts.
 */
import { parseAllDocuments, stringify, type Document, type ParseOptions, type SchemaOptions, type DocumentOptions } from 'yaml';

import { ExactNumber, type BuiltinContext, type HostBuiltin } from '../builtin.ts';
import { writeJson } from './go-json.ts';
import { isNumeric, numberText, numericOf, toDouble } from './number.ts';
import { chargeText, isDefined, stringOperand, undefinedBecause } from './operand.ts';
import { entriesOf, isArray, isObject, isSet, objectOf } from './value.ts';

const MAX_ALIASES = 100;
/** Parsing is far dearer than reading: units of fuel per character. */
const UNITS_PER_CHARACTER = 100;

const OPTIONS: ParseOptions & SchemaOptions & DocumentOptions = {
  version: '1.2',
  schema: 'core',
  merge: true,
  intAsBigInt: true,
  uniqueKeys: false,
  logLevel: 'silent',
  prettyErrors: false,
};

function parse(evaluation: BuiltinContext, value: unknown): unknown {
  const text = stringOperand(value, 1);
  chargeText(evaluation, 'yaml.unmarshal', text.length);
  evaluation.charge(text.length * UNITS_PER_CHARACTER);
  const documents = parseAllDocuments(text, OPTIONS);
  if (!isArray(documents)) return null;
  for (const document of documents) if (document.errors.length > 0) undefinedBecause('not YAML');
  const [first] = documents;
  return first === undefined ? null : shaped(contentOf(first));
}

function contentOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES, mapAsMap: true });
  } catch {
    return undefinedBecause('not YAML, or too many aliases');
  }
}

/** YAML's values as Rego's, by way of JSON: keys become strings. */
function shaped(value: unknown): unknown {
  if (typeof value === 'bigint') return numericOf(value.toString());
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return undefinedBecause('not a JSON number');
    return numericOf(String(value)) ?? new ExactNumber(String(value));
  }
  if (isArray(value)) return value.map(shaped);
  if (value instanceof Map) {
    const entries = new Map<string, unknown>();
    for (const [key, member] of value) entries.set(keyText(key), shaped(member));
    return objectOf([...entries]);
  }
  if (value === undefined) return null;
  return value instanceof Date || value instanceof Uint8Array ? undefinedBecause('not a JSON value') : value;
}

function keyText(key: unknown): string {
  if (typeof key === 'string') return key;
  if (isNumeric(key)) return numberText(key);
  if (typeof key === 'boolean') return String(key);
  return undefinedBecause('a key has no JSON form');
}

function isValid(evaluation: BuiltinContext, value: unknown): boolean {
  return typeof value === 'string' && isDefined(() => parse(evaluation, value));
}

/** Rego's values as JavaScript's plain ones, keys sorted as Go's YAML sorts them. */
function plain(value: unknown): unknown {
  if (isNumeric(value)) return typeof value === 'bigint' ? value : toDouble(value);
  if (isArray(value) || isSet(value)) return [...value].map(plain);
  if (!isObject(value)) return value;
  return new Map(entriesOf(value).map(([key, member]) => [typeof key === 'string' ? key : writeJson(key), plain(member)]));
}

function marshal(evaluation: BuiltinContext, value: unknown): string {
  const document = plain(value);
  evaluation.charge(writeJson(value).length * UNITS_PER_CHARACTER);
  const text = stringify(document, { version: '1.2', indent: 2, indentSeq: true, lineWidth: 0, aliasDuplicateObjects: false });
  chargeText(evaluation, 'yaml.marshal', text.length);
  return text;
}

export const YAML: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['yaml.marshal', marshal],
  ['yaml.unmarshal', parse],
  ['yaml.is_valid', isValid],
];
