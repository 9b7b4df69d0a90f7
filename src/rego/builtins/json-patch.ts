/**
 * json.patch: RFC 6902 over Rego's values, where a set's members are addressed by themselves.
 * Owns: the operations and their paths. May import: the values beside it.
 * Fails: undefined where an operation is malformed, its path does not exist, or a test does not hold.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { isNumeric, toInteger } from './number.ts';
import { arrayOperand, undefinedBecause } from './operand.ts';
import { entriesOf, equalValues, isArray, isObject, isSet, memberOf, objectOf, setHas, setOf } from './value.ts';

type Path = readonly unknown[];

/** The document after its root was removed. */
const NOTHING = undefined;

/** A JSON pointer whose leading slashes do not count, or an array of segments of any type. */
function pathOf(path: unknown): Path {
  if (isArray(path)) return path;
  if (typeof path !== 'string') return undefinedBecause('a path must be a string or an array');
  if (path === '') return [];
  return path
    .replace(/^\/+/, '')
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Index of an array; `-` is the place after its end. */
function indexOf(length: number, segment: unknown): number {
  if (segment === '-') return length;
  if (typeof segment === 'string') {
    if (!/^[+-]?(?:0|[1-9]\d{0,9})$/.test(segment)) return undefinedBecause('invalid string for indexing');
    return Number(segment);
  }
  const index = isNumeric(segment) ? toInteger(segment) : undefined;
  return index === undefined ? undefinedBecause('invalid type for indexing') : Number(index);
}

function child(value: unknown, segment: unknown): unknown {
  if (isSet(value)) return setHas(value, segment) ? segment : undefinedBecause('path does not exist in set');
  if (isObject(value)) return present(memberOf(value, segment), 'path does not exist in object');
  if (isArray(value)) return present(value[indexOf(value.length, segment)], 'path does not exist in array');
  return undefinedBecause('expected composite type');
}

/** null is a value like any other. */
function present(value: unknown, reason: string): unknown {
  return value === undefined ? undefinedBecause(reason) : value;
}

function valueAt(document: unknown, path: Path): unknown {
  if (document === NOTHING) undefinedBecause('the document was removed');
  return path.reduce(child, document);
}

/** The document with what `edit` makes of the collection that holds the last segment. */
function editAt(document: unknown, path: Path, edit: (collection: unknown, segment: unknown) => unknown): unknown {
  if (document === NOTHING) undefinedBecause('the document was removed');
  const [segment, ...rest] = path;
  if (rest.length === 0) return edit(document, segment);
  return withChild(document, segment, editAt(child(document, segment), rest, edit));
}

/** The collection with one child in the place of another. */
function withChild(collection: unknown, segment: unknown, value: unknown): unknown {
  if (isObject(collection)) return withMember(entriesOf(collection), segment, value);
  if (isArray(collection)) return collection.with(indexOf(collection.length, segment), value);
  if (isSet(collection)) return setOf([...[...collection].filter((member) => !equalValues(member, segment)), value]);
  return undefinedBecause('expected composite type');
}

function withMember(entries: ReadonlyArray<readonly [unknown, unknown]>, key: unknown, value: unknown): unknown {
  return objectOf([...entries.filter(([other]) => !equalValues(other, key)), [key, value]]);
}

function insert(collection: unknown, segment: unknown, value: unknown): unknown {
  if (isObject(collection)) return withMember(entriesOf(collection), segment, value);
  if (isArray(collection)) {
    const index = indexOf(collection.length, segment);
    if (index < 0 || index > collection.length) undefinedBecause('index for array insertion out of bounds');
    return collection.toSpliced(index, 0, value);
  }
  if (!isSet(collection)) return undefinedBecause('expected composite type');
  if (!equalValues(segment, value)) undefinedBecause('set key does not equal value to be inserted');
  return setOf([...collection, value]);
}

function remove(collection: unknown, segment: unknown): unknown {
  child(collection, segment);
  if (isObject(collection)) return objectOf(entriesOf(collection).filter(([key]) => !equalValues(key, segment)));
  if (isArray(collection)) return collection.toSpliced(indexOf(collection.length, segment), 1);
  return isSet(collection) ? setOf([...collection].filter((member) => !equalValues(member, segment))) : NOTHING;
}

function insertAt(document: unknown, path: Path, value: unknown): unknown {
  if (path.length === 0) return value;
  return editAt(document, path, (collection, segment) => insert(collection, segment, value));
}

function removeAt(document: unknown, path: Path): unknown {
  if (path.length > 0) return editAt(document, path, remove);
  return document === NOTHING ? undefinedBecause('the document was removed') : NOTHING;
}

function apply(document: unknown, operation: unknown): unknown {
  if (!isObject(operation)) return undefinedBecause('an element is not an object');
  const required = (attribute: string): unknown =>
    present(memberOf(operation, attribute), `missing required attribute '${attribute}'`);
  const path = pathOf(required('path'));
  switch (required('op')) {
    case 'add':
      return insertAt(document, path, required('value'));
    case 'remove':
      return removeAt(document, path);
    case 'replace':
      return insertAt(removeAt(document, path), path, required('value'));
    case 'move': {
      const from = pathOf(required('from'));
      const moved = valueAt(document, from);
      return insertAt(removeAt(document, from), path, moved);
    }
    case 'copy':
      return insertAt(document, path, valueAt(document, pathOf(required('from'))));
    case 'test':
      if (!equalValues(valueAt(document, path), required('value'))) undefinedBecause('test does not hold');
      return document;
    default:
      return undefinedBecause('unrecognized op');
  }
}

function sizeOf(value: unknown): number {
  if (isArray(value)) return value.length;
  if (isSet(value) || value instanceof Map) return value.size;
  return isObject(value) ? Object.keys(value).length : 1;
}

function patch(evaluation: BuiltinContext, target: unknown, operations: unknown): unknown {
  let document = target;
  for (const operation of arrayOperand(operations, 2)) {
    evaluation.charge(200 + sizeOf(document) * 20);
    document = apply(document, operation);
  }
  return document;
}

export const JSON_PATCH: ReadonlyArray<readonly [string, HostBuiltin]> = [['json.patch', patch]];
