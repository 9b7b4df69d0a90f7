/**
 * Bytes of a `plan.json` → a checked plan. Nothing is taken on trust: a statement, an operand or an index that is not
 * known is refused as `bundle_invalid`, saying where.
 */
import { Failure } from '../../core/failure.ts';
import type { Block, Local, Operand, PlanDocument, PlanFunction, PlanQuery, Statement } from './statements.ts';

type Json = Readonly<Record<string, unknown>>;

/** More variables than any function of a policy has. */
const LOCALS_MAX = 1_000_000;

interface Tables {
  readonly strings: readonly string[];
  readonly files: readonly string[];
}

/** @throws Failure `bundle_invalid` */
export function readPlan(bytes: Uint8Array): PlanDocument {
  const document = object(parse(bytes), 'the document');
  const statics = optionalObject(document['static'], 'static');
  const tables: Tables = {
    strings: constants(statics['strings'], 'static.strings'),
    files: constants(statics['files'], 'static.files'),
  };
  const plans = list(optionalObject(document['plans'], 'plans')['plans'], 'plans.plans');
  const funcs = list(optionalObject(document['funcs'], 'funcs')['funcs'], 'funcs.funcs');
  try {
    return { queries: plans.map((plan) => query(plan, tables)), functions: funcs.map((each) => func(each, tables)) };
  } catch (reason) {
    throw reason instanceof RangeError ? invalid('nests too deeply', reason) : reason;
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid('is not JSON', cause);
  }
}

const constants = (value: unknown, at: string): readonly string[] =>
  list(value, at).map((entry, index) => string(object(entry, `${at}[${index}]`)['value'], `${at}[${index}].value`));

function query(value: unknown, tables: Tables): PlanQuery {
  const plan = object(value, 'a plan');
  const name = string(plan['name'], 'the name of a plan');
  return { name, blocks: blocks(plan['blocks'], `plan ${name}`, tables) };
}

function func(value: unknown, tables: Tables): PlanFunction {
  const read = object(value, 'a function');
  const name = string(read['name'], 'the name of a function');
  const at = `function ${name}`;
  const params = list(read['params'], `${at}: params`).map((param) => local(param, `${at}: a parameter`));
  if (params.length < 2) throw invalid(`${at} has ${params.length} parameters, at least input and data are needed`);
  return {
    name,
    params,
    path: list(read['path'], `${at}: path`).map((part) => string(part, `${at}: path`)),
    blocks: blocks(read['blocks'], at, tables),
  };
}

const blocks = (value: unknown, at: string, tables: Tables): readonly Block[] =>
  list(value, `${at}: blocks`).map((each) => block(each, at, tables));

const block = (value: unknown, at: string, tables: Tables): Block =>
  list(object(value, `${at}: a block`)['stmts'], `${at}: stmts`).map((each) => {
    const entry = object(each, `${at}: a statement`);
    const type = string(entry['type'], `${at}: the type of a statement`);
    return statement(type, object(entry['stmt'], `${at}: ${type}`), `${at}: ${type}`, tables);
  });

