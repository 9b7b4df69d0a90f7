/** Port: what finds something worth an alert, as money is settled or by looking now and then. */
import type { SettledFact, ShortFact } from '../flows/money.ts';
import type { Alert } from './alert.ts';

export interface AlertRule {
  /** Called for every settlement: must be quick, and must not throw. */
  observe?(fact: SettledFact, nowMs: number): readonly Alert[];
  /** Called for every hold that was refused for want of money: must be quick, and must not throw. */
  refused?(fact: ShortFact, nowMs: number): readonly Alert[];
  /** Called every few minutes; what it throws is told, and it is asked again. */
  check?(nowMs: number): Promise<readonly Alert[]>;
}

/** What most observations find. */
export const NO_ALERTS: readonly Alert[] = [];
