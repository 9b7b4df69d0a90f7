/**
 * A row of entries as it is bound to a statement: what rows of the same caller, target and outcome have in common is one
 * object that they share, so that whoever works along rows does it once for all of them.
 */
import type { SQLInputValue } from 'node:sqlite';
import type { EntryColumns } from '../columns.ts';
import { ENTRY_COLUMNS } from './schema.ts';

/** Columns of a row alone, in the order in which they are bound. */
export const OWN = [
  'at_ms',
  'id',
  'seq',
  'hash',
  'body',
  'call_id',
  'decision_id',
  'input_tokens',
  'cache_read_tokens',
  'output_tokens',
  'cost_nano',
  'charged_nano',
] as const;

/** What many rows share. */
export type Shared = Pick<EntryColumns, Exclude<keyof EntryColumns, (typeof OWN)[number]>>;

export interface Row {
  readonly at_ms: number;
  readonly id: string;
  readonly call_id: string;
  readonly decision_id: string;
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly output_tokens: number;
  readonly cost_nano: bigint;
  readonly charged_nano: bigint;
  readonly shared: Shared;
}

export function rowOf(columns: EntryColumns): Row {
  const { at_ms, id, body: _, call_id, decision_id, cost_nano, charged_nano, ...others } = columns;
  const { input_tokens, cache_read_tokens, output_tokens, ...shared } = others;
  return {
    ...{ at_ms: Number(at_ms), id, call_id, decision_id, input_tokens, cache_read_tokens, output_tokens, shared },
    cost_nano: BigInt(cost_nano),
    charged_nano: BigInt(charged_nano),
  };
}

/** As `OWN` says. */
export const ownValues = (row: Row, body: string, seq: bigint, hash: Buffer): SQLInputValue[] => [
  row.at_ms,
  row.id,
  seq,
  hash,
  body,
  row.call_id,
  row.decision_id,
  row.input_tokens,
  row.cache_read_tokens,
  row.output_tokens,
  row.cost_nano,
  row.charged_nano,
];

type Common = Exclude<(typeof ENTRY_COLUMNS)[number], (typeof OWN)[number]>;
const OWN_NAMES: ReadonlySet<string> = new Set(OWN);

/** The other columns, in the order in which they are bound behind those. */
const COMMON = ENTRY_COLUMNS.filter((name): name is Common => !OWN_NAMES.has(name));

/** As `COMMON` says. */
export const commonValues = (shared: Shared, chain: string): readonly (string | number | null)[] =>
  COMMON.map((name) => {
    switch (name) {
      case 'chain':
        return chain;
      case 'tags':
        return shared.tags === null ? null : JSON.stringify(shared.tags);
      case 'accounts':
        return JSON.stringify(shared.accounts);
      default:
        return shared[name];
    }
  });

const INSERT = `INSERT INTO entries (${[...OWN, ...COMMON].join(', ')}) VALUES (${OWN.map(() => '?').join(', ')}, `;

/** Takes the values of `ownValues`, then those of `commonValues`. */
export const INSERT_ENTRY = `${INSERT}${COMMON.map(() => '?').join(', ')})`;

/** The same where what rows share is part of the statement: takes the values of `ownValues` alone. */
export const insertEntryOf = (shared: Shared, chain: string): string =>
  `${INSERT}${commonValues(shared, chain).map(literal).join(', ')})`;

/** No text of a row has U+0000 in it, which would end the statement. */
function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
