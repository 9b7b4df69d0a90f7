/** One partition for each month in UTC, made before something is written to it. */
import type { Connections } from './pool.ts';

const FIRST_YEAR = 2000;
const LAST_YEAR = 2099;

export interface Partitions {
  /** Makes what is lacking for these times, and for the month after this one. */
  ensure(timesMs: Iterable<number>, nowMs: number): Promise<void>;
  /** One that was there is gone: looks again. */
  forget(): void;
}

export function createPartitions(connections: Connections): Partitions {
  const there = new Set<string>();
  return {
    async ensure(timesMs, nowMs) {
      const lacking = new Map<string, Month>();
      const need = (month: Month | undefined): void => {
        if (month !== undefined && !there.has(month.name)) lacking.set(month.name, month);
      };
      for (const atMs of timesMs) need(monthOf(atMs));
      const now = monthOf(nowMs);
      need(now);
      if (now !== undefined) need(monthOf(now.toMs));
      for (const month of lacking.values()) await make(connections, month);
      for (const name of lacking.keys()) there.add(name);
    },
    forget: () => there.clear(),
  };
}

interface Month {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** None outside the years that have months: those have one partition before and one after, there from the start. */
function monthOf(atMs: number): Month | undefined {
  const date = new Date(atMs);
  const year = date.getUTCFullYear();
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) return undefined;
  const month = date.getUTCMonth();
  return {
    name: `turnpike_entries_${year}_${String(month + 1).padStart(2, '0')}`,
    fromMs: Date.UTC(year, month),
    toMs: Date.UTC(year, month + 1),
  };
}

/** The lock keeps replicas from making the same at once; dropping months takes it too. */
function make(connections: Connections, { name, fromMs, toMs }: Month): Promise<void> {
  return connections.use(async (client) => {
    const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name]);
    if (rows[0]?.there === true) return;
    await connections.begin(client);
    await client.query("SELECT pg_advisory_xact_lock(hashtext('turnpike_partitions'))");
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${name} PARTITION OF turnpike_entries FOR VALUES FROM (${fromMs}) TO (${toMs})`,
    );
    await client.query('COMMIT');
  });
}
