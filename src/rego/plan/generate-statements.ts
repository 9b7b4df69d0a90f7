/**
 * Statements of a plan → JavaScript. A block is a labelled block, an undefined statement leaves it; jumps count blocks as
 * OPA's WebAssembly does, where a loop counts twice: its turn and itself.
 */
import { Failure } from '../../core/failure.ts';
import { inlineCall } from './generate-calls.ts';
import { DYNAMIC_LEVEL, LARGE, mentions, RUN, type Run, runOf, statementsIn, staysInside } from './outline.ts';
import type { Block, Local, Operand, Statement } from './statements.ts';
import { fuelOf, keepsOrder, type LocalUse, useOf } from './usage.ts';

/** What the statements of every function share. */
export interface Names {
  /** Call of a function of the plan or of a builtin, without its operands; the builtin's name where it may be written otherwise. */
  callee(name: string): { readonly code: string; readonly builtin?: string };
  /** A number as an expression. */
  number(text: string): string;
  /** Adds a function beside those of the plan; @returns its name */
  outline(params: readonly Local[], body: string): string;
}

export interface FunctionFrame {
  /** Name of the function, for failures. */
  readonly where: string;
  readonly params: readonly Local[];
  /** The statement that returns an expression. */
  readonly finish: (expression: string) => string;
}

/** Something that can be left: how, and what must be put right on the way out. */
interface Level {
  readonly leave: string;
  readonly restore?: string;
}

/** Names that a text key must not be looked up under as a property: prototypes have them, or lists and texts answer them. */
const SHARED_NAMES: ReadonlySet<string> = new Set(
  [Object, Array, String, Number, Boolean, BigInt, Symbol].flatMap(({ prototype }) =>
    Object.getOwnPropertyNames(prototype),
  ),
);
const INDEX = /^\d+$/;

