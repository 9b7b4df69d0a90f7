/** Reads a YAML document by a schema: every option checked, every fault with its row and column. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml';
import type { Faults } from './faults.ts';
import { type ItemsOption, type Option, type Section, spelled, variableOf } from './option.ts';
import { didYouMean } from './suggest.ts';
import { checkValue, type Leaf, parseVariable } from './value.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Where the options of a configuration come from, and what was learnt on the way. */
export interface Reading {
  /** As the user said it; stands before every row and column. */
  readonly file: string;
  /** What relative paths in the file are relative to. */
  readonly fileFolder: string;
  readonly variables: Variables;
  /** What relative paths in variables are relative to. */
  readonly variableFolder: string;
  readonly faults: Faults;
  /** Where each option was said, by its dotted path: `turnpike.yaml:3:5` or the name of a variable. */
  readonly places: Map<string, string>;
}

/** Largest file that is read. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** @returns the text, or nothing after the fault was told */
export function readText(path: string, reading: Pick<Reading, 'file' | 'faults'>): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (reason) {
    const code = reason instanceof Error && 'code' in reason ? String(reason.code) : 'unreadable';
    const why = { ENOENT: 'no such file', EISDIR: 'is a folder, not a file', EACCES: 'may not be read' }[code] ?? code;
    reading.faults.add(reading.file, '', why);
    return undefined;
  }
  if (bytes.length > MAX_FILE_BYTES) {
    reading.faults.add(reading.file, '', `has ${bytes.length} bytes, at most ${MAX_FILE_BYTES}`);
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    reading.faults.add(reading.file, '', 'is not UTF-8 text');
    return undefined;
  }
}

