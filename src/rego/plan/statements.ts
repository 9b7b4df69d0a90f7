/** What a plan is made of: the words of OPA's intermediate representation, with its tables looked up. */

/** A variable of a function or plan; 0 is the input, 1 the data. */
export type Local = number;

export type Operand =
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean };

export type Statement =
  | { readonly kind: 'ArrayAppend'; readonly array: Local; readonly value: Operand }
  | { readonly kind: 'AssignInt'; readonly target: Local; readonly value: number }
  | { readonly kind: 'AssignVar'; readonly target: Local; readonly source: Operand }
  | { readonly kind: 'AssignVarOnce'; readonly target: Local; readonly source: Operand; readonly place: string }
  | { readonly kind: 'Block'; readonly blocks: readonly Block[] }
  | { readonly kind: 'Break'; readonly index: number }
  | { readonly kind: 'Call'; readonly name: string; readonly args: readonly Operand[]; readonly result: Local }
  | {
      readonly kind: 'CallDynamic';
      readonly path: readonly Operand[];
      readonly args: readonly Local[];
      readonly result: Local;
    }
  | { readonly kind: 'Dot'; readonly source: Operand; readonly key: Operand; readonly target: Local }
  | { readonly kind: 'Equal'; readonly a: Operand; readonly b: Operand }
  | { readonly kind: 'IsArray'; readonly source: Operand }
  | { readonly kind: 'IsDefined'; readonly source: Local }
  | { readonly kind: 'IsObject'; readonly source: Operand }
  | { readonly kind: 'IsSet'; readonly source: Operand }
  | { readonly kind: 'IsUndefined'; readonly source: Local }
  | { readonly kind: 'Len'; readonly source: Operand; readonly target: Local }
  | { readonly kind: 'MakeArray'; readonly target: Local }
  | { readonly kind: 'MakeNull'; readonly target: Local }
  | { readonly kind: 'MakeNumberInt'; readonly target: Local; readonly value: number }
  | { readonly kind: 'MakeNumberRef'; readonly target: Local; readonly text: string }
  | { readonly kind: 'MakeObject'; readonly target: Local }
  | { readonly kind: 'MakeSet'; readonly target: Local }
  | { readonly kind: 'Nop' }
  | { readonly kind: 'Not'; readonly block: Block }
  | { readonly kind: 'NotEqual'; readonly a: Operand; readonly b: Operand }
  | { readonly kind: 'ObjectInsert'; readonly object: Local; readonly key: Operand; readonly value: Operand }
  | {
      readonly kind: 'ObjectInsertOnce';
      readonly object: Local;
      readonly key: Operand;
      readonly value: Operand;
      readonly place: string;
    }
  | { readonly kind: 'ObjectMerge'; readonly a: Local; readonly b: Local; readonly target: Local }
  | { readonly kind: 'ResetLocal'; readonly target: Local }
  | { readonly kind: 'ResultSetAdd'; readonly value: Local }
  | { readonly kind: 'ReturnLocal'; readonly source: Local }
  | {
      readonly kind: 'Scan';
      readonly source: Local;
      readonly key: Local;
      readonly value: Local;
      readonly block: Block;
    }
  | { readonly kind: 'SetAdd'; readonly set: Local; readonly value: Operand }
  | {
      readonly kind: 'With';
      readonly local: Local;
      readonly path: readonly string[];
      readonly value: Operand;
      readonly block: Block;
    };

export type Block = readonly Statement[];

export interface PlanFunction {
  readonly name: string;
  readonly params: readonly Local[];
  /** Where a dynamic call finds it; none: nowhere. */
  readonly path: readonly string[];
  readonly blocks: readonly Block[];
}

/** An entry point. */
export interface PlanQuery {
  readonly name: string;
  readonly blocks: readonly Block[];
}

export interface PlanDocument {
  readonly queries: readonly PlanQuery[];
  readonly functions: readonly PlanFunction[];
}
