/**
 * Connections to PostgreSQL. Integers of 64 bits and sums of them are read as bigint, by these connections alone. What
 * is thrown names the server and never a credential.
 */
import pg, { type ClientBase, type Pool, type PoolClient } from 'pg';
import { Failure } from '../../core/failure.ts';

export interface PoolOptions {
  /** `postgres://user:password@host:port/database?sslmode=verify-full`. */
  readonly url: string;
  readonly max: number;
  readonly connectMs: number;
  /** A query that takes longer is given up, with its connection. */
  readonly queryMs: number;
}

export interface Connections {
  /** Host, port and database: what may be shown. */
  readonly name: string;
  /**
   * Lends a connection. Where `work` throws, what it had begun is rolled back; a connection over which something failed
   * that is no fault of the data is not used again.
   * @throws what `work` throws, or what connecting throws: see `faultOf`
   */
  use<T>(work: (client: PoolClient) => Promise<T>): Promise<T>;
  /** Begins a transaction whose statements the server gives up in time: nothing is left to wait there for a lock. */
  begin(client: ClientBase): Promise<void>;
  close(): Promise<void>;
}

/** The server gives a statement up before its connection is. */
const SERVER_FIRST_MS = 250;

const INT8 = pg.types.builtins.INT8;
const NUMERIC = pg.types.builtins.NUMERIC;

export function openConnections({ url, max, connectMs, queryMs }: PoolOptions): Connections {
  const name = nameOf(url);
  const pool: Pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs + SERVER_FIRST_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'turnpike',
    types: {
      getTypeParser: (oid, format) =>
        (oid === INT8 || oid === NUMERIC) && format !== 'binary'
          ? (text: string) => BigInt(text)
          : pg.types.getTypeParser(oid, format),
    },
  });
  // An idle connection that breaks is replaced when the next one is asked for, and whoever asks is told.
  pool.on('error', () => undefined);

  return {
    name,
    async use(work) {
      const client = await pool.connect();
      let broken = false;
      const breaks = (): void => {
        broken = true;
      };
      client.on('error', breaks);
      try {
        return await work(client);
      } catch (reason) {
        broken ||= faultOf(reason).kind === 'away';
        if (!broken) await client.query('ROLLBACK').catch(breaks);
        throw reason;
      } finally {
        client.off('error', breaks);
        client.release(broken);
      }
    },
    async begin(client) {
      await client.query(`BEGIN; SET LOCAL statement_timeout = ${Math.ceil(queryMs)}`);
    },
    close: () => pool.end(),
  };
}

export type Fault =
  /** The server could not be reached, or cannot do it now; worth another try. */
  | { readonly kind: 'away'; readonly message: string }
  /** What was written cannot be stored, whoever asks and whenever. */
  | { readonly kind: 'data'; readonly message: string };

/** The server's own words and codes; a message of the driver holds no credential either. */
export function faultOf(reason: unknown): Fault {
  const message = reason instanceof Error ? reason.message : String(reason);
  const code = reason instanceof pg.DatabaseError ? (reason.code ?? '') : '';
  // Data exceptions and violated constraints.
  return { kind: /^2[23]/.test(code) ? 'data' : 'away', message: code === '' ? message : `${message} (${code})` };
}

function nameOf(url: string): string {
  // The cause of a URL that cannot be read holds the URL, so it is not kept.
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new Failure(
      'config_invalid',
      "the ledger's URL is none of PostgreSQL: postgres://user:password@host/database",
    );
  }
  const host = parsed.host === '' ? (parsed.searchParams.get('host') ?? 'localhost') : parsed.host;
  return `PostgreSQL at ${host}${parsed.pathname}`;
}
