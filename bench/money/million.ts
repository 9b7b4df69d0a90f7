/**
 * The weekly report of a ledger of a million rows, which reads sums that were kept, beside a full scan of the rows that
 * groups by team. Six weeks of twenty teams; they take turns on the same file.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/ledger/sqlite/database.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite/open.ts';
import { weekly } from '../../src/reports/weekly.ts';
import { manyEntries, priced } from '../../test/ledger/entries.ts';
import { atMost } from '../bars.ts';
import { median } from '../measure.ts';
import type { BenchOptions, Row } from '../section.ts';
import type { MoneyPart } from './part.ts';

const ROUNDS = 5;
const AT_ONCE = 20_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const FIRST_MS = Date.UTC(2026, 9, 12);
const WEEKS = 6;
const TEAMS = 20;
const APPLICATIONS = 60;
const MODELS = 5;
const SCAN = `SELECT team, sum(attempts), sum(input_tokens), sum(output_tokens), sum(cost_nano) FROM entries GROUP BY team`;

export async function millionPart(options: BenchOptions): Promise<MoneyPart> {
  const count = options.quick ? 100_000 : 1_000_000;
  options.progress(`reports of ${count.toLocaleString('en')} rows, which are written first`);
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
  const file = join(folder, 'ledger.db');
  const ledger = await openSqliteLedger({ file, synchronous: 'normal', chainId: 'bench' });
  try {
    for (let from = 0; from < count; from += AT_ONCE) {
      const entries = manyEntries(AT_ONCE, (index) => entryAt(from + index, count));
      await Promise.all(entries.map((entry) => ledger.append(entry)));
    }
    const database = openDatabase({ file, synchronous: 'normal' }, true);
    const scan = database.prepare(SCAN);
    const period = { fromMs: FIRST_MS + (WEEKS - 1) * WEEK_MS, toMs: FIRST_MS + WEEKS * WEEK_MS };
    const nowMs = period.toMs + DAY_MS;
    const work = {
      report: () => weekly(ledger, { week: '2026-W47', timeZone: 'UTC', nowMs }),
      totals: () => ledger.totals({ ...period, by: ['team'] }),
      scan: async () => scan.all(),
    };
    const rounds: Readonly<Record<keyof typeof work, number>>[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const times = {
        report: await timed(work.report),
        totals: await timed(work.totals),
        scan: await timed(work.scan),
      };
      // The first fills caches.
      if (round > 0) rounds.push(times);
    }
    database.close();
    const row = (name: string, of: keyof typeof work): Row => ({
      ...{ case: name, contender: `sqlite, ${count.toLocaleString('en')} rows` },
      figures: { 'p50 ms': median(rounds.map((times) => times[of])) },
    });
    const ratio = (of: keyof typeof work): number => median(rounds.map((times) => times[of] / times.scan));
    return {
      rows: [
        row('weekly report, with its four weeks before', 'report'),
        row('totals of a week by team', 'totals'),
        row('full scan by team', 'scan'),
      ],
      bars: [
        atMost('weekly report / full scan by team', ratio('report'), 0.2),
        atMost('weekly report of a million rows, seconds', median(rounds.map(({ report }) => report)) / 1000, 1),
      ],
      notes: [],
    };
  } finally {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function entryAt(index: number, count: number): Partial<ReturnType<typeof manyEntries>[number]> {
  return {
    id: `${index}/0`,
    callId: `${index}`,
    atMs: FIRST_MS + Math.floor((index * WEEKS * WEEK_MS) / count),
    attribution: {
      ...{ team: `team-${index % TEAMS}`, application: `app-${index % APPLICATIONS}` },
      environment: index % 3 === 0 ? 'staging' : 'prod',
    },
    target: `openai/model-${(index * 7) % MODELS}`,
    cost: priced(BigInt(1_000 + (index % 977))),
  };
}

/** @returns milliseconds */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}
