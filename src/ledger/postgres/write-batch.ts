/**
 * Writes entries in one transaction: the rows, what they add to the sums, and the end of the writer's chain. Every row
 * is linked to the one before, so rows that were there already are found out before anything is kept: then it starts
 * over without them.
 */
import pg, { type ClientBase } from 'pg';
import { Failure } from '../../core/failure.ts';
import type { LedgerEntry } from '../../core/ledger-entry.ts';
import { linkHash } from '../chain.ts';
import { chargesOf, columnsOf, type EntryColumns, rollupsOf, shardOf } from '../columns.ts';
import type { Partitions } from './partitions.ts';
import type { Connections } from './pool.ts';

interface Head {
  readonly seq: bigint;
  readonly hash: Buffer;
}

/** Somebody else wrote to the same chain, or a month was dropped, or rows were there: each is seen once or twice. */
const MAX_TRIES = 6;
const NO_PARTITION = '23514';

export interface BatchWriter {
  write(entries: readonly LedgerEntry[]): Promise<void>;
}

export function createBatchWriter(connections: Connections, partitions: Partitions, chain: string): BatchWriter {
  /** Unknown at first, and where it is not sure that the last transaction ended as it should. */
  let head: Head | undefined;

  const tryOnce = (rows: readonly EntryColumns[]): Promise<Outcome> =>
    connections.use(async (client) => {
      const from = head ?? (await readHead(client, chain));
      head = undefined;
      await connections.begin(client);
      const ids = rows.map(({ id, at_ms }) => ({ id, at_ms }));
      const taken = await client.query<{ id: string }>(TAKE_IDS, [JSON.stringify(ids)]);
      const isNew = new Set(taken.rows.map(({ id }) => id));
      if (isNew.size < rows.length) {
        await client.query('ROLLBACK');
        head = from;
        return { kind: 'some_known', isNew };
      }
      const linked = linkAll(from, chain, rows);
      await client.query(ENTRIES_OF_JSON, [JSON.stringify(linked.rows), chain]);
      const sums = await client.query(ADD_SUMS, [
        JSON.stringify(rollupsOf(rows)),
        JSON.stringify(chargesOf(rows)),
        shardOf(chain),
        chain,
        String(from.seq),
        from.hash,
        String(linked.head.seq),
        linked.head.hash,
      ]);
      if (sums.rowCount !== 1) {
        await client.query('ROLLBACK');
        return { kind: 'other_writer' };
      }
      await client.query('COMMIT');
      head = linked.head;
      return { kind: 'written' };
    });

  return {
    async write(entries) {
      let rows = distinct(entries.map((entry) => columnsOf(entry)));
      for (let tries = 0; tries < MAX_TRIES && rows.length > 0; tries += 1) {
        await partitions.ensure(
          rows.map((row) => Number(row.at_ms)),
          Date.now(),
        );
        const outcome = await tryOnce(rows).catch((reason: unknown): Outcome => {
          if (!(reason instanceof pg.DatabaseError && reason.code === NO_PARTITION)) throw reason;
          partitions.forget();
          return { kind: 'no_partition' };
        });
        switch (outcome.kind) {
          case 'written':
            return;
          case 'some_known':
            rows = rows.filter(({ id }) => outcome.isNew.has(id));
            break;
          case 'other_writer':
          case 'no_partition':
            break;
        }
      }
      if (rows.length > 0) {
        throw new Failure('unavailable', `others write to chain "${chain}" of ${connections.name} all the time`);
      }
    },
  };
}

type Outcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'some_known'; readonly isNew: ReadonlySet<string> }
  | { readonly kind: 'other_writer' }
  | { readonly kind: 'no_partition' };

async function readHead(client: ClientBase, chain: string): Promise<Head> {
  await client.query(
    "INSERT INTO turnpike_chains (chain, seq, hash) VALUES ($1, 0, '') ON CONFLICT (chain) DO NOTHING",
    [chain],
  );
  const { rows } = await client.query<Head>('SELECT seq, hash FROM turnpike_chains WHERE chain = $1', [chain]);
  const [head] = rows;
  if (head === undefined) throw new Failure('internal', `chain "${chain}" is gone from the ledger`);
  return head;
}

