/** The ledger of a fleet: PostgreSQL 14 or later, shared by every replica. Each writes a chain of its own. */
import { Failure } from '../../core/failure.ts';
import type { Ledger } from '../../flows/ledger.ts';
import type { LedgerReader } from '../../reports/ledger-reader.ts';
import { createGroupCommit } from '../group-commit.ts';
import { migrate } from './migrate.ts';
import { createPartitions } from './partitions.ts';
import { faultOf, openConnections } from './pool.ts';
import { createReader } from './reader.ts';
import { createBatchWriter } from './write-batch.ts';

export interface PostgresLedgerOptions {
  /** `postgres://user:password@host:port/database?sslmode=verify-full`. */
  readonly url: string;
  /** Names the writer: no two that run at once should share it, and none loses anything where they do. */
  readonly chainId: string;
  /** Connections at most, one of them for writing; default 4, at least 2. */
  readonly poolMax?: number;
  /** Entries written in one transaction at most; default 1,000. */
  readonly maxBatch?: number;
  /** Entries that may wait; default 50,000. */
  readonly maxWaiting?: number;
  /** How long an entry may wait while the server is away; default 10 s. */
  readonly patienceMs?: number;
  /** How long connecting or one statement of writing may take; default 5 s. */
  readonly answerMs?: number;
  /** How long a report may take; default 60 s. */
  readonly reportMs?: number;
}

/** @throws Failure `config_invalid` where the URL is none, `unavailable` where the server is away or refuses */
export async function openPostgresLedger(options: PostgresLedgerOptions): Promise<Ledger & LedgerReader> {
  const { url, chainId, poolMax = 4, maxBatch = 1_000, maxWaiting = 50_000 } = options;
  const { patienceMs = 10_000, answerMs = 5_000, reportMs = 60_000 } = options;
  const writing = openConnections({ url, max: 1, connectMs: answerMs, queryMs: answerMs });
  const reading = openConnections({ url, max: Math.max(1, poolMax - 1), connectMs: answerMs, queryMs: reportMs });
  const partitions = createPartitions(writing);
  try {
    // Over the patient connections: a migration may take long.
    await migrate(reading);
    await partitions.ensure([], Date.now());
  } catch (reason) {
    await Promise.all([writing.close(), reading.close()]);
    throw new Failure('unavailable', `${writing.name} cannot hold the ledger: ${faultOf(reason).message}`);
  }
  const { write } = createBatchWriter(writing, partitions, chainId);
  const queue = createGroupCommit({ write, faultOf, name: writing.name, maxBatch, maxWaiting, patienceMs });
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await queue.drain();
    await Promise.all([writing.close(), reading.close()]);
  };

  return {
    ...createReader(reading),
    append: (entry) => queue.append(entry),
    close() {
      closing ??= end();
      return closing;
    },
  };
}

/**
 * To read with: changes nothing, so a user who may only read is enough.
 * @throws Failure `config_invalid` where the URL is none, `unavailable` where the server is away, refuses, or has no ledger
 */
export async function openPostgresReader({
  url,
  poolMax = 4,
  answerMs = 5_000,
  reportMs = 60_000,
}: Omit<PostgresLedgerOptions, 'chainId'>): Promise<LedgerReader> {
  const reading = openConnections({ url, max: poolMax, connectMs: answerMs, queryMs: reportMs });
  try {
    await reading.use((client) => client.query('SELECT FROM turnpike_migrations'));
  } catch (reason) {
    await reading.close();
    throw new Failure('unavailable', `${reading.name} has no ledger to read: ${faultOf(reason).message}`);
  }
  return { ...createReader(reading), close: () => reading.close() };
}