function statement(type: string, from: Json, at: string, tables: Tables): Statement {
  const variable = (name: string): Local => local(from[name], `${at}.${name}`);
  const value = (name: string): Operand => operand(from[name], `${at}.${name}`, tables);
  switch (type) {
    case 'ArrayAppendStmt':
      return { kind: 'ArrayAppend', array: variable('array'), value: value('value') };
    case 'AssignIntStmt':
      return { kind: 'AssignInt', target: variable('target'), value: integer(from['value'], at) };
    case 'AssignVarStmt':
      return { kind: 'AssignVar', target: variable('target'), source: value('source') };
    case 'AssignVarOnceStmt':
      return {
        kind: 'AssignVarOnce',
        target: variable('target'),
        source: value('source'),
        place: place(from, at, tables),
      };
    case 'BlockStmt':
      return { kind: 'Block', blocks: blocks(from['blocks'] ?? [], at, tables) };
    case 'BreakStmt':
      return { kind: 'Break', index: index(from['index'], LOCALS_MAX, at) };
    case 'CallStmt':
      return {
        kind: 'Call',
        name: string(from['func'], `${at}.func`),
        args: list(from['args'], `${at}.args`).map((each) => operand(each, `${at}.args`, tables)),
        result: variable('result'),
      };
    case 'CallDynamicStmt':
      return {
        kind: 'CallDynamic',
        path: list(from['path'], `${at}.path`).map((each) => operand(each, `${at}.path`, tables)),
        args: list(from['args'], `${at}.args`).map((each) => local(each, `${at}.args`)),
        result: variable('result'),
      };
    case 'DotStmt':
      return { kind: 'Dot', source: value('source'), key: value('key'), target: variable('target') };
    case 'EqualStmt':
      return { kind: 'Equal', a: value('a'), b: value('b') };
    case 'IsArrayStmt':
      return { kind: 'IsArray', source: value('source') };
    case 'IsDefinedStmt':
      return { kind: 'IsDefined', source: variable('source') };
    case 'IsObjectStmt':
      return { kind: 'IsObject', source: value('source') };
    case 'IsSetStmt':
      return { kind: 'IsSet', source: value('source') };
    case 'IsUndefinedStmt':
      return { kind: 'IsUndefined', source: variable('source') };
    case 'LenStmt':
      return { kind: 'Len', source: value('source'), target: variable('target') };
    case 'MakeArrayStmt':
      return { kind: 'MakeArray', target: variable('target') };
    case 'MakeNullStmt':
      return { kind: 'MakeNull', target: variable('target') };
    case 'MakeNumberIntStmt':
      return { kind: 'MakeNumberInt', target: variable('target'), value: integer(from['value'], at) };
    case 'MakeNumberRefStmt':
      return {
        kind: 'MakeNumberRef',
        target: variable('target'),
        text: entry(tables.strings, from['index'] ?? from['Index'], at),
      };
    case 'MakeObjectStmt':
      return { kind: 'MakeObject', target: variable('target') };
    case 'MakeSetStmt':
      return { kind: 'MakeSet', target: variable('target') };
    case 'NopStmt':
      return { kind: 'Nop' };
    case 'NotStmt':
      return { kind: 'Not', block: block(from['block'], at, tables) };
    case 'NotEqualStmt':
      return { kind: 'NotEqual', a: value('a'), b: value('b') };
    case 'ObjectInsertStmt':
      return { kind: 'ObjectInsert', object: variable('object'), key: value('key'), value: value('value') };
    case 'ObjectInsertOnceStmt':
      return {
        kind: 'ObjectInsertOnce',
        object: variable('object'),
        key: value('key'),
        value: value('value'),
        place: place(from, at, tables),
      };
    case 'ObjectMergeStmt':
      return { kind: 'ObjectMerge', a: variable('a'), b: variable('b'), target: variable('target') };
    case 'ResetLocalStmt':
      return { kind: 'ResetLocal', target: variable('target') };
    case 'ResultSetAddStmt':
      return { kind: 'ResultSetAdd', value: variable('value') };
    case 'ReturnLocalStmt':
      return { kind: 'ReturnLocal', source: variable('source') };
    case 'ScanStmt':
      return {
        kind: 'Scan',
        source: variable('source'),
        key: variable('key'),
        value: variable('value'),
        block: block(from['block'], at, tables),
      };
    case 'SetAddStmt':
      return { kind: 'SetAdd', set: variable('set'), value: value('value') };
    case 'WithStmt':
      return {
        kind: 'With',
        local: variable('local'),
        path: list(from['path'], `${at}.path`).map((each) => entry(tables.strings, each, at)),
        value: value('value'),
        block: block(from['block'], at, tables),
      };
    default:
      throw invalid(`${at} is a statement that this evaluator does not know`);
  }
}

function operand(value: unknown, at: string, tables: Tables): Operand {
  const read = object(value, at);
  switch (read['type']) {
    case 'local':
      return { kind: 'local', local: local(read['value'], at) };
    case 'string_index':
      return { kind: 'text', text: entry(tables.strings, read['value'], at) };
    case 'bool':
      if (typeof read['value'] !== 'boolean') throw invalid(`${at} is not a boolean`);
      return { kind: 'boolean', value: read['value'] };
    default:
      throw invalid(`${at} is an operand that this evaluator does not know: ${shown(read['type'])}`);
  }
}

const place = (from: Json, at: string, { files }: Tables): string =>
  `${entry(files, from['file'], at)}:${integer(from['row'], at)}:${integer(from['col'], at)}`;

const local = (value: unknown, at: string): Local => index(value, LOCALS_MAX, at);

function entry(table: readonly string[], value: unknown, at: string): string {
  const text = table[index(value, table.length, at)];
  if (text === undefined) throw invalid(`${at}: no such constant`);
  return text;
}

function index(value: unknown, below: number, at: string): number {
  const read = integer(value, at);
  if (read < 0 || read >= below) throw invalid(`${at}: ${read} is out of range`);
  return read;
}

function integer(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(`${at}: ${shown(value)} is no integer`);
  return value;
}

function string(value: unknown, at: string): string {
  if (typeof value !== 'string') throw invalid(`${at}: ${shown(value)} is not a string`);
  return value;
}

/** Go leaves out, or writes as null, a list without members. */
function list(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(`${at}: ${shown(value)} is not a list`);
  return value;
}

function object(value: unknown, at: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${at} is not an object`);
  // An object of JSON; its members are checked where they are read.
  return value as Json;
}

const optionalObject = (value: unknown, at: string): Json =>
  value === undefined || value === null ? {} : object(value, at);

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80);

const invalid = (why: string, cause?: unknown): Failure =>
  new Failure('bundle_invalid', `plan.json: ${why}`, { cause });
