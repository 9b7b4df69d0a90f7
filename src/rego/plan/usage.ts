/** What can be known of a plan's blocks before any code is made of them. */
import { FUEL_PER_COMPOSITE, FUEL_PER_ENTRY } from './fuel.ts';
import type { Block, Local, Operand, Statement } from './statements.ts';

/** Fuel for an element that a list grows by. */
const FUEL_PER_ELEMENT = 4;

/** Blocks directly inside a statement. */
export function nested(statement: Statement): readonly Block[] {
  switch (statement.kind) {
    case 'Block':
      return statement.blocks;
    case 'Not':
    case 'Scan':
    case 'With':
      return [statement.block];
    default:
      return [];
  }
}

function* everyStatement(blocks: readonly Block[]): Generator<Statement> {
  for (const block of blocks) {
    for (const statement of block) {
      yield statement;
      yield* everyStatement(nested(statement));
    }
  }
}

/** Whether the order in which a loop turns can be seen afterwards: only lists keep it. */
export function keepsOrder(block: Block): boolean {
  for (const statement of everyStatement([block])) if (statement.kind === 'ArrayAppend') return true;
  return false;
}

/** Fuel of one run through a block, loops inside it left out: they pay for each turn. */
export function fuelOf(blocks: readonly Block[]): number {
  let total = 1;
  for (const block of blocks) {
    for (const statement of block) {
      if (statement.kind !== 'Scan') total += fuelOf(nested(statement)) - 1;
      total += fuelOfStatement(statement);
    }
  }
  return total;
}

function fuelOfStatement({ kind }: Statement): number {
  switch (kind) {
    case 'MakeArray':
    case 'MakeObject':
    case 'MakeSet':
      return FUEL_PER_COMPOSITE;
    case 'ObjectInsert':
    case 'ObjectInsertOnce':
    case 'SetAdd':
      return FUEL_PER_ENTRY;
    case 'ArrayAppend':
      return FUEL_PER_ELEMENT;
    case 'Call':
    case 'CallDynamic':
      return 1;
    default:
      return 0;
  }
}

export interface LocalUse {
  /** Variables that something reads. */
  readonly read: ReadonlySet<Local>;
  /** How often something writes each. */
  readonly writes: ReadonlyMap<Local, number>;
}

export function useOf(blocks: readonly Block[]): LocalUse {
  const read = new Set<Local>();
  const writes = new Map<Local, number>();
  for (const statement of everyStatement(blocks)) {
    for (const local of readBy(statement)) read.add(local);
    for (const local of writtenBy(statement)) writes.set(local, (writes.get(local) ?? 0) + 1);
  }
  return { read, writes };
}

const locals = (...operands: readonly Operand[]): Local[] =>
  operands.flatMap((operand) => (operand.kind === 'local' ? [operand.local] : []));

export function readBy(statement: Statement): readonly Local[] {
  switch (statement.kind) {
    case 'ArrayAppend':
      return [statement.array, ...locals(statement.value)];
    case 'AssignVar':
      return locals(statement.source);
    case 'AssignVarOnce':
      return [statement.target, ...locals(statement.source)];
    case 'Call':
      return locals(...statement.args);
    case 'CallDynamic':
      return [...statement.args, ...locals(...statement.path)];
    case 'Dot':
      return locals(statement.source, statement.key);
    case 'Equal':
    case 'NotEqual':
      return locals(statement.a, statement.b);
    case 'IsArray':
    case 'IsObject':
    case 'IsSet':
    case 'Len':
      return locals(statement.source);
    case 'IsDefined':
    case 'IsUndefined':
    case 'ReturnLocal':
    case 'Scan':
      return [statement.source];
    case 'ObjectInsert':
    case 'ObjectInsertOnce':
      return [statement.object, ...locals(statement.key, statement.value)];
    case 'ObjectMerge':
      return [statement.a, statement.b];
    case 'ResultSetAdd':
      return [statement.value];
    case 'SetAdd':
      return [statement.set, ...locals(statement.value)];
    case 'With':
      return [statement.local, ...locals(statement.value)];
    case 'AssignInt':
    case 'Block':
    case 'Break':
    case 'MakeArray':
    case 'MakeNull':
    case 'MakeNumberInt':
    case 'MakeNumberRef':
    case 'MakeObject':
    case 'MakeSet':
    case 'Nop':
    case 'Not':
    case 'ResetLocal':
      return [];
  }
}

export function writtenBy(statement: Statement): readonly Local[] {
  switch (statement.kind) {
    case 'AssignInt':
    case 'AssignVar':
    case 'AssignVarOnce':
    case 'Dot':
    case 'Len':
    case 'MakeArray':
    case 'MakeNull':
    case 'MakeNumberInt':
    case 'MakeNumberRef':
    case 'MakeObject':
    case 'MakeSet':
    case 'ObjectMerge':
    case 'ResetLocal':
      return [statement.target];
    case 'Call':
    case 'CallDynamic':
      return [statement.result];
    case 'Scan':
      return [statement.key, statement.value];
    case 'With':
      return [statement.local];
    case 'ArrayAppend':
    case 'Block':
    case 'Break':
    case 'Equal':
    case 'IsArray':
    case 'IsDefined':
    case 'IsObject':
    case 'IsSet':
    case 'IsUndefined':
    case 'Nop':
    case 'Not':
    case 'NotEqual':
    case 'ObjectInsert':
    case 'ObjectInsertOnce':
    case 'ResultSetAdd':
    case 'ReturnLocal':
    case 'SetAdd':
      return [];
  }
}
