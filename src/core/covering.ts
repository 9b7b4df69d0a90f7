/**
 * Which budgets of a book may cover a spender, without a look at each: they are found by the value that the most telling
 * dimension of their scope wants. Whether the rest of a scope fits is for the reader to see.
 */
import type { Budget, BudgetBook, Scope, ScopeDimension } from './budget.ts';

/** From what few spenders share to what many do. */
const TELLING: readonly ScopeDimension[] = ['subject', 'key_id', 'application', 'team', 'cost_center', 'environment'];

interface Index {
  /** Wanted by no dimension of those above: looked at for everybody. */
  readonly others: readonly Budget[];
  readonly telling: readonly {
    readonly dimension: ScopeDimension;
    readonly byValue: ReadonlyMap<string, readonly Budget[]>;
  }[];
}

const indexes = new WeakMap<BudgetBook, Index>();

/** @param valueIn the spender's value in a dimension */
export function candidates(
  book: BudgetBook,
  valueIn: (dimension: ScopeDimension) => string | undefined,
): readonly Budget[] {
  const index = indexes.get(book) ?? indexed(book);
  const found = [...index.others];
  for (const { dimension, byValue } of index.telling) {
    const value = valueIn(dimension);
    const wanting = value === undefined ? undefined : byValue.get(value);
    if (wanting !== undefined) for (const budget of wanting) found.push(budget);
  }
  return found;
}

function indexed(book: BudgetBook): Index {
  const others: Budget[] = [];
  const byValue = new Map<ScopeDimension, Map<string, Budget[]>>();
  for (const budget of book.budgets.values()) {
    const [dimension, value] = mostTelling(budget) ?? [];
    if (dimension === undefined || value === undefined) {
      others.push(budget);
      continue;
    }
    const values = byValue.get(dimension) ?? new Map<string, Budget[]>();
    const budgets = values.get(value) ?? [];
    budgets.push(budget);
    byValue.set(dimension, values.set(value, budgets));
  }
  const index = { others, telling: [...byValue].map(([dimension, values]) => ({ dimension, byValue: values })) };
  indexes.set(book, index);
  return index;
}

function mostTelling({ where }: Scope): readonly [dimension: ScopeDimension, value: string] | undefined {
  for (const dimension of TELLING) {
    const value = where.get(dimension);
    if (value !== undefined) return [dimension, value];
  }
  return undefined;
}
