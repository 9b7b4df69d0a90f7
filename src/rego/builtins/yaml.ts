/**
 * yaml.*: YAML 1.2 core, through JSON: what has no JSON form is an error.
 * Owns: the bounds on documents and aliases. May import: the `yaml` package, values and operands beside it.
 * Fails: undefined where a text is not YAML; stops at the bound on texts.
 */
import {
  Document,
  type DocumentOptions,
  type ParseOptions,
  parseAllDocuments,
  type ScalarTag,
  type SchemaOptions,
  visit,
} from 'yaml';

import { type BuiltinContext, ExactNumber, type HostBuiltin } from '../builtin.ts';
import { writeJson } from './go-json.ts';
import { isNumeric, numberText, numericOf, toDouble } from './number.ts';
import { chargeText, isDefined, stringOperand, undefinedBecause } from './operand.ts';
import { entriesOf, isArray, isObject, isSet, objectOf } from './value.ts';

const MAX_ALIASES = 100;
/** Parsing is far dearer than reading: units of fuel per character. */
const UNITS_PER_CHARACTER = 100;

/** Integers that Go's YAML takes besides those of the core schema: `0b11`, `017`, `1_000`. */
const GO_INTEGER: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?(?:0b[01_]+|0[0-7_]+|[1-9][0-9]*_[0-9_]*)$/,
  resolve: (text) => {
    const digits = text
      .replaceAll('_', '')
      .replace(/^[-+]/, '')
      .replace(/^0(?=[0-7])/, '0o');
    return text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
  },
};

const OPTIONS: ParseOptions & SchemaOptions & DocumentOptions = {
  version: '1.2',
  schema: 'core',
  merge: true,
  intAsBigInt: true,
  uniqueKeys: false,
  logLevel: 'silent',
  prettyErrors: false,
  customTags: (tags) => [GO_INTEGER, 'binary', ...tags],
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
  if (typeof value === 'bigint') return wholeNumber(value);
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
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return value === undefined ? null : value;
}

/** Beyond 64 bits an integer is a float, as in Go. */
function wholeNumber(value: bigint): unknown {
  const fits = BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value;
  return numericOf(fits ? value.toString() : String(Number(value)));
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
  if (isNumeric(value)) return typeof value === 'bigint' ? value : finite(toDouble(value));
  if (isArray(value) || isSet(value)) return [...value].map(plain);
  if (!isObject(value)) return value;
  return new Map(
    entriesOf(value).map(([key, member]) => [typeof key === 'string' ? key : writeJson(key), plain(member)]),
  );
}

/** Texts that some reader of YAML would take for something else: Go puts these in double quotes, others in single ones. */
const LOOKS_OTHERWISE =
  /^$|^(?:~|null|true|false|yes|no|on|off|y|n)$|^[-+]?(?:\.?\d|0[xob])[\w.+:-]*$|^[-+]?\.(?:inf|nan)$/i;

function finite(value: number): number {
  // YAML has no text for a number beyond a double but infinity, which it is not; adding 0 makes -0 plain.
  return Number.isFinite(value) ? value + 0 : undefinedBecause('a number is beyond a double');
}

function marshal(evaluation: BuiltinContext, value: unknown): string {
  const document = plain(value);
  evaluation.charge(writeJson(value).length * UNITS_PER_CHARACTER);
  const written = new Document(document, { version: '1.2', aliasDuplicateObjects: false });
  visit(written, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && LOOKS_OTHERWISE.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  const text = written.toString({ indent: 2, indentSeq: true, lineWidth: 0, singleQuote: true });
  chargeText(evaluation, 'yaml.marshal', text.length);
  return text;
}

export const YAML: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['yaml.marshal', marshal],
  ['yaml.unmarshal', parse],
  ['yaml.is_valid', isValid],
];