export function generateBlocks(blocks: readonly Block[], names: Names, frame: FunctionFrame): string {
  const use = useOf(blocks);
  const constants = new Map<Local, string>();
  const everywhere =
    statementsIn(blocks) > LARGE ? mentions(blocks, new Map(frame.params.map((local) => [local, 1]))) : undefined;
  let labels = 0;

  const read = (operand: Operand): string => {
    switch (operand.kind) {
      case 'local':
        return constants.get(operand.local) ?? `l${operand.local}`;
      case 'text':
        return JSON.stringify(operand.text);
      case 'boolean':
        return String(operand.value);
    }
  };

  const leave = (levels: readonly Level[], index: number): string => {
    const level = levels[index];
    if (level === undefined) throw new Failure('bundle_invalid', `plan.json: ${frame.where} jumps out of itself`);
    const restores = levels.slice(0, index).flatMap(({ restore }) => restore ?? []);
    return restores.length === 0 ? level.leave : `{ ${restores.join(' ')} ${level.leave} }`;
  };

  const block = (statements: Block, levels: readonly Level[]): string => {
    const known: Local[] = [];
    const code = parts(statements).map((part) => {
      if (!('kind' in part)) return outlined(part);
      const each = part;
      if (each.kind === 'MakeNumberRef' && use.writes.get(each.target) === 1) {
        constants.set(each.target, names.number(each.text));
        known.push(each.target);
      }
      return statement(each, levels);
    });
    for (const local of known) constants.delete(local);
    return code.join('\n');
  };

  /** Statements as they are, or runs of blocks in their place where the function is large. */
  const parts = (statements: Block): readonly (Statement | Run)[] => {
    if (everywhere === undefined) return statements;
    const made: (Statement | Run)[] = [];
    let open: Statement[] = [];
    const close = (): void => {
      const run = open.length === 0 ? undefined : runOf(open, everywhere);
      made.push(...(run === undefined ? open : [run]));
      open = [];
    };
    for (const each of statements) {
      if (each.kind === 'Block' && each.blocks.every((inner) => staysInside(inner))) {
        open.push(each);
        if (statementsIn([open]) > RUN) close();
      } else {
        close();
        made.push(each);
      }
    }
    close();
    return made;
  };

  const outlined = ({ blocks: inner, shared, changed, own }: Run): string => {
    const variables = own.length === 0 ? '' : `let ${own.map((local) => `l${local}`).join(', ')};`;
    const last = changed === undefined ? '' : `return l${changed};`;
    const body = [variables, ...inner.map((each) => labelled(each, [])), last].join('\n');
    const call = `${names.outline(shared, body)}(${shared.map((local) => `l${local}`).join(', ')});`;
    return changed === undefined ? call : `l${changed} = ${call}`;
  };

  const labelled = (statements: Block, levels: readonly Level[], restore?: string): string => {
    const label = `B${labels++}`;
    const level = { leave: `break ${label};`, ...(restore === undefined ? {} : { restore }) };
    return `${label}: {\n${block(statements, [level, ...levels])}\n}`;
  };

  const statement = (each: Statement, levels: readonly Level[]): string => {
    const out = (): string => leave(levels, 0);
    switch (each.kind) {
      case 'ArrayAppend':
        return `l${each.array}.push(${read(each.value)});`;
      case 'AssignInt':
      case 'MakeNumberInt':
        return `l${each.target} = ${each.value};`;
      case 'AssignVar':
        return `l${each.target} = ${read(each.source)};`;
      case 'AssignVarOnce':
        return assignOnce(`l${each.target}`, read(each.source), each.place);
      case 'Block':
        return each.blocks.map((inner) => labelled(inner, levels)).join('\n');
      case 'Break':
        return leave(levels, each.index);
      case 'Call': {
        const { code, builtin } = names.callee(each.name);
        const args = each.args.map(read);
        const inline = builtin === undefined ? undefined : inlineCall(builtin, args);
        if (inline !== undefined) return `l${each.result} = ${inline};`;
        return `if ((l${each.result} = ${code}(${args.join(', ')})) === undefined) ${out()}`;
      }
      case 'CallDynamic': {
        const found = `c${labels++}`;
        return [
          `const ${found} = rule([${each.path.map(read).join(', ')}]);`,
          `if (${found} === undefined) ${out()}`,
          `if ((l${each.result} = ${found}(${each.args.map((arg) => `l${arg}`).join(', ')})) === undefined) ${leave(levels, DYNAMIC_LEVEL)}`,
        ].join('\n');
      }
      case 'Dot':
        return dot(each.source, each.key, `l${each.target}`, read, out());
      case 'Equal':
        return `if (${differ(each.a, each.b, read)}) ${out()}`;
      case 'NotEqual':
        return `if (!(${differ(each.a, each.b, read)})) ${out()}`;
      case 'IsArray':
        return `if (!Array.isArray(${read(each.source)})) ${out()}`;
      case 'IsObject':
        return `if (!isObject(${read(each.source)})) ${out()}`;
      case 'IsSet':
        return `if (!isSet(${read(each.source)})) ${out()}`;
      case 'IsDefined':
        return `if (l${each.source} === undefined) ${out()}`;
      case 'IsUndefined':
        return `if (l${each.source} !== undefined) ${out()}`;
      case 'Len':
        return `l${each.target} = lengthOf(${read(each.source)});`;
      case 'MakeArray':
        return `l${each.target} = [];`;
      case 'MakeNull':
        return `l${each.target} = null;`;
      case 'MakeNumberRef':
        return `l${each.target} = ${names.number(each.text)};`;
      case 'MakeObject':
        return `l${each.target} = {};`;
      case 'MakeSet':
        return `l${each.target} = makeSet();`;
      case 'Nop':
        return '';
      case 'Not': {
        const holds = `n${labels++}`;
        return [
          `let ${holds} = true;`,
          labelledThen(each.block, levels, `${holds} = false;`),
          `if (!${holds}) ${out()}`,
        ].join('\n');
      }
      case 'ObjectInsert':
        return put(`l${each.object}`, each.key, read(each.value), read);
      case 'ObjectInsertOnce':
        return `insertOnce(l${each.object}, ${read(each.key)}, ${read(each.value)}, ${JSON.stringify(each.place)});`;
      case 'ObjectMerge':
        return `l${each.target} = merge(l${each.a}, l${each.b});`;
      case 'ResetLocal':
        return `l${each.target} = undefined;`;
      case 'ResultSetAdd':
        return frame.finish(`l${each.value}`);
      case 'ReturnLocal':
        return frame.finish(`l${each.source}`);
      case 'Scan':
        return scan(each, levels);
      case 'SetAdd':
        return `addTo(l${each.set}, ${read(each.value)});`;
      case 'With':
        return within(each, levels);
    }
  };

  /** A block, and what is done where its end is reached. */
  const labelledThen = (statements: Block, levels: readonly Level[], then: string, restore?: string): string => {
    const code = labelled(statements, levels, restore);
    return `${code.slice(0, -1)}${then}\n}`;
  };

  const scan = (each: Extract<Statement, { kind: 'Scan' }>, levels: readonly Level[]): string => {
    const label = `S${labels++}`;
    const turn = [{ leave: `continue ${label};` }, { leave: `break ${label};` }, ...levels];
    return scanCode(each, use, label, block(each.block, turn));
  };

  /** Rules are evaluated anew inside, and again outside: what they gave is of another epoch. */
  const within = (each: Extract<Statement, { kind: 'With' }>, levels: readonly Level[]): string => {
    const number = labels++;
    const restore = `l${each.local} = w${number}; epoch = o${number};`;
    const value = read(each.value);
    return [
      `const w${number} = l${each.local}, o${number} = epoch;`,
      `let u${number} = true;`,
      'epoch = ++epochs;',
      `l${each.local} = ${each.path.length === 0 ? value : `upsert(l${each.local}, ${JSON.stringify(each.path)}, ${value})`};`,
      labelledThen(each.block, levels, `u${number} = false;`, restore),
      restore,
      `if (u${number}) ${leave(levels, 0)}`,
    ].join('\n');
  };

  return blocks.map((each) => labelled(each, [])).join('\n');
}

