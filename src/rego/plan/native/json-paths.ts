/** json.filter and json.remove: documents cut to, or freed of, what paths name. */
import { charge, FUEL_PER_COMPOSITE, FUEL_PER_ENTRY } from '../fuel.ts';
import { insert, isArray, isObject, keysOf, memberOf, objectMember, type RegoObject, RegoSet } from '../values.ts';
import { membersOf } from './collections.ts';
import type { NativeEntries } from './native.ts';
import { setOf } from './sets.ts';

/** What paths name, as a tree: null is the end of a path. */
function treeOf(paths: unknown): RegoObject | undefined {
  const list = membersOf(paths);
  if (list === undefined) return undefined;
  const root: RegoObject = {};
  for (const path of list) {
    const parts = partsOf(path);
    if (parts === undefined) return undefined;
    plant(root, parts);
  }
  return root;
}

function plant(root: RegoObject, parts: readonly unknown[]): void {
  let at = root;
  for (const [depth, part] of parts.entries()) {
    charge(FUEL_PER_ENTRY);
    if (depth === parts.length - 1) {
      insert(at, part, null);
      return;
    }
    const present = objectMember(at, part);
    // A shorter path names all of it already.
    if (present === null) return;
    const next: RegoObject = isObject(present) ? present : {};
    if (next !== present) insert(at, part, next);
    at = next;
  }
}

/** `a/b`, with `~1` for `/` and `~0` for `~`, or a list of keys. */
function partsOf(path: unknown): readonly unknown[] | undefined {
  if (isArray(path)) return path;
  if (typeof path !== 'string') return undefined;
  if (path === '') return [];
  charge(path.length);
  return path
    .replace(/^\/+/, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** @returns undefined where nothing is left */
function removed(value: unknown, tree: unknown): unknown {
  charge(FUEL_PER_ENTRY);
  if (tree === null) return undefined;
  if (!isObject(tree)) return value;
  return mapped(value, (member, key) => removed(member, objectMember(tree, key)));
}

function filtered(value: unknown, tree: unknown): unknown {
  charge(FUEL_PER_ENTRY);
  if (tree === null) return value;
  if (!isObject(tree)) return undefined;
  return mapped(value, (member, key) => filtered(member, objectMember(tree, key)));
}

/** A composite of the members that are left; elements of a list are named by their index as text. */
function mapped(value: unknown, change: (member: unknown, key: unknown) => unknown): unknown {
  if (isArray(value)) {
    charge(FUEL_PER_COMPOSITE);
    return value.flatMap((element, index) => {
      const left = change(element, String(index));
      return left === undefined ? [] : [left];
    });
  }
  if (value instanceof RegoSet) {
    return setOf(
      [...RegoSet.members(value)].map((member) => change(member, member)).filter((left) => left !== undefined),
    );
  }
  if (!isObject(value)) return value;
  const kept: RegoObject = {};
  for (const key of keysOf(value)) {
    const left = change(memberOf(value, key), key);
    if (left !== undefined) insert(kept, key, left);
  }
  return kept;
}

const cut =
  (work: (value: unknown, tree: unknown) => unknown) =>
  (value: unknown, paths: unknown): unknown => {
    const tree = isObject(value) ? treeOf(paths) : undefined;
    return tree === undefined ? undefined : work(value, tree);
  };

export const JSON_PATHS: NativeEntries = [
  ['json.filter', cut(filtered)],
  ['json.remove', cut(removed)],
];
