/** walk and graph.reachable. */
import { charge, FUEL_PER_COMPOSITE } from '../fuel.ts';
import { orderedKeys } from '../order.ts';
import { isArray, isObject, memberOf, objectMember, RegoSet } from '../values.ts';
import { membersOf } from './collections.ts';
import type { NativeEntries } from './native.ts';

const FUEL_PER_NODE = 3 * FUEL_PER_COMPOSITE;

/** Every value in a document with the path to it, the document itself first. */
const walk = (value: unknown): unknown => {
  const found: unknown[] = [];
  const visit = (node: unknown, path: readonly unknown[]): void => {
    charge(FUEL_PER_NODE + path.length);
    found.push([path, node]);
    if (isArray(node)) for (const [index, element] of node.entries()) visit(element, [...path, index]);
    else if (node instanceof RegoSet) for (const member of membersOf(node) ?? []) visit(member, [...path, member]);
    else if (isObject(node)) for (const key of orderedKeys(node)) visit(objectMember(node, key), [...path, key]);
  };
  visit(value, []);
  return found;
};

/** Nodes of the graph that a way leads to from the given ones, themselves included. */
const reachable = (graph: unknown, initial: unknown): unknown => {
  const starts = membersOf(initial);
  if (!isObject(graph) || starts === undefined) return undefined;
  const queue = [...starts];
  const reached = new RegoSet();
  for (let at = 0; at < queue.length; at++) {
    charge(FUEL_PER_NODE);
    const node = queue[at];
    const edges = memberOf(graph, node);
    if (edges === undefined || RegoSet.has(reached, node)) continue;
    RegoSet.add(reached, node);
    for (const next of membersOf(edges) ?? []) queue.push(next);
  }
  return reached;
};

export const GRAPHS: NativeEntries = [
  ['walk', walk],
  ['graph.reachable', reachable],
];