function linkAll(from: Head, chain: string, rows: readonly EntryColumns[]) {
  let { seq, hash } = from;
  const linked = rows.map((row) => {
    seq += 1n;
    hash = linkHash(hash, chain, seq, row.body);
    return { ...row, seq: String(seq), hash: `\\x${hash.toString('hex')}` };
  });
  return { rows: linked, head: { seq, hash } };
}

/** The first of each id. */
function distinct(rows: readonly EntryColumns[]): readonly EntryColumns[] {
  return [...new Map(rows.toReversed().map((row) => [row.id, row])).values()].reverse();
}

const ENTRY_TYPES = `at_ms bigint, id text, seq bigint, hash bytea, body text, kind text, call_id text, decision_id text,
  policy_revision text, team text, application text, environment text, cost_center text, key_id text, subject text,
  target text, requested_model text, operation text, outcome text, certainty text, tags jsonb, calls integer,
  attempts integer, input_tokens bigint, cache_read_tokens bigint, output_tokens bigint, cost_nano bigint,
  charged_nano bigint, accounts text[]`;
const ENTRY_NAMES = ENTRY_TYPES.replaceAll(/ (bigint|text\[\]|text|bytea|integer|jsonb)/g, '');
/** The rows of a batch, as JSON in the first parameter; the second is the chain. */
export const ENTRIES_OF_JSON = `
  INSERT INTO turnpike_entries (${ENTRY_NAMES}, chain)
  SELECT ${ENTRY_NAMES}, $2 FROM json_to_recordset($1::json) AS input (${ENTRY_TYPES})`;

/** @returns the ids that were not there before. In their order, so that writers of the same ids wait for one another. */
const TAKE_IDS = `
  INSERT INTO turnpike_ids (id, at_ms)
  SELECT id, at_ms FROM json_to_recordset($1::json) AS input (id text, at_ms bigint) ORDER BY id
  ON CONFLICT (id) DO NOTHING
  RETURNING id`;

/** @returns one row where the chain ended as expected */
const ADD_SUMS = `
  WITH rolled AS (
    INSERT INTO turnpike_rollups AS r (hour_ms, shard, team, application, environment, cost_center, target,
      requested_model, operation, outcome, certainty, calls, attempts, input_tokens, cache_read_tokens, output_tokens,
      cost_nano)
    SELECT hour_ms, $3, team, application, environment, cost_center, target, requested_model, operation, outcome,
      certainty, calls, attempts, input_tokens, cache_read_tokens, output_tokens, cost_nano
    FROM json_to_recordset($1::json) AS input (hour_ms bigint, team text, application text, environment text,
      cost_center text, target text, requested_model text, operation text, outcome text, certainty text, calls bigint,
      attempts bigint, input_tokens bigint, cache_read_tokens bigint, output_tokens bigint, cost_nano bigint)
    ON CONFLICT (hour_ms, shard, team, application, environment, cost_center, target, requested_model, operation,
      outcome, certainty)
    DO UPDATE SET calls = r.calls + excluded.calls, attempts = r.attempts + excluded.attempts,
      input_tokens = r.input_tokens + excluded.input_tokens,
      cache_read_tokens = r.cache_read_tokens + excluded.cache_read_tokens,
      output_tokens = r.output_tokens + excluded.output_tokens, cost_nano = r.cost_nano + excluded.cost_nano
  ), charged AS (
    INSERT INTO turnpike_charges AS c (hour_ms, shard, account, charged_nano)
    SELECT hour_ms, $3, account, charged_nano
    FROM json_to_recordset($2::json) AS input (hour_ms bigint, account text, charged_nano bigint)
    ON CONFLICT (hour_ms, shard, account) DO UPDATE SET charged_nano = c.charged_nano + excluded.charged_nano
  )
  UPDATE turnpike_chains SET seq = $7, hash = $8 WHERE chain = $4 AND seq = $5 AND hash = $6`;
