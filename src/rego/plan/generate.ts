/**
 * A plan → the source of a JavaScript function body. Names of a policy never become code: functions and variables are
 * numbered, and texts stand as JSON. The body gets `runtime`, `builtins` and `decimals` and returns its entry points.
 * Fails with `bundle_invalid` where a plan jumps, or calls, to where nothing is.
 */

import { Failure } from '../../core/failure.ts';
import { numberOfText, type RegoNumber } from './decimal.ts';
import { generateBlocks, type Names } from './generate-statements.ts';
import { RUNTIME } from './runtime.ts';
import type { Block, Local, PlanDocument, PlanFunction } from './statements.ts';
import { fuelOf, useOf } from './usage.ts';

export interface GeneratedPlan {
  readonly source: string;
  /** Names of the builtins that it calls, in the order of `builtins`. */
  readonly builtins: readonly string[];
  /** Numbers that JavaScript has no literal for. */
  readonly decimals: readonly RegoNumber[];
}

/** @throws Failure `bundle_invalid` */
export function generate(plan: PlanDocument): GeneratedPlan {
  const builtins: string[] = [];
  const decimals: RegoNumber[] = [];
  const outlines: string[] = [];
  const functions = new Map(plan.functions.map(({ name }, index) => [name, index]));
  if (functions.size !== plan.functions.length) throw invalid('two functions have the same name');

  const names: Names = {
    callee(name) {
      const index = functions.get(name);
      if (index !== undefined) return { code: `f${index}` };
      if (!builtins.includes(name)) builtins.push(name);
      return { code: `b${builtins.indexOf(name)}`, builtin: name };
    },
    number(text) {
      const number = numberOfText(text);
      if (number === undefined) throw invalid(`${JSON.stringify(text)} is not a number`);
      if (typeof number === 'number') return number < 0 ? `(${number})` : String(number);
      decimals.push(number);
      return `d${decimals.length - 1}`;
    },
    outline(params, body) {
      outlines.push(`function g${outlines.length}(${params.map((local) => `l${local}`).join(', ')}) {\n${body}\n}`);
      return `g${outlines.length - 1}`;
    },
  };

  const code = [
    ...plan.functions.map((each, index) => functionCode(each, index, names)),
    ...plan.queries.map(({ blocks }, index) => queryCode(blocks, index, names)),
  ];
  const source = [
    '"use strict";',
    `const { ${Object.keys(RUNTIME).join(', ')} } = runtime;`,
    ...builtins.map((_, index) => `const b${index} = builtins[${index}];`),
    ...decimals.map((_, index) => `const d${index} = decimals[${index}];`),
    'let epoch = 0, epochs = 0;',
    ...plan.functions.flatMap((each, index) => (isRule(each) ? [`let e${index} = -1, m${index};`] : [])),
    ...code,
    ...outlines,
    dynamicCode(plan.functions),
    `return [${plan.queries.map((_, index) => `p${index}`).join(', ')}];`,
  ].join('\n');
  return { source, builtins, decimals };
}

/** What has no operands beyond input and data gives the same value throughout an evaluation. */
const isRule = ({ params }: PlanFunction): boolean => params.length === 2;

function functionCode(each: PlanFunction, index: number, names: Names): string {
  const memoized = isRule(each);
  const params = each.params.map((local) => `l${local}`);
  if (new Set(params).size !== params.length) throw invalid(`function ${each.name} names a parameter twice`);
  const finish = memoized ? (value: string) => `{ e${index} = epoch; return m${index} = ${value}; }` : undefined;
  return [
    `function f${index}(${params.join(', ')}) {`,
    ...(memoized ? [`if (e${index} === epoch) return m${index};`] : []),
    `if ((F.value -= ${fuelOf(each.blocks)}) < 0) spent();`,
    declarations(each.blocks, each.params),
    generateBlocks(each.blocks, names, {
      where: each.name,
      params: each.params,
      finish: finish ?? ((value) => `return ${value};`),
    }),
    memoized ? `e${index} = epoch; m${index} = undefined;` : '',
    '}',
  ].join('\n');
}

/** An entry point: the object that it adds to the result set first, or nothing. */
function queryCode(blocks: readonly Block[], index: number, names: Names): string {
  return [
    `function p${index}(l0, l1) {`,
    'epoch = ++epochs;',
    `if ((F.value -= ${fuelOf(blocks)}) < 0) spent();`,
    declarations(blocks, [0, 1]),
    generateBlocks(blocks, names, { where: 'an entry point', params: [0, 1], finish: (value) => `return ${value};` }),
    '}',
  ].join('\n');
}

function declarations(blocks: readonly Block[], params: readonly Local[]): string {
  const { read, writes } = useOf(blocks);
  const all = [...new Set([...read, ...writes.keys()])].filter((local) => !params.includes(local));
  return all.length === 0 ? '' : `let ${all.map((local) => `l${local}`).join(', ')};`;
}

/** Finds a rule by its path, as values: a Map of Maps. */
function dynamicCode(functions: readonly PlanFunction[]): string {
  const lines = ['const tree = new Map();'];
  for (const [index, each] of functions.entries()) {
    if (!isRule(each) || each.path.length === 0) continue;
    lines.push(`plant(${JSON.stringify(each.path)}, f${index});`);
  }
  return `
function plant(path, f) {
  let at = tree;
  for (const part of path) {
    let next = at.get(part);
    if (next === undefined) at.set(part, next = new Map());
    at = next;
  }
  at.rule = f;
}
function rule(path) {
  let at = tree;
  for (const part of path) {
    at = at.get(part);
    if (at === undefined) return undefined;
  }
  return at.rule;
}
${lines.join('\n')}`;
}

const invalid = (why: string): Failure => new Failure('bundle_invalid', `plan.json: ${why}`);
