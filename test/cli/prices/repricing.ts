/** What repricing promises of the command, whatever the ledger is. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { costOf } from '../../../src/core/attempt-cost.ts';
import type { AttemptEntry, LedgerEntry } from '../../../src/core/ledger-entry.ts';
import type { PriceBook } from '../../../src/core/price-card.ts';
import type { MeteredUsage } from '../../../src/core/usage.ts';
import type { Ledger } from '../../../src/flows/ledger.ts';
import { compilePrices } from '../../../src/policy/prices.ts';
import type { LedgerReader, TotalsRow } from '../../../src/reports/ledger-reader.ts';
import { attemptEntry } from '../../support/attempt-entry.ts';
import { type Ran, runCli } from '../run-cli.ts';

export interface LedgerPlace {
  /** As `--ledger` says it: a new one at every call. */
  create(folder: string): Promise<string>;
  open(place: string): Promise<Ledger & LedgerReader>;
}

const card = (input: number, output: number, from = '2026-01-01'): object => ({
  id: `card@${from}`,
  effective_from: from,
  input_pico_usd: input,
  output_pico_usd: output,
  complete: true,
});

const OLD = { prices: { 'a/m': [card(1_000, 5_000)], 'a/same': [card(1_000, 1_000)], 'a/gone': [card(1_000, 1_000)] } };
/** `a/m` corrected, `a/new` priced, `a/gone` gone. */
const NEW = { prices: { 'a/m': [card(2_000, 4_000)], 'a/same': [card(1_000, 1_000)], 'a/new': [card(7_000, 7_000)] } };

const DAY_MS = 86_400_000;
const FROM_MS = Date.parse('2026-11-01');
const USED: MeteredUsage = { kind: 'exact', tokens: { input: 1_000, output: 100 } };

interface Attempted {
  readonly target: string;
  readonly team?: string;
  readonly atMs: number;
  readonly usage?: MeteredUsage;
}

function attempts(book: PriceBook, rows: readonly Attempted[]): readonly AttemptEntry[] {
  return rows.map(({ target, team = 'search', atMs, usage = USED }, index) => {
    const cost = costOf(book, target, usage, atMs);
    return attemptEntry({
      id: `call-${index}/0`,
      callId: `call-${index}`,
      atMs,
      decisionId: `decision-${index}`,
      policyDigest: 'sha256:old',
      target,
      attribution: { team, application: 'assistant', environment: 'prod' },
      accounts: [`${team}-month|2026-11-01`],
      chargedNano: cost.kind === 'priced' ? cost.items.totalNano : 0n,
      usage,
      cost,
    });
  });
}

const ROWS: readonly Attempted[] = [
  { target: 'a/m', atMs: FROM_MS - 1 },
  // Of one whole millisecond, which is what a ledger orders by.
  { target: 'a/m', atMs: FROM_MS + 0.7 },
  { target: 'a/m', atMs: FROM_MS + 0.2 },
  { target: 'a/m', atMs: FROM_MS + DAY_MS, team: 'ads' },
  { target: 'a/same', atMs: FROM_MS + DAY_MS },
  { target: 'a/new', atMs: FROM_MS + DAY_MS + 1, team: 'ads' },
  { target: 'a/gone', atMs: FROM_MS + 2 * DAY_MS },
  { target: 'a/m', atMs: FROM_MS + 2 * DAY_MS, usage: { kind: 'unknown' } },
  { target: 'a/m', atMs: FROM_MS + 30 * DAY_MS },
];

const TEXT = `target  attempts  changed         was      is now   difference
a/new          1        1       $0.00  $0.0000077  +$0.0000077
a/m            4        3  $0.0000045  $0.0000072  +$0.0000027
2 more         2        0  $0.0000022  $0.0000022        $0.00
all            7        4  $0.0000067  $0.0000171  +$0.0000104

team    attempts  changed         was      is now   difference
ads            2        2  $0.0000015  $0.0000101  +$0.0000086
search         5        2  $0.0000052   $0.000007  +$0.0000018
all            7        4  $0.0000067  $0.0000171  +$0.0000104

day         attempts  changed         was      is now   difference
2026-11-01         2        2   $0.000003  $0.0000048  +$0.0000018
2026-11-02         3        2  $0.0000026  $0.0000112  +$0.0000086
1 more             2        0  $0.0000011  $0.0000011        $0.00
all                7        4  $0.0000067  $0.0000171  +$0.0000104

2026-11-01T00:00:00.000Z to 2026-12-01T00:00:00.000Z: 7 attempts, 4 of another price
1 attempt had no price and has one now
1 attempt of unknown usage: no card can price that
1 attempt without a card in force at the time, left as it is:
  a/gone  1
prices …
nothing was written: --write appends the adjustments
`;

