/** Reports of the real embedded ledger are those of the plain sums, whatever hour a week begins at. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AdjustmentEntry, LedgerEntry } from '../../src/core/ledger-entry.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite/open.ts';
import { weeklyDocument } from '../../src/reports/format/json.ts';
import type { LedgerReader } from '../../src/reports/ledger-reader.ts';
import { type PivotQuestion, pivot } from '../../src/reports/pivot.ts';
import { weekly } from '../../src/reports/weekly.ts';
import { createArrayReader } from './array-reader.ts';
import { attempt } from './entries.ts';
import { MONTH_END, month } from './month.ts';

/** One call came out a dollar cheaper, and one nobody had a price for. */
const entries: readonly LedgerEntry[] = [
  ...month(),
  correction(month()[4000], -1_000_000_000n),
  attempt({ at: '2026-11-18T10:00:00Z', kind: 'unpriced', tokens: [10, 2], team: '', tags: { project: 'x' } }),
];

const folder = mkdtempSync(join(tmpdir(), 'turnpike-reports-'));
let ledger: Awaited<ReturnType<typeof openSqliteLedger>>;
const plain: LedgerReader = createArrayReader(entries);

before(async () => {
  ledger = await openSqliteLedger({ file: join(folder, 'ledger.db'), synchronous: 'normal', chainId: 'test' });
  await Promise.all(entries.map((entry) => ledger.append(entry)));
});
after(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a week', () => {
  for (const timeZone of ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Adelaide']) {
    for (const nowMs of [MONTH_END + 86_400_000, MONTH_END - 3 * 86_400_000 + 1_234_567]) {
      test(`of ${timeZone} at ${new Date(nowMs).toISOString()}`, async () => {
        const question = { week: '2026-W47', timeZone, nowMs, top: 5 };
        const [real, expected] = await Promise.all([weekly(ledger, question), weekly(plain, question)]);
        assert.deepEqual(weeklyDocument(real), weeklyDocument(expected));
        assert.equal(real.teams.length, 5);
      });
    }
  }
});

describe('a pivot', () => {
  const cases: readonly (readonly [string, Partial<PivotQuestion>])[] = [
    ['by team and model per day', { by: ['team', 'model'], per: 'day' }],
    ['by every hour of an odd zone', { by: ['team'], per: 'hour', timeZone: 'Asia/Kathmandu' }],
    ['of a filter', { by: ['application', 'certainty'], where: { environment: 'prod' } }],
    ['of what lacks a tag', { by: ['tag:project', 'team'], where: { 'tag:project': '' } }],
    ['down to decisions, with a limit', { by: ['decision_id', 'team'], where: { team: 'docs' }, limit: 7 }],
    ['of one decision', { by: ['call_id'], where: { decision_id: 'decision-writer-40-2' } }],
    ['of nothing', { by: [], per: 'day', where: { team: 'nobody' } }],
  ];
  for (const [name, part] of cases) {
    test(name, async () => {
      const question = { from: '2026-11-01', to: '2026-11-22', timeZone: 'Europe/Berlin', by: [], ...part };
      const [real, expected] = await Promise.all([pivot(ledger, question), pivot(plain, question)]);
      assert.deepEqual(real, expected);
    });
  }
});

function correction(wrong: LedgerEntry | undefined, costNano: bigint): AdjustmentEntry {
  assert.ok(wrong?.kind === 'attempt');
  const { id, callId, atMs, decisionId, policyRevision, policyDigest, target, attribution, accounts } = wrong;
  const items = { inputNano: costNano, cacheReadNano: 0n, cacheWriteNano: 0n, outputNano: 0n, otherNano: 0n };
  return {
    kind: 'adjustment',
    id: `${id}/repriced`,
    callId,
    atMs,
    decisionId,
    policyRevision,
    policyDigest,
    target,
    attribution,
    accounts,
    chargedNano: costNano,
    adjusts: id,
    why: 'repriced',
    cost: {
      kind: 'priced',
      priceId: 'card-2',
      tier: 'standard',
      items: { ...items, totalNano: costNano },
      estimated: false,
    },
  };
}
