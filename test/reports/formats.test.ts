import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { csvText } from '../../src/reports/format/csv.ts';
import { focusCsv } from '../../src/reports/format/focus.ts';
import { htmlText } from '../../src/reports/format/html.ts';
import { entriesDocument, pivotDocument, weeklyDocument } from '../../src/reports/format/json.ts';
import { markdownText } from '../../src/reports/format/markdown.ts';
import { entriesCsv, pivotCsv, weeklyCsv } from '../../src/reports/format/records.ts';
import { tableText } from '../../src/reports/format/table.ts';
import { pivot } from '../../src/reports/pivot.ts';
import { entriesSheet, pivotSheets } from '../../src/reports/pivot-sheets.ts';
import { weekly } from '../../src/reports/weekly.ts';
import { weeklySheets } from '../../src/reports/weekly-sheets.ts';
import { createArrayReader } from './array-reader.ts';
import { attempt } from './entries.ts';

const USD = 1_000_000_000n;
const NASTY = '=<b>|"x",\u001b[31m';

const reader = createArrayReader(
  [
    { at: '2026-11-09T10:00:00Z', call: 'c0', costNano: 1n * USD, tokens: [1000, 100] as const },
    { at: '2026-11-16T10:00:00Z', call: 'c1', costNano: 1n * USD, tokens: [1000, 100] as const, cached: 250 },
    { at: '2026-11-17T10:00:00Z', call: 'c2', costNano: 2n * USD + 1n, tokens: [2000, 200] as const },
    { at: '2026-11-17T11:00:00Z', call: 'c3', team: NASTY, costNano: 50_000_000n, tokens: [10, 1] as const },
    { at: '2026-11-18T11:00:00Z', call: 'c4', team: '', kind: 'unpriced' as const, tokens: [10, 1] as const },
  ].map(attempt),
);

const report = () =>
  weekly(reader, {
    week: '2026-W47',
    timeZone: 'UTC',
    nowMs: Date.parse('2026-12-01T00:00:00Z'),
    budgets: [
      {
        id: 'search-month',
        team: 'search',
        limitNano: 10n * USD,
        settledNano: 4n * USD,
        heldNano: 5_000_000n,
        resetsAtMs: Date.parse('2026-12-01T00:00:00Z'),
      },
    ],
  });
const sums = () =>
  pivot(reader, { from: '2026-11-16', to: '2026-11-18', timeZone: 'UTC', by: ['team'], per: 'day', limit: 1 });
const entries = () => reader.entries({ fromMs: 0, toMs: Date.parse('2027-01-01T00:00:00Z'), where: { call_id: 'c4' } });

/** Texts as they are read, in `golden/`: written anew by `node --test --test-update-snapshots`, and then read. */
const TEXTS: Readonly<Record<string, () => Promise<string>>> = {
  'weekly.txt': async () => tableText(weeklySheets(await report()), false),
  'weekly.md': async () => markdownText(weeklySheets(await report())),
  'weekly.csv': async () => weeklyCsv(await report()),
  'weekly.json': async () => document(weeklyDocument(await report())),
  'pivot.txt': async () => tableText(pivotSheets(await sums()), false),
  'pivot.md': async () => markdownText(pivotSheets(await sums())),
  'pivot.csv': async () => pivotCsv(await sums()),
  'pivot.json': async () => document(pivotDocument(await sums())),
  'entries.txt': async () => tableText([entriesSheet(await entries())], false),
  'entries.csv': async () => entriesCsv(await entries()),
  'entries.json': async () => document(entriesDocument(await entries())),
  'focus.csv': () =>
    focusCsv(reader, { from: '2026-11-16', to: '2026-11-18', timeZone: 'Europe/Berlin', billingAccount: 'example' }),
};
const document = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

describe('a text is written as it was', () => {
  for (const [name, text] of Object.entries(TEXTS)) {
    test(name, async (t) => {
      t.assert.fileSnapshot(await text(), join(import.meta.dirname, 'golden', name), { serializers: [String] });
    });
  }
});

describe('a table', () => {
  test('has colours on a terminal, and none elsewhere', async () => {
    const sheets = pivotSheets(await sums());
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are told by it
    const colours = /\x1b\[\d+m/;
    assert.match(tableText(sheets, true), colours);
    assert.doesNotMatch(tableText(sheets, false), colours);
  });
});

describe('CSV (RFC 4180)', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['plain', 'a b', 'a b'],
    ['a comma', 'a,b', '"a,b"'],
    ['a quote', 'a"b', '"a""b"'],
    ['a line break', 'a\r\nb', '"a\r\nb"'],
    ['a formula', '=1+1', "'=1+1"],
    ['a formula that begins with a tab, and has a comma', '\t=A1,B', '"\'\t=A1,B"'],
    ['a command', '@SUM(A1)', "'@SUM(A1)"],
  ];
  for (const [name, text, expected] of cases) {
    test(name, () => assert.equal(csvText(['x'], [[text]]), `x\r\n${expected}\r\n`));
  }

  test('numbers are not text: a minus is one', () => {
    assert.equal(
      csvText(['a', 'b', 'c', 'd'], [[-1, -2n, { usd: -3n }, undefined]]),
      'a,b,c,d\r\n-1,-2,-0.000000003,\r\n',
    );
  });
});

test('a page of HTML runs nothing and loads nothing, whatever a name says', async () => {
  const page = htmlText('Cost <1>', weeklySheets(await report()));
  assert.match(page, /<title>Cost &#60;1&#62;<\/title>/);
  assert.match(page, /&#60;b&#62;\|&#34;x&#34;/);
  assert.doesNotMatch(page, /<b>|<script|<link|<img|@import|url\(|https?:/);
  assert.match(page, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
  assert.equal(page.match(/<rect /g)?.length, 4 * 7);
});