/** @param text absent when there is no file: then only variables and defaults count */
export function readDocument(section: Section, text: string | undefined, reading: Reading): Record<string, unknown> {
  const lines = new LineCounter();
  let root: Node | null = null;
  if (text !== undefined) {
    const document = parseDocument<ParsedNode>(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
    for (const error of document.errors) {
      const at = lines.linePos(error.pos[0]);
      const message = error.code === 'DUPLICATE_KEY' ? 'the same key twice' : plainMessage(error.message);
      reading.faults.add(`${reading.file}:${at.line}:${at.col}`, '', message);
    }
    // What is not YAML has no options to look at; a key said twice still has.
    if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return {};
    root = document.contents;
    return new Reader(reading, lines, (node) => (isAlias(node) ? (node.resolve(document) ?? null) : node)).section(
      section,
      root,
      [],
    );
  }
  return new Reader(reading, lines, (node) => node).section(section, root, []);
}

/** The same reading for a file that the first one names. */
export function readingOf(reading: Reading, file: string, path: string): Reading {
  return { ...reading, file, fileFolder: dirname(path), variables: {} };
}

const plainMessage = (message: string): string => message.replace(/\s+/g, ' ').trim();

class Reader {
  readonly #reading: Reading;
  readonly #lines: LineCounter;
  readonly #resolve: (node: Node | null) => Node | null;

  constructor(reading: Reading, lines: LineCounter, resolve: (node: Node | null) => Node | null) {
    this.#reading = reading;
    this.#lines = lines;
    this.#resolve = resolve;
  }

  /** @param path as files spell it */
  section(
    section: Section,
    unresolved: Node | null,
    path: readonly string[],
    variables = true,
  ): Record<string, unknown> {
    const node = this.#resolve(unresolved);
    const said = new Map<string, Node | null>();
    const names = new Map(Object.keys(section.options).map((name) => [spelled(name), name]));
    if (isMap<Node, Node | null>(node)) {
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : '';
        const at = this.#at(key);
        if (!names.has(name)) {
          this.#reading.faults.add(at, dotted([...path, name]), `unknown option${didYouMean(name, names.keys())}`);
          continue;
        }
        said.set(name, value);
        this.#reading.places.set(dotted([...path, name]), at);
      }
    } else if (node !== null && !(isScalar(node) && node.value === null)) {
      this.#reading.faults.add(this.#at(node), dotted(path), 'must be a group of options');
    }
    const loaded: Record<string, unknown> = {};
    for (const [spelling, name] of names) {
      const option = section.options[name];
      if (option === undefined) continue;
      const value = this.#option(option, said.get(spelling), [...path, spelling], variables, node);
      if (value !== undefined) loaded[name] = value;
    }
    return Object.freeze(loaded);
  }

  /** @param node absent when the file does not say it */
  #option(
    option: Option,
    node: Node | null | undefined,
    path: readonly string[],
    variables: boolean,
    parent: Node | null,
  ): unknown {
    switch (option.kind) {
      case 'section':
        if (option.optional === true && node === undefined && !this.#hasVariable(option, path)) return undefined;
        return this.section(option, node ?? null, path, variables);
      case 'items':
        return this.#items(option, node, path);
      case 'boolean':
      case 'integer':
      case 'text':
      case 'path':
      case 'choice':
      case 'texts':
        return this.#leaf(option, node, path, variables, parent);
    }
  }

  #items(option: ItemsOption, unresolved: Node | null | undefined, path: readonly string[]): unknown {
    const node = unresolved === undefined ? undefined : this.#resolve(unresolved);
    if (node === undefined || node === null || (isScalar(node) && node.value === null)) return option.default;
    if (!isSeq<Node | null>(node)) {
      this.#reading.faults.add(this.#at(node), dotted(path), 'must be a list');
      return option.default;
    }
    if (node.items.length > option.maxItems) {
      const message = `must have at most ${option.maxItems} entries (actual: ${node.items.length})`;
      this.#reading.faults.add(this.#at(node), dotted(path), message);
      return option.default;
    }
    // An item is a section whose names were forgotten by its type.
    const item = option.item as unknown as Section;
    return Object.freeze(
      node.items.map((one, index) => {
        const itemPath = [...path, String(index)];
        this.#reading.places.set(dotted(itemPath), this.#at(one));
        return this.section(item, one, itemPath, false);
      }),
    );
  }

  #leaf(option: Leaf, node: Node | null | undefined, path: readonly string[], variables: boolean, parent: Node | null) {
    const variable = variableOf(path);
    const text = variables ? this.#reading.variables[variable] : undefined;
    if (text !== undefined) {
      this.#reading.places.set(dotted(path), variable);
      const checked = checkValue(option, parseVariable(option, text), this.#reading.variableFolder);
      if (checked.kind === 'fits') return checked.value;
      this.#reading.faults.add(variable, dotted(path), checked.message);
      return fallback(option, this.#reading.fileFolder);
    }
    if (node === undefined) {
      if ('required' in option && option.required === true) {
        this.#reading.faults.add(this.#at(parent), dotted(path), 'missing');
      }
      return fallback(option, this.#reading.fileFolder);
    }
    const resolved = this.#resolve(node);
    const checked = checkValue(option, plain(resolved, this.#resolve), this.#reading.fileFolder);
    if (checked.kind === 'fits') return checked.value;
    this.#reading.faults.add(this.#at(node), dotted(path), checked.message);
    return fallback(option, this.#reading.fileFolder);
  }

  #hasVariable(section: Section, path: readonly string[]): boolean {
    return Object.keys(section.options).some((name) => {
      return this.#reading.variables[variableOf([...path, spelled(name)])] !== undefined;
    });
  }

  #at(node: Node | null | undefined): string {
    const offset = node?.range?.[0];
    if (offset === undefined) return this.#reading.file;
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#reading.file}:${line}:${col}`;
  }
}

const dotted = (path: readonly string[]): string => path.join('.');

function fallback(option: Leaf, folder: string): unknown {
  if (option.default === undefined) return undefined;
  const checked = checkValue(option, option.default, folder);
  return checked.kind === 'fits' ? checked.value : option.default;
}

/** A scalar or a flat list as plain values; whatever else is not a value of any option. */
function plain(node: Node | null, resolve: (node: Node | null) => Node | null): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq<Node | null>(node)) return node.items.map((item) => plainScalar(resolve(item)));
  return node === null ? null : {};
}

const plainScalar = (node: Node | null): unknown => (isScalar(node) ? node.value : null);
