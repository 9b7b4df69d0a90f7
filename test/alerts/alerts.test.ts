import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Alert, AlertSink } from '../../src/alerts/alert.ts';
import { alertDocument } from '../../src/alerts/alert.ts';
import { type Alerts, createAlerts } from '../../src/alerts/alerts.ts';
import { createAnomalyRule, type HourlySpend } from '../../src/alerts/anomalies.ts';
import { HOUR_MS } from '../../src/alerts/baseline.ts';
import { createUnattributedRule, createUnpricedRule } from '../../src/alerts/first-of-day.ts';
import { createLogSink } from '../../src/alerts/log.ts';
import type { AlertRule } from '../../src/alerts/rule.ts';
import { createThresholdRule } from '../../src/alerts/thresholds.ts';
import type { AttemptEntry } from '../../src/core/ledger-entry.ts';
import { attemptEntry } from '../support/attempt-entry.ts';
import { type FakeTime, fakeTime } from '../support/fake-time.ts';
import { bookOf, settlement } from './settlements.ts';

const NOW_MS = Date.parse('2026-11-23T10:20:00Z');
const HOUR = Date.parse('2026-11-23T10:00:00Z');

interface Watching {
  readonly alerts: Alerts;
  readonly time: FakeTime;
  readonly sent: Alert[];
  readonly warned: string[];
}

function watching(...rules: readonly AlertRule[]): Watching {
  const time = fakeTime(NOW_MS);
  const sent: Alert[] = [];
  const warned: string[] = [];
  const sink: AlertSink = { send: (alert) => sent.push(alert), close: () => Promise.resolve() };
  const warn = (message: string): void => void warned.push(message);
  return { alerts: createAlerts({ rules, sinks: [sink], clock: time, timers: time, warn }), time, sent, warned };
}

const of = (more: Partial<AttemptEntry>): Parameters<Alerts['observe']>[0] => ({
  entry: attemptEntry(more),
  accounts: [],
  balances: [],
});

const NOBODY = { team: 'unattributed', application: '', environment: '' };

/** Every hour of five weeks costs a team so much, and this hour so much more. */
function history(usualNano: bigint, nowNano: () => bigint): HourlySpend & { asked: number } {
  return {
    asked: 0,
    async totals({ fromMs, toMs }) {
      this.asked += 1;
      const rows = [];
      for (let startMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS; startMs < toMs && startMs <= HOUR; startMs += HOUR_MS) {
        rows.push({ values: ['search'], startMs, costNano: startMs === HOUR ? nowNano() : usualNano });
      }
      return rows;
    },
  };
}

const DOLLAR = 1_000_000_000n;

