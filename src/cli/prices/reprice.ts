/**
 * `turnpike prices reprice`: what a period would have cost by the cards as they are now, and, where it is told to, the
 * adjustments that make the ledger say so. Entries are never changed, and repeating it writes nothing more.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { Failure } from '../../core/failure.ts';
import type { PricesNow } from '../../core/reprice.ts';
import type { Ledger } from '../../flows/ledger.ts';
import { compilePrices } from '../../policy/prices.ts';
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { readMoment } from '../moment.ts';
import { openLedgerReader, openLedgerWriter } from '../open-ledger.ts';
import { type PolicyData, readPolicyData } from '../policy-data.ts';
import { createRepricedSums } from './reprice-sum.ts';
import { repriceDocument, repriceText } from './reprice-text.ts';
import { repricedAttempts } from './reprice-walk.ts';

export interface RepriceCommand {
  readonly from: string;
  /** Default: now. */
  readonly to?: string;
  readonly target?: string;
  readonly policy?: string;
  readonly ledger?: string;
  readonly config?: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

/** Adjustments that wait for the disk together. */
const AT_ONCE = 1_000;

/** @returns 0 when it could be told, and written where it was to be */
export async function runPricesReprice(options: RepriceCommand, io: Io): Promise<number> {
  const { write = false, json = false, target } = options;
  const fromMs = readMoment(options.from, '--from');
  const toMs = options.to === undefined ? Date.now() : readMoment(options.to, '--to');
  if (toMs <= fromMs) throw new Failure('config_invalid', '--to: must be later than --from');
  const prices = pricesOf(await readPolicyData(resolve(io.cwd, options.policy ?? 'policies')));
  const where = target === undefined ? {} : { where: { target } };
  const sums = createRepricedSums();

  const reader = await openLedgerReader(options, io);
  const writer = write ? await openLedgerWriter(options, io) : undefined;
  let written = 0;
  try {
    let waiting: Promise<void>[] = [];
    for await (const attempt of repricedAttempts(reader, { fromMs, toMs, ...where }, prices)) {
      sums.add(attempt);
      if (writer === undefined || attempt.repricing.kind !== 'changed') continue;
      const appended = writer.append(attempt.repricing.adjustment);
      // Waited for below, with others; until then nobody may call it unheard of.
      appended.catch(() => undefined);
      waiting.push(appended);
      written += 1;
      if (waiting.length < AT_ONCE) continue;
      await Promise.all(waiting);
      waiting = [];
    }
    await Promise.all(waiting);
  } finally {
    await closeAll(writer, reader);
  }
  const result = { fromMs, toMs, prices: prices.digest, written: write ? written : undefined, sums };
  io.stdout.write(json ? `${JSON.stringify(repriceDocument(result), undefined, 2)}\n` : repriceText(result, io.color));
  return EXIT.ok;
}

async function closeAll(...open: readonly (Pick<Ledger, 'close'> | undefined)[]): Promise<void> {
  await Promise.all(open.map((each) => each?.close()));
}

/** The digest is of what the cards say, whatever order their files say it in. */
function pricesOf(data: PolicyData): PricesNow {
  const hash = createHash('sha256').update(JSON.stringify(sorted(data['prices'] ?? {})));
  return { book: compilePrices(data), digest: `sha256:${hash.digest('hex')}` };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
