/**
 * Alerts: what somebody should know of money before the bill says it. Amounts are nano-USD, times milliseconds since the
 * epoch. The id says what it is about, so the same thing has the same id wherever and however often it is found, and
 * whoever receives it can tell a repetition.
 */
import type { BudgetStep } from '../core/budget.ts';
import { formatInstant } from '../core/instant.ts';
import { presentNano } from '../core/present.ts';

export type Alert =
  /** A step of a budget was reached: `<account>|<share>`. */
  | {
      readonly kind: 'threshold';
      readonly id: string;
      readonly atMs: number;
      readonly budget: string;
      /** The budget, the values it is kept apart by, and its window. */
      readonly account: string;
      /** Share of the limit, 1 is full. */
      readonly share: number;
      /** What policy does from here on. */
      readonly does: readonly BudgetStep['does'][];
      readonly settledNano: bigint;
      readonly limitNano: bigint;
      readonly resetsAtMs?: number;
    }
  /** A team spends in an hour what it never does: `anomaly|<team>|<hour>`. */
  | {
      readonly kind: 'anomaly';
      readonly id: string;
      readonly atMs: number;
      readonly team: string;
      readonly hourStartMs: number;
      readonly spentNano: bigint;
      /** The median of its own history at this hour of the week. */
      readonly usualNano: bigint;
      /** From here on it is unusual. */
      readonly aboveNano: bigint;
    }
  /** A target was used that has no price, first of the day: `unpriced|<target>|<day>`. */
  | {
      readonly kind: 'unpriced';
      readonly id: string;
      readonly atMs: number;
      readonly target: string;
      readonly team: string;
      readonly decisionId: string;
    }
  /** Spend that no team answers for, first of the day: `unattributed|<target>|<day>`. */
  | {
      readonly kind: 'unattributed';
      readonly id: string;
      readonly atMs: number;
      readonly target: string;
      readonly costNano: bigint;
      readonly decisionId: string;
    };

/** Where alerts go. Must not throw, and nobody waits for it. */
export interface AlertSink {
  send(alert: Alert): void;
  /** Delivers what can be delivered soon. Never rejects. */
  close(): Promise<void>;
}

/** As it is told to others: JSON with amounts as numbers, beyond 2^53 as decimal text. */
export function alertDocument(alert: Alert): Readonly<Record<string, unknown>> {
  const head = { kind: alert.kind, id: alert.id, at: formatInstant(alert.atMs), message: alertText(alert) };
  switch (alert.kind) {
    case 'threshold':
      return {
        ...head,
        budget: alert.budget,
        account: alert.account,
        share: alert.share,
        does: alert.does,
        settled_nano_usd: presentNano(alert.settledNano),
        limit_nano_usd: presentNano(alert.limitNano),
        resets_at: alert.resetsAtMs === undefined ? null : formatInstant(alert.resetsAtMs),
      };
    case 'anomaly':
      return {
        ...head,
        team: alert.team,
        hour: formatInstant(alert.hourStartMs),
        spent_nano_usd: presentNano(alert.spentNano),
        usual_nano_usd: presentNano(alert.usualNano),
        above_nano_usd: presentNano(alert.aboveNano),
      };
    case 'unpriced':
      return { ...head, target: alert.target, team: alert.team, decision_id: alert.decisionId };
    case 'unattributed':
      return {
        ...head,
        target: alert.target,
        cost_nano_usd: presentNano(alert.costNano),
        decision_id: alert.decisionId,
      };
  }
}

/** One sentence, for a person. */
export function alertText(alert: Alert): string {
  switch (alert.kind) {
    case 'threshold': {
      const reset = alert.resetsAtMs === undefined ? '' : `, starts anew ${formatInstant(alert.resetsAtMs)}`;
      const does = alert.does.filter((one) => one !== 'alert');
      return `budget ${alert.account} reached ${percent(alert.share)} of ${usd(alert.limitNano)}: ${usd(alert.settledNano)} spent${does.length === 0 ? '' : ` (${does.join(', ')})`}${reset}`;
    }
    case 'anomaly':
      return `team ${alert.team} spent ${usd(alert.spentNano)} in the hour of ${formatInstant(alert.hourStartMs)}, where ${usd(alert.usualNano)} is usual`;
    case 'unpriced':
      return `target ${alert.target} was used and has no price`;
    case 'unattributed':
      return `spend at ${alert.target} that no team answers for`;
  }
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

const NANO_PER_CENT = 10_000_000n;

/** To the cent, and to four digits below a dollar: a sentence is for reading, the fields are exact. */
function usd(nano: bigint): string {
  const [unit, places] = nano < 100n * NANO_PER_CENT ? [100_000n, 4] : [NANO_PER_CENT, 2];
  const digits = ((nano + unit / 2n) / unit).toString().padStart(places + 1, '0');
  return `$${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
