/**
 * Rule: a team spends in this hour, or did in the one before, what it never does at this hour of the week
 * (`baseline.ts`). Its four weeks are read once an hour, the two hours at every check; a team is told of once in so long,
 * and every replica that looks gives the same hour the same id.
 */
import { formatInstant } from '../core/instant.ts';
import type { Alert } from './alert.ts';
import { BASELINE_WEEKS, HOUR_MS, type HourJudged, judgeHour, WEEK_MS } from './baseline.ts';
import type { AlertRule } from './rule.ts';

/** Port: what each team spent in each hour; a reader of the ledger is one. */
export interface HourlySpend {
  totals(query: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly by: readonly ['team'];
    readonly per: 'hour';
    readonly limit: number;
  }): Promise<readonly { readonly values: readonly string[]; readonly startMs?: number; readonly costNano: bigint }[]>;
}

export interface AnomalyOptions {
  /** Less in an hour is never unusual; default 5 USD. */
  readonly minimumNano?: bigint;
  /** A team is told of once in so long; default 6 hours. */
  readonly quietMs?: number;
}

type Spend = ReadonlyMap<string, ReadonlyMap<number, bigint>>;

const MINIMUM_NANO = 5_000_000_000n;
const QUIET_MS = 6 * HOUR_MS;
/** Rows of an answer: four weeks of hours of 1,000 teams. */
const MAX_ROWS = 700_000;

export function createAnomalyRule(history: HourlySpend, options: AnomalyOptions = {}): AlertRule {
  const { minimumNano = MINIMUM_NANO, quietMs = QUIET_MS } = options;
  const toldAtMs = new Map<string, number>();
  let past: { readonly hourMs: number; readonly spend: Spend } | undefined;

  return {
    async check(nowMs) {
      const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
      if (past?.hourMs !== hourMs) {
        const fromMs = hourMs - BASELINE_WEEKS * WEEK_MS - 2 * HOUR_MS;
        past = { hourMs, spend: await readSpend(history, fromMs, hourMs - HOUR_MS) };
      }
      const recent = await readSpend(history, hourMs - HOUR_MS, hourMs + HOUR_MS);
      const alerts: Alert[] = [];
      for (const [team, hours] of recent) {
        const last = toldAtMs.get(team);
        if (last !== undefined && nowMs - last < quietMs) continue;
        const spend = new Map([...(past.spend.get(team) ?? []), ...hours]);
        for (const atMs of [hourMs - HOUR_MS, hourMs]) {
          const judged = judgeHour(spend, atMs, minimumNano);
          if (judged?.unusual !== true) continue;
          toldAtMs.set(team, nowMs);
          alerts.push(anomaly(team, atMs, judged, nowMs));
          break;
        }
      }
      return alerts;
    },
  };
}

async function readSpend(history: HourlySpend, fromMs: number, toMs: number): Promise<Spend> {
  const rows = await history.totals({ fromMs, toMs, by: ['team'], per: 'hour', limit: MAX_ROWS });
  const spend = new Map<string, Map<number, bigint>>();
  for (const { values, startMs, costNano } of rows) {
    const [team] = values;
    if (team === undefined || startMs === undefined) continue;
    const hours = spend.get(team) ?? new Map<number, bigint>();
    hours.set(startMs, costNano);
    spend.set(team, hours);
  }
  return spend;
}

const anomaly = (team: string, hourStartMs: number, judged: HourJudged, atMs: number): Alert => ({
  kind: 'anomaly',
  id: `anomaly|${team}|${formatInstant(hourStartMs).slice(0, 'YYYY-MM-DDTHH'.length)}`,
  atMs,
  team,
  hourStartMs,
  spentNano: judged.spentNano,
  usualNano: judged.usualNano,
  aboveNano: judged.aboveNano,
});
