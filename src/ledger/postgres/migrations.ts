/**
 * The ledger's tables in PostgreSQL, as numbered steps that only ever grow in number: a step that was released is never
 * changed. Each runs once, in a transaction of its own. Times are milliseconds since the epoch, money is nano-USD.
 */

export interface Migration {
  readonly number: number;
  readonly says: string;
  readonly sql: string;
}

/**
 * Entries, one partition for each month in UTC; the index of the primary key is also the order of time. An index that
 * makes ids unique in all months would have to be of one month, so ids have a table of their own: a report that is told
 * again may say another time.
 */
const ENTRIES = `
CREATE TABLE turnpike_entries (
  at_ms             bigint   NOT NULL,
  id                text     NOT NULL COLLATE "C",
  chain             text     NOT NULL COLLATE "C",
  seq               bigint   NOT NULL,
  hash              bytea    NOT NULL,
  body              text     NOT NULL,
  kind              text     NOT NULL,
  call_id           text     NOT NULL,
  decision_id       text     NOT NULL,
  policy_revision   text     NOT NULL,
  team              text     NOT NULL,
  application       text     NOT NULL,
  environment       text     NOT NULL,
  cost_center       text     NOT NULL,
  key_id            text     NOT NULL,
  subject           text     NOT NULL,
  target            text     NOT NULL,
  requested_model   text     NOT NULL,
  operation         text     NOT NULL,
  outcome           text     NOT NULL,
  certainty         text     NOT NULL,
  tags              jsonb,
  calls             integer  NOT NULL,
  attempts          integer  NOT NULL,
  input_tokens      bigint   NOT NULL,
  cache_read_tokens bigint   NOT NULL,
  output_tokens     bigint   NOT NULL,
  cost_nano         bigint   NOT NULL,
  charged_nano      bigint   NOT NULL,
  accounts          text[]   NOT NULL,
  PRIMARY KEY (at_ms, id)
) PARTITION BY RANGE (at_ms);
CREATE TABLE turnpike_ids (id text PRIMARY KEY COLLATE "C", at_ms bigint NOT NULL);
CREATE INDEX turnpike_entries_chain ON turnpike_entries (chain, seq);
CREATE INDEX turnpike_entries_call ON turnpike_entries (call_id);
CREATE TABLE turnpike_entries_before_2000 PARTITION OF turnpike_entries FOR VALUES FROM (MINVALUE) TO (946684800000);
CREATE TABLE turnpike_entries_after_2099 PARTITION OF turnpike_entries FOR VALUES FROM (4102444800000) TO (MAXVALUE);
COMMENT ON TABLE turnpike_entries IS 'One row for each attempt and each adjustment, never changed. Amounts are nano-USD.';
`;

/**
 * What every writer has written last, and sums that are kept in the transaction of the entries. A sum has a shard for
 * each few writers, so that replicas seldom wait for one another; readers add the shards up.
 */
const SUMS = `
CREATE TABLE turnpike_chains (
  chain text   PRIMARY KEY COLLATE "C",
  seq   bigint NOT NULL,
  hash  bytea  NOT NULL
);
CREATE TABLE turnpike_rollups (
  hour_ms           bigint   NOT NULL,
  shard             smallint NOT NULL,
  team              text     NOT NULL,
  application       text     NOT NULL,
  environment       text     NOT NULL,
  cost_center       text     NOT NULL,
  target            text     NOT NULL,
  requested_model   text     NOT NULL,
  operation         text     NOT NULL,
  outcome           text     NOT NULL,
  certainty         text     NOT NULL,
  calls             bigint   NOT NULL,
  attempts          bigint   NOT NULL,
  input_tokens      bigint   NOT NULL,
  cache_read_tokens bigint   NOT NULL,
  output_tokens     bigint   NOT NULL,
  cost_nano         bigint   NOT NULL,
  PRIMARY KEY (hour_ms, shard, team, application, environment, cost_center, target, requested_model, operation,
               outcome, certainty)
);
CREATE TABLE turnpike_charges (
  hour_ms      bigint   NOT NULL,
  shard        smallint NOT NULL,
  account      text     NOT NULL COLLATE "C",
  charged_nano bigint   NOT NULL,
  PRIMARY KEY (hour_ms, shard, account)
);
`;

/**
 * Retention: whole months are dropped, and what the chains lack from then on is written down, so that verifying them
 * tells a row that was dropped from one that is missing.
 */
const RETENTION = `
CREATE TABLE turnpike_dropped (
  chain      text   NOT NULL COLLATE "C",
  from_seq   bigint NOT NULL,
  to_seq     bigint NOT NULL,
  last_hash  bytea  NOT NULL,
  dropped_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (chain, from_seq)
);
CREATE TABLE turnpike_dropped_months (
  name       text   NOT NULL,
  from_ms    bigint NOT NULL,
  to_ms      bigint NOT NULL,
  row_count  bigint NOT NULL,
  dropped_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION turnpike_drop_before(day date) RETURNS TABLE (dropped text, row_count bigint) LANGUAGE plpgsql AS $$
DECLARE
  part record;
  month timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('turnpike_partitions'));
  FOR part IN
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'turnpike_entries'::regclass AND c.relname ~ '^turnpike_entries_[0-9]{4}_[0-9]{2}$'
      AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= day
    ORDER BY c.relname
  LOOP
    dropped := part.name;
    EXECUTE format('
      WITH islands AS (SELECT chain, seq, hash, seq - row_number() OVER (PARTITION BY chain ORDER BY seq) AS island FROM %I),
      ends AS (SELECT chain, min(seq) AS from_seq, max(seq) AS to_seq FROM islands GROUP BY chain, island),
      noted AS (INSERT INTO turnpike_dropped (chain, from_seq, to_seq, last_hash)
        SELECT e.chain, e.from_seq, e.to_seq, i.hash FROM ends e JOIN islands i ON i.chain = e.chain AND i.seq = e.to_seq)
      SELECT count(*) FROM islands', part.name) INTO row_count;
    EXECUTE format('DROP TABLE %I', part.name);
    month := to_date(right(part.name, 7), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC';
    INSERT INTO turnpike_dropped_months (name, from_ms, to_ms, row_count) VALUES (part.name,
      extract(epoch FROM month)::bigint * 1000,
      extract(epoch FROM (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC')::bigint * 1000, row_count);
    DELETE FROM turnpike_ids i USING turnpike_dropped_months d
    WHERE d.name = part.name AND i.at_ms >= d.from_ms AND i.at_ms < d.to_ms;
    RETURN NEXT;
  END LOOP;
END $$;
COMMENT ON FUNCTION turnpike_drop_before IS 'Drops the months that ended by that day (UTC). Roll-ups stay.';
`;

export const MIGRATIONS: readonly Migration[] = [
  { number: 1, says: 'entries by month', sql: ENTRIES },
  { number: 2, says: 'chains, roll-ups and what accounts were charged with', sql: SUMS },
  { number: 3, says: 'retention', sql: RETENTION },
];
