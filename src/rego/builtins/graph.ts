/**
 * graph.reachable_paths: every path from the given nodes until it ends, leaves the graph or would meet itself.
 * Owns: that walk, bounded. May import: the operands beside it.
 * Fails: undefined where the graph is not an object; stops at the bound on paths.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { MAX_MEMBERS, membersOperand, objectOperand, tooLarge } from './operand.ts';
import { equalValues, isArray, isSet, memberOf, type ObjectValue, setOf } from './value.ts';

/** Longest path that is followed, in nodes. */
const MAX_DEPTH = 2_000;

/** The neighbours of a node; none where the graph holds neither array nor set for it, undefined where it holds nothing. */
function edgesOf(graph: ObjectValue, node: unknown): readonly unknown[] | undefined {
  const edges = memberOf(graph, node);
  if (edges === undefined) return undefined;
  if (isArray(edges)) return edges;
  return isSet(edges) ? [...edges] : [];
}

function reachablePaths(evaluation: BuiltinContext, operand: unknown, initial: unknown): ReadonlySet<unknown> {
  const graph = objectOperand(operand, 1);
  const starts = membersOperand(initial, 2);
  const paths: unknown[][] = [];
  let members = 0;
  const commit = (path: readonly unknown[]): void => {
    paths.push([...path]);
    members += path.length;
    if (members > MAX_MEMBERS) tooLarge(`graph.reachable_paths would make more than ${MAX_MEMBERS} members`);
    evaluation.charge(path.length * 20);
  };
  const follow = (node: unknown, path: readonly unknown[]): void => {
    const edges = edgesOf(graph, node);
    const longer = edges === undefined ? path : [...path, node];
    if (longer.length > MAX_DEPTH)
      tooLarge(`graph.reachable_paths would follow a path of more than ${MAX_DEPTH} nodes`);
    evaluation.charge(20 + longer.length * 4);
    if (edges === undefined || edges.length === 0) commit(longer);
    for (const neighbor of edges ?? []) {
      if (longer.some((visited) => equalValues(visited, neighbor))) commit(longer);
      else follow(neighbor, longer);
    }
  };
  for (const node of starts) {
    const edges = edgesOf(graph, node);
    if (edges?.length === 0) commit([node]);
    // The first step is taken even where it leads back to the node itself, as OPA does.
    for (const neighbor of edges ?? []) follow(neighbor, [node]);
  }
  return setOf(paths);
}

export const GRAPH: ReadonlyArray<readonly [string, HostBuiltin]> = [['graph.reachable_paths', reachablePaths]];
