/**
 * Brings the ledger's tables to what this version needs, in one transaction. Replicas that start together wait for one
 * another; a database that a newer version has migrated is left alone, since steps only add.
 */
import { MIGRATIONS } from './migrations.ts';
import type { Connections } from './pool.ts';

/** Any number that nobody else locks. */
const LOCK = '8391733984170175333';

/** @returns the numbers that were run now */
export function migrate(connections: Connections): Promise<readonly number[]> {
  return connections.use(async (client) => {
    await connections.begin(client);
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(
      `CREATE TABLE IF NOT EXISTS turnpike_migrations (
         number integer PRIMARY KEY, says text NOT NULL, run_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<{ number: number }>('SELECT number FROM turnpike_migrations');
    const known = new Set(rows.map(({ number }) => number));
    const lacking = MIGRATIONS.filter(({ number }) => !known.has(number));
    for (const { number, says, sql } of lacking) {
      await client.query(sql);
      await client.query('INSERT INTO turnpike_migrations (number, says) VALUES ($1, $2)', [number, says]);
    }
    await client.query('COMMIT');
    return lacking.map(({ number }) => number);
  });
}
