/**
 * What an entry becomes in a database: columns to search and sum by beside the text that its hash is of, and the sums
 * that a batch adds. Everything goes over the wire as one JSON text, whose integers of 64 bits are texts.
 */
import { createHash } from 'node:crypto';
import { type AttemptEntry, certaintyOf, type LedgerEntry } from '../core/ledger-entry.ts';
import { bodyOf } from './chain.ts';

/** What roll-ups are kept by, beside the hour. */
export const ROLLED = [
  'team',
  'application',
  'environment',
  'cost_center',
  'target',
  'requested_model',
  'operation',
  'outcome',
  'certainty',
] as const;

/** What roll-ups sum. */
export const MEASURES = [
  'calls',
  'attempts',
  'input_tokens',
  'cache_read_tokens',
  'output_tokens',
  'cost_nano',
] as const;

export const HOUR_MS = 3_600_000;
/** Sums of different shards do not lock one another. */
const SHARDS = 16;

/** By the chain, so a writer keeps its shard. */
export const shardOf = (chain: string): number => (createHash('sha256').update(chain).digest()[0] ?? 0) % SHARDS;

export interface EntryColumns {
  readonly at_ms: string;
  readonly id: string;
  readonly body: string;
  readonly kind: string;
  readonly call_id: string;
  readonly decision_id: string;
  readonly policy_revision: string;
  readonly team: string;
  readonly application: string;
  readonly environment: string;
  readonly cost_center: string;
  readonly key_id: string;
  readonly subject: string;
  readonly target: string;
  readonly requested_model: string;
  readonly operation: string;
  readonly outcome: string;
  readonly certainty: string;
  readonly tags: Readonly<Record<string, string>> | null;
  readonly calls: number;
  readonly attempts: number;
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly output_tokens: number;
  readonly cost_nano: string;
  readonly charged_nano: string;
  readonly accounts: readonly string[];
}

/** @param body where it is known already: that of the entry */
export function columnsOf(entry: LedgerEntry, body: string = bodyOf(entry)): EntryColumns {
  const { attribution } = entry;
  return {
    at_ms: String(Math.floor(entry.atMs)),
    id: storable(entry.id),
    body,
    kind: entry.kind,
    call_id: storable(entry.callId),
    decision_id: storable(entry.decisionId),
    policy_revision: storable(entry.policyRevision),
    team: storable(attribution.team),
    application: storable(attribution.application),
    environment: storable(attribution.environment),
    cost_center: storable(attribution.cost_center ?? ''),
    key_id: storable(entry.keyId ?? ''),
    subject: storable(entry.subject ?? ''),
    target: storable(entry.target),
    tags: attribution.tags === undefined ? null : storableTags(attribution.tags),
    certainty: certaintyOf(entry.cost),
    cost_nano: String(entry.cost.kind === 'priced' ? entry.cost.items.totalNano : 0n),
    charged_nano: String(entry.chargedNano),
    accounts: entry.accounts.map(storable),
    ...(entry.kind === 'attempt' ? attemptColumns(entry) : ADJUSTMENT),
  };
}

/** Of a text that `bodyOf` made. */
export function columnsOfBody(body: string): EntryColumns {
  // The cast: amounts are texts in it, and texts they become in columns; making numbers of them first costs a third more.
  return columnsOf(JSON.parse(body) as LedgerEntry, body);
}

const ADJUSTMENT = {
  requested_model: '',
  operation: '',
  outcome: '',
  calls: 0,
  attempts: 0,
  input_tokens: 0,
  cache_read_tokens: 0,
  output_tokens: 0,
};

function attemptColumns(entry: AttemptEntry): typeof ADJUSTMENT {
  const tokens = entry.usage.kind === 'unknown' ? undefined : entry.usage.tokens;
  return {
    requested_model: storable(entry.requestedModel ?? ''),
    operation: entry.operation,
    outcome: entry.outcome,
    calls: entry.index === 0 ? 1 : 0,
    attempts: 1,
    input_tokens: tokens?.input ?? 0,
    cache_read_tokens: tokens?.cacheRead ?? 0,
    output_tokens: tokens?.output ?? 0,
  };
}

/** PostgreSQL has no text with U+0000 or half a surrogate pair; the body keeps what was there. */
export const storable = (text: string): string =>
  text.isWellFormed() && !text.includes('\0') ? text : text.replaceAll('\0', '\ufffd').toWellFormed();

const storableTags = (tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [storable(name), storable(value)]));

/** Of a row, or of several that agree in all but what is summed. */
export type RolledColumns = Pick<EntryColumns, 'at_ms' | (typeof ROLLED)[number] | (typeof MEASURES)[number]>;
export type ChargedColumns = Pick<EntryColumns, 'at_ms' | 'charged_nano' | 'accounts'>;

/**
 * What a batch adds to the roll-ups, as rows of `turnpike_rollups`, in the order of their key: its parts are apart by
 * U+0000, which no text of a row has in it.
 */
export function rollupsOf(rows: readonly RolledColumns[]): readonly Readonly<Record<string, string | number>>[] {
  const sums = new Map<string, { readonly row: RolledColumns; readonly hour: number; readonly sum: Sum }>();
  for (const row of rows) {
    const hour = hourOf(Number(row.at_ms));
    let key = String(hour);
    for (const name of ROLLED) key += `\0${row[name]}`;
    const known = sums.get(key) ?? { row, hour, sum: { ...NOTHING } };
    if (known.row === row) sums.set(key, known);
    known.sum.calls += row.calls;
    known.sum.attempts += row.attempts;
    known.sum.input_tokens += row.input_tokens;
    known.sum.cache_read_tokens += row.cache_read_tokens;
    known.sum.output_tokens += row.output_tokens;
    known.sum.cost_nano += BigInt(row.cost_nano);
  }
  return inOrder(sums).map(({ row, hour, sum }) => ({
    hour_ms: hour,
    ...Object.fromEntries(ROLLED.map((name) => [name, row[name]])),
    ...sum,
    cost_nano: String(sum.cost_nano),
  }));
}

/** What a batch adds to what accounts were charged with, as rows of `turnpike_charges`, in the order of their key. */
export function chargesOf(rows: readonly ChargedColumns[]): readonly Readonly<Record<string, string | number>>[] {
  const sums = new Map<string, { readonly hour: number; readonly account: string; nano: bigint }>();
  for (const row of rows) {
    const hour = hourOf(Number(row.at_ms));
    const nano = BigInt(row.charged_nano);
    for (const account of row.accounts) {
      const key = `${hour}\0${account}`;
      const known = sums.get(key);
      if (known === undefined) sums.set(key, { hour, account, nano });
      else known.nano += nano;
    }
  }
  return inOrder(sums).map(({ hour, account, nano }) => ({ hour_ms: hour, account, charged_nano: String(nano) }));
}

type Sum = {
  calls: number;
  attempts: number;
  input_tokens: number;
  cache_read_tokens: number;
  output_tokens: number;
  cost_nano: bigint;
};
const NOTHING: Sum = {
  calls: 0,
  attempts: 0,
  input_tokens: 0,
  cache_read_tokens: 0,
  output_tokens: 0,
  cost_nano: 0n,
};

/** When the hour of a moment begins. */
export const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS) * HOUR_MS;

/** Everybody locks rows in one order, so nobody waits in a circle. */
function inOrder<T>(sums: ReadonlyMap<string, T>): readonly T[] {
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
