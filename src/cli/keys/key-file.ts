/** A file of keys as a document that is changed in place: comments and order stay, and it is replaced whole or not. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { readKeysFile } from '../../config/keys-file.ts';
import { Failure } from '../../core/failure.ts';

export interface KeyFile {
  /** @throws Failure `conflict` where the id is taken */
  add(entry: Readonly<Record<string, unknown>>): void;
  /** Sets fields of a key, or takes away those that are undefined. @throws Failure `not_found` */
  change(id: string, fields: Readonly<Record<string, unknown>>): void;
  read(id: string, field: string): unknown;
}

/**
 * Opens, changes and replaces the file. Two commands at once: the second is refused, and nothing is lost.
 * @param path is made where it does not exist
 * @throws Failure `config_invalid` when the file is no list of keys, before and after the change
 */
export function changeKeyFile(path: string, change: (file: KeyFile) => void): void {
  const waiting = `${path}.new`;
  const descriptor = openNew(waiting);
  try {
    const document = parseDocument(readOr(path, 'keys: []\n'));
    const keys = document.get('keys');
    if (document.errors.length > 0 || !isSeq(keys)) throw new Failure('config_invalid', `${path}: is no list of keys`);
    // An empty list is written in one line; a list of keys is not.
    keys.flow = false;
    change(fileOf(document, keys, path));
    writeSync(descriptor, document.toString());
    fsyncSync(descriptor);
    readKeysFile(waiting);
    renameSync(waiting, path);
  } catch (reason) {
    rmSync(waiting, { force: true });
    throw reason;
  } finally {
    closeSync(descriptor);
  }
}

function fileOf(document: Document, keys: YAMLSeq, path: string): KeyFile {
  const find = (id: string): YAMLMap | undefined =>
    keys.items.filter((item): item is YAMLMap => isMap(item)).find((item) => item.get('id') === id);
  const mustFind = (id: string): YAMLMap => {
    const found = find(id);
    if (found === undefined) throw new Failure('not_found', `${path}: no key of id "${id.slice(0, 64)}"`);
    return found;
  };
  return {
    add(entry) {
      const id = String(entry['id']);
      if (find(id) !== undefined)
        throw new Failure('conflict', `${path}: key "${id}" exists; rotate it, or take another id`);
      keys.add(document.createNode(JSON.parse(JSON.stringify(entry))));
    },
    change(id, fields) {
      const key = mustFind(id);
      for (const [name, value] of Object.entries(fields)) {
        if (value === undefined) key.delete(name);
        else key.set(name, value);
      }
    },
    read: (id, field) => mustFind(id).get(field),
  };
}

/** Only its owner may read it: hashes let nobody in, but tell who may come. */
function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new Failure(
      taken ? 'conflict' : 'config_invalid',
      taken
        ? `${path}: another command is changing the keys; if none is, remove this file`
        : `${path}: cannot be written`,
      { cause },
    );
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return otherwise;
    throw new Failure('config_invalid', `${path}: cannot be read`, { cause });
  }
}