describe('alerts', () => {
  test('a target without a price is told of once a day', async () => {
    const { alerts, time, sent } = watching(createUnpricedRule());
    for (const target of ['a/m', 'a/m', 'b/m']) alerts.observe(of({ target, cost: { kind: 'unpriced' } }));
    alerts.observe(of({}));
    await time.advance(86_400_000);
    alerts.observe(of({ cost: { kind: 'unpriced' } }));
    assert.deepEqual(
      sent.map(({ id }) => id),
      ['unpriced|a/m|2026-11-23', 'unpriced|b/m|2026-11-23', 'unpriced|a/m|2026-11-24'],
    );
  });

  test('spend that no team answers for is told of, what cost nothing is not', () => {
    const { alerts, sent } = watching(createUnattributedRule());
    alerts.observe(of({ attribution: NOBODY, cost: { kind: 'none' } }));
    alerts.observe(of({ attribution: NOBODY, cost: { kind: 'unknown' }, chargedNano: 7n }));
    alerts.observe(of({ attribution: NOBODY }));
    alerts.observe(of({}));
    assert.deepEqual(sent, [
      {
        kind: 'unattributed',
        id: 'unattributed|a/m|2026-11-23',
        atMs: NOW_MS,
        target: 'a/m',
        costNano: 7n,
        decisionId: 'decision-1',
      },
    ]);
  });

  test('an hour far above its own history is told of within minutes, once, and again after a while', async () => {
    let now = 10n * DOLLAR;
    const spend = history(10n * DOLLAR, () => now);
    const { alerts, time, sent } = watching(createAnomalyRule(spend));
    await time.advance(300_000);
    assert.deepEqual(sent, []);
    now = 25n * DOLLAR;
    await time.advance(300_000);
    await alerts.check();
    assert.deepEqual(sent, [
      {
        kind: 'anomaly',
        id: 'anomaly|search|2026-11-23T10',
        atMs: NOW_MS + 600_000,
        team: 'search',
        hourStartMs: HOUR,
        spentNano: 25n * DOLLAR,
        usualNano: 10n * DOLLAR,
        aboveNano: 20n * DOLLAR,
      },
    ]);
    // The four weeks once, this hour and the one before at each of three checks.
    assert.equal(spend.asked, 4);
    await alerts.close();
    assert.equal(time.pending, 0);
  });

  test('what an hour came to after its last check is still found in the next', async () => {
    let now = 0n;
    const { alerts, time, sent } = watching(createAnomalyRule(history(10n * DOLLAR, () => now)));
    await alerts.check();
    now = 99n * DOLLAR;
    await time.advance(41 * 60_000);
    assert.deepEqual(
      sent.map(({ id }) => id),
      ['anomaly|search|2026-11-23T10'],
    );
    await alerts.close();
  });

  test('a ledger that cannot be read is told, and asked again', async () => {
    const { alerts, time, warned } = watching({ check: () => Promise.reject(new Error('no such table')) });
    await time.advance(600_000);
    assert.deepEqual(warned, Array(2).fill('alerts: could not be checked: internal error'));
    await alerts.close();
  });

  test('a rule that throws does not reach whoever settles', () => {
    const { alerts, warned } = watching({
      observe: () => {
        throw new Error('broken');
      },
    });
    alerts.observe(of({}));
    assert.equal(warned.length, 1);
  });

  test('the log has one line of JSON for each alert', () => {
    let text = '';
    const write = (line: string): void => {
      text += line;
    };
    const time = fakeTime(NOW_MS);
    const rules = [createThresholdRule(() => bookOf({ at: 0.5, does: 'warn' }))];
    const sinks = [createLogSink({ write })];
    createAlerts({ rules, sinks, clock: time, timers: time, warn: () => undefined }).observe(settlement(600n, 600n));
    assert.deepEqual(JSON.parse(text), {
      level: 'warn',
      event: 'turnpike.alert',
      kind: 'threshold',
      id: 'team-month|2026-11-01|0.5',
      at: '2026-11-23T10:20:00.000Z',
      message:
        'budget team-month|2026-11-01 reached 50 % of $0.0000: $0.0000 spent (warn), starts anew 2026-12-01T00:00:00.000Z',
      budget: 'team-month',
      account: 'team-month|2026-11-01',
      share: 0.5,
      does: ['warn'],
      settled_nano_usd: 600,
      limit_nano_usd: 1_000,
      resets_at: '2026-12-01T00:00:00.000Z',
    });
    assert.match(text, /^[^\n]+\n$/);
  });

  const sentences: readonly (readonly [Alert, RegExp])[] = [
    [
      {
        kind: 'anomaly',
        id: '',
        atMs: 0,
        team: 't',
        hourStartMs: 0,
        spentNano: 25_500_000_000n,
        usualNano: 1_234_567n,
        aboveNano: 0n,
      },
      /^team t spent \$25\.50 in the hour of 1970-01-01T00:00:00\.000Z, where \$0\.0012 is usual$/,
    ],
    [
      { kind: 'unattributed', id: '', atMs: 0, target: 'a/m', costNano: 1n, decisionId: '' },
      /^spend at a\/m that no team/,
    ],
  ];
  for (const [alert, sentence] of sentences) {
    test(`${alert.kind} is a sentence`, () => assert.match(String(alertDocument(alert)['message']), sentence));
  }
});
