/**
 * The data of a bundle as one JSON text: `/data.json` as it stands, or several `data.json`, `data.yaml` and `data.yml`
 * put together as OPA does, each under the folders it lies in. Numbers keep every digit.
 */
import { parse as parseYaml } from 'yaml';
import { Failure } from '../../core/failure.ts';
import { DATA_PATH, isObject } from './bundle.ts';

const EMPTY = new TextEncoder().encode('{}');

export const isDataFile = (path: string): boolean => /(^|\/)data\.(json|ya?ml)$/.test(path);

export function dataOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const paths = [...files.keys()].filter(isDataFile).sort();
  if (paths.length === 0) return EMPTY;
  const merged: Tree = {};
  for (const path of paths) {
    const bytes = files.get(path) ?? EMPTY;
    const asItStands = paths.length === 1 && path === DATA_PATH;
    const document = path.endsWith('.json')
      ? parseJson(bytes, `/${path}`, { everyDigit: !asItStands })
      : parseYamlText(bytes, `/${path}`);
    if (!isObject(document)) throw invalid(`/${path} is not an object`);
    if (asItStands) return bytes;
    mount(merged, path.split('/').slice(0, -1), document, path);
  }
  return new TextEncoder().encode(JSON.stringify(merged));
}

type Tree = Record<string, unknown>;

function mount(
  root: Tree,
  folders: readonly string[],
  document: Readonly<Record<string, unknown>>,
  path: string,
): void {
  const nested = folders.reduceRight<Readonly<Record<string, unknown>>>((inner, name) => ({ [name]: inner }), document);
  merge(root, nested, path);
}

function merge(into: Tree, from: Readonly<Record<string, unknown>>, path: string): void {
  for (const [key, value] of Object.entries(from)) {
    const present = Object.hasOwn(into, key) ? into[key] : undefined;
    if (present === undefined) define(into, key, isObject(value) ? clone(value, path) : value);
    else if (isTree(present) && isObject(value) && !isRaw(value) && !isRaw(present)) merge(present, value, path);
    else throw invalid(`/${path} defines ${JSON.stringify(key)}, which another data file defines too`);
  }
}

function clone(value: Readonly<Record<string, unknown>>, path: string): unknown {
  if (isRaw(value)) return value;
  const copy: Tree = {};
  merge(copy, value, path);
  return copy;
}

/** A plain assignment of `__proto__` would change what the object is. */
function define(into: Tree, key: string, value: unknown): void {
  Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
}

const isTree = (value: unknown): value is Tree => isObject(value);

/** @param options `everyDigit`: a number that a double cannot hold stays as it was written, at ten times the time */
export function parseJson(bytes: Uint8Array, name: string, options: { readonly everyDigit?: boolean } = {}): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure('bundle_invalid', `bundle: ${name} is not UTF-8`, { cause });
  }
  try {
    return JSON.parse(text, options.everyDigit === true ? keepNumber : undefined);
  } catch (cause) {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    throw new Failure('bundle_invalid', `bundle: ${name} is not JSON${reason}`, { cause });
  }
}

/** What ECMAScript has and TypeScript 6 does not know of: the source text of a number, and JSON that is text already. */
interface SourceTextAccess {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}
// Node has both since version 22.
const json = JSON as unknown as SourceTextAccess;

const isRaw = (value: unknown): boolean => json.isRawJSON(value);

function keepNumber(this: unknown, _key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source ? value : json.rawJSON(context.source);
}

function parseYamlText(bytes: Uint8Array, name: string): unknown {
  try {
    return parseYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes), { maxAliasCount: 100 });
  } catch (cause) {
    const reason = cause instanceof Error ? `: ${cause.message.split('\n')[0]}` : '';
    throw new Failure('bundle_invalid', `bundle: ${name} is not YAML${reason}`, { cause });
  }
}

const invalid = (why: string): Failure => new Failure('bundle_invalid', `bundle: ${why}`);
