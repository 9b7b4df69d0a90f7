/** Retention in PostgreSQL: drops months that are over. Roll-ups and charges stay. */
import { Failure } from '../../core/failure.ts';
import { faultOf, openConnections } from './pool.ts';

const HOUR_MS = 3_600_000;

/**
 * @param options `beforeMs`: milliseconds since the epoch; the month (UTC) that it is in stays whole
 * @returns how many rows are gone
 * @throws Failure `config_invalid`, `unavailable`
 */
export async function prunePostgresLedger(options: {
  readonly url: string;
  readonly beforeMs: number;
}): Promise<number> {
  const connections = openConnections({ url: options.url, max: 1, connectMs: 10_000, queryMs: HOUR_MS });
  const day = new Date(options.beforeMs).toISOString().slice(0, 10);
  try {
    return await connections.use(async (client) => {
      const { rows } = await client.query<{ row_count: bigint }>('SELECT row_count FROM turnpike_drop_before($1)', [
        day,
      ]);
      return rows.reduce((sum, { row_count: count }) => sum + Number(count), 0);
    });
  } catch (reason) {
    throw new Failure('unavailable', `${connections.name} cannot be pruned: ${faultOf(reason).message}`);
  } finally {
    await connections.close();
  }
}
