/** Budgets and limits as policy data has them, compiled: whom each covers, when its window starts, where it denies. */

/** What a scope may name; a tag is `tag:` and its name. */
export type ScopeDimension =
  | 'team'
  | 'application'
  | 'environment'
  | 'cost_center'
  | 'key_id'
  | 'subject'
  | 'target'
  | 'provider'
  | 'model'
  | `tag:${string}`;

export type BudgetWindow =
  | { readonly kind: 'calendar'; readonly unit: 'hour' | 'day' | 'week' | 'month'; readonly timeZone: string }
  | { readonly kind: 'rolling'; readonly bucketMs: number; readonly buckets: number }
  | { readonly kind: 'total' };

export interface BudgetStep {
  /** Share of the limit, 1 is full. */
  readonly at: number;
  readonly does: 'warn' | 'downgrade' | 'deny' | 'alert';
}

export interface Scope {
  /** Every one of these must be the caller's, or the target's. */
  readonly where: ReadonlyMap<ScopeDimension, string>;
  /** Kept apart for every value of these, such as one budget for each application. */
  readonly each: readonly ScopeDimension[];
}

export interface Budget extends Scope {
  readonly id: string;
  readonly title?: string;
  readonly window: BudgetWindow;
  readonly limitNano: bigint;
  /** The lowest step that denies; absent: it only counts. */
  readonly ceilingNano?: bigint;
  /** Ascending by `at`. */
  readonly steps: readonly BudgetStep[];
}

export interface Limit extends Scope {
  readonly id: string;
  /** Each absent: not limited. */
  readonly requests?: Rate;
  readonly tokens?: Rate;
  /** Calls at once. */
  readonly concurrency?: number;
}

export interface Rate {
  readonly units: number;
  readonly perMs: number;
  readonly burst: number;
}

export interface BudgetBook {
  readonly budgets: ReadonlyMap<string, Budget>;
  readonly limits: ReadonlyMap<string, Limit>;
}

export const NO_BUDGETS: BudgetBook = { budgets: new Map(), limits: new Map() };

const MILLION = 1_000_000n;

/** How full a limit is, to a millionth, rounded down; 1 is full. */
export const utilizationOf = (nano: bigint, limitNano: bigint): number =>
  Number((nano * MILLION) / limitNano) / Number(MILLION);