export function testRepricing(name: string, place: LedgerPlace): void {
  describe(`prices reprice on ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-reprice-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    for (const [name, data] of [
      ['old', OLD],
      ['new', NEW],
    ] as const) {
      mkdirSync(join(folder, name, 'data'), { recursive: true });
      writeFileSync(join(folder, name, 'data', 'prices.json'), JSON.stringify(data));
    }

    const filled = async (rows: readonly Attempted[] = ROWS): Promise<string> => {
      const at = await place.create(folder);
      const ledger = await place.open(at);
      await Promise.all(attempts(compilePrices(OLD), rows).map((entry) => ledger.append(entry)));
      await ledger.close();
      return at;
    };
    const reprice = (at: string, ...args: readonly string[]): Promise<Ran> =>
      runCli(
        ['prices', 'reprice', '--from', '2026-11-01', '--to', '2026-12-01', '--policy', 'new', '--ledger', at, ...args],
        { cwd: folder },
      );
    const readAll = async <T>(at: string, read: (ledger: LedgerReader) => Promise<T>): Promise<T> => {
      const ledger = await place.open(at);
      try {
        return await read(ledger);
      } finally {
        await ledger.close();
      }
    };
    const everything = { fromMs: 0, toMs: FROM_MS + 365 * DAY_MS };
    const entriesOf = (at: string): Promise<readonly LedgerEntry[]> =>
      readAll(at, async (ledger) => (await ledger.entries({ ...everything, limit: 10_000 })).map(({ entry }) => entry));
    const november = { fromMs: FROM_MS, toMs: FROM_MS + 30 * DAY_MS };
    const totalsBy = (at: string, by: 'target' | 'team'): Promise<ReadonlyMap<string, bigint>> =>
      readAll(at, async (ledger) => {
        const rows: readonly TotalsRow[] = await ledger.totals({ ...november, by: [by] });
        return new Map(rows.map(({ values, costNano }) => [values[0] ?? '', costNano]));
      });

    test('shows the difference for each target, team and day, and writes nothing', async () => {
      const at = await filled();
      const { exitCode, stdout, stderr } = await reprice(at);
      assert.deepEqual([exitCode, stderr], [0, '']);
      assert.equal(stdout.replace(/^prices sha256:[0-9a-f]{12}$/m, 'prices …'), TEXT);
      assert.equal((await entriesOf(at)).length, ROWS.length);
    });

    test('--write makes every sum exactly the new price, and again finds nothing to do', async () => {
      const at = await filled();
      assert.match((await reprice(at, '--write')).stdout, /\n4 adjustments appended\n$/);
      const now = attempts(compilePrices(NEW), ROWS).slice(1, -1);
      const expected = (by: (entry: AttemptEntry) => string): ReadonlyMap<string, bigint> => {
        const sums = new Map<string, bigint>();
        for (const entry of now) sums.set(by(entry), (sums.get(by(entry)) ?? 0n) + entry.chargedNano);
        return sums;
      };
      const left = { target: 'a/gone', costNano: 1_100n };
      const byTarget = new Map(expected(({ target }) => target)).set(left.target, left.costNano);
      const teams = expected(({ attribution }) => attribution.team);
      const byTeam = new Map(teams).set('search', (teams.get('search') ?? 0n) + left.costNano);
      assert.deepEqual(sorted(await totalsBy(at, 'target')), sorted(byTarget));
      assert.deepEqual(sorted(await totalsBy(at, 'team')), sorted(byTeam));
      const charged = await readAll(at, (ledger) => ledger.charged(FROM_MS));
      const december = 1_500n;
      assert.equal(charged.get('search-month|2026-11-01'), (byTeam.get('search') ?? 0n) + december);
      assert.equal(charged.get('ads-month|2026-11-01'), byTeam.get('ads'));

      const before = await entriesOf(at);
      assert.match((await reprice(at, '--write')).stdout, /the ledger says what the cards say\n$/);
      assert.deepEqual(await entriesOf(at), before);
    });

    test('prices that come back after others do so exactly', async () => {
      const at = await filled();
      const first = await totalsBy(at, 'target');
      await reprice(at, '--write');
      for (const policy of ['old', 'new', 'old']) await reprice(at, '--policy', policy, '--write');
      // What had no price at first keeps the one that it was given: the old cards have none.
      assert.deepEqual(sorted(await totalsBy(at, 'target')), sorted(new Map(first).set('a/new', 7_700n)));
    });

    test('one target alone', async () => {
      const at = await filled();
      assert.match(
        (await reprice(at, '--target', 'a/new', '--write')).stdout,
        /\n1 attempt had no price and has one now\n/,
      );
      const [adjustment, ...more] = (await entriesOf(at)).filter(({ kind }) => kind === 'adjustment');
      assert.deepEqual([adjustment?.target, more], ['a/new', []]);
    });

    test('--json tells amounts to the nano-dollar, as text', async () => {
      const document = JSON.parse((await reprice(await filled(), '--json')).stdout);
      assert.deepEqual(document.total, {
        attempts: 7,
        changed: 4,
        newly_priced: 1,
        unknown: 1,
        uncovered: 1,
        before_nano_usd: '6700',
        after_nano_usd: '17100',
        difference_nano_usd: '10400',
      });
      assert.deepEqual(
        document.by_day.map(({ day, difference_nano_usd }: Record<string, string>) => [day, difference_nano_usd]),
        [
          ['2026-11-01', '1800'],
          ['2026-11-02', '8600'],
          ['2026-11-03', '0'],
        ],
      );
      assert.match(document.prices, /^sha256:[0-9a-f]{64}$/);
    });

    test('thousands of attempts of one moment, over many pages', async () => {
      const rows = Array.from({ length: 4_500 }, (): Attempted => ({ target: 'a/m', atMs: FROM_MS }));
      const at = await filled(rows);
      assert.match((await reprice(at, '--write')).stdout, /\n4500 adjustments appended\n$/);
      assert.deepEqual([...(await totalsBy(at, 'target'))], [['a/m', 4_500n * 2_400n]]);
      assert.match((await reprice(at, '--write')).stdout, /the ledger says what the cards say\n$/);
    });
  });
}

const sorted = (sums: ReadonlyMap<string, bigint>): readonly (readonly [string, bigint])[] =>
  [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