const assignOnce = (target: string, value: string, place: string): string =>
  `if (${target} === undefined) ${target} = ${value}; else if (${target} !== ${value} && !equal(${target}, ${value})) assignConflict(${JSON.stringify(place)});`;

/** A text under its own name is a property, which costs next to nothing; anything else is looked up. */
function dot(source: Operand, key: Operand, target: string, read: (operand: Operand) => string, out: string): string {
  if (source.kind !== 'local') return out;
  const from = read(source);
  if (key.kind !== 'text' || SHARED_NAMES.has(key.text) || INDEX.test(key.text)) {
    return `if ((${target} = memberOf(${from}, ${read(key)})) === undefined) ${out}`;
  }
  const name = JSON.stringify(key.text);
  // The source may be the target itself, so it is read once.
  return `{ const x = ${from}; if ((${target} = x?.[${name}]) === undefined && (${target} = memberOfSet(x, ${name})) === undefined) ${out} }`;
}

/** Whether two operands differ. Only a text equals a text, and only a boolean a boolean. */
function differ(a: Operand, b: Operand, read: (operand: Operand) => string): string {
  const unequal = `${read(a)} !== ${read(b)}`;
  if (a.kind !== 'local' || b.kind !== 'local') return unequal;
  return `${unequal} && !equal(${read(a)}, ${read(b)})`;
}

function put(object: string, key: Operand, value: string, read: (operand: Operand) => string): string {
  if (key.kind === 'text' && key.text !== '__proto__') return `${object}[${JSON.stringify(key.text)}] = ${value};`;
  return `insert(${object}, ${read(key)}, ${value});`;
}

function scanCode(each: Extract<Statement, { kind: 'Scan' }>, use: LocalUse, label: string, body: string): string {
  const source = `l${each.source}`;
  const suffix = keepsOrder(each.block) ? 'InOrder' : 'In';
  const wantsKey = use.read.has(each.key);
  const wantsValue = use.read.has(each.value);
  const [keys, values, at] = [`k${label}`, `v${label}`, `i${label}`];
  const lists = !wantsKey
    ? `const ${values} = Array.isArray(${source}) ? ${source} : values${suffix}(${source});`
    : `let ${keys}; const ${values} = Array.isArray(${source}) ? ${source} : valuesAt(${source}, ${keys} = keys${suffix}(${source}));`;
  return [
    lists,
    `${label}: for (let ${at} = 0; ${at} < ${values}.length; ${at}++) {`,
    `if ((F.value -= ${fuelOf([each.block])}) < 0) spent();`,
    wantsKey ? `l${each.key} = ${keys} === undefined ? ${at} : ${keys}[${at}];` : '',
    wantsValue ? `l${each.value} = ${values}[${at}];` : '',
    body,
    '}',
  ].join('\n');
}
