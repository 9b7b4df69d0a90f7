/**
 * Owns alerts: what of the money that is settled somebody should know at once. May import core and flows. It stands
 * beside the path of a call and never in it: a rule or a receiver that fails is told to `warn`, and nobody waits.
 */
import { Failure } from '../core/failure.ts';
import type { SettledFact, ShortFact } from '../flows/money.ts';
import type { Alert, AlertSink } from './alert.ts';
import type { AlertRule } from './rule.ts';

export interface AlertDependencies {
  readonly rules: readonly AlertRule[];
  readonly sinks: readonly AlertSink[];
  readonly clock: { nowMs(): number };
  /** Runs once after so many milliseconds; what it returns cancels that. */
  readonly timers: AlertTimers;
  readonly warn: (message: string) => void;
}

export interface AlertTimers {
  after(ms: number, run: () => void): () => void;
}

export interface AlertOptions {
  /** Between two checks; default 5 minutes. */
  readonly checkEveryMs?: number;
}

export interface Alerts {
  /** Told of every settlement. Does not throw. */
  observe(fact: SettledFact): void;
  /** Told of every hold that was refused because an account is full. Does not throw. */
  refused(fact: ShortFact): void;
  /** Looks now; by itself it does every few minutes. Never rejects. */
  check(): Promise<void>;
  /** No check any more; what waits to be delivered is, for a short while. */
  close(): Promise<void>;
}

const CHECK_EVERY_MS = 300_000;

export function createAlerts(dependencies: AlertDependencies, options: AlertOptions = {}): Alerts {
  const { rules, sinks, clock, timers, warn } = dependencies;
  const { checkEveryMs = CHECK_EVERY_MS } = options;
  const checked = rules.filter((rule) => rule.check !== undefined);
  let closed = false;

  const tell = (alert: Alert): void => {
    for (const sink of sinks) sink.send(alert);
  };

  const guarded = (look: (rule: AlertRule, nowMs: number) => readonly Alert[] | undefined): void => {
    try {
      const nowMs = clock.nowMs();
      for (const rule of rules) look(rule, nowMs)?.forEach(tell);
    } catch (reason) {
      warn(`alerts: a settlement could not be looked at: ${Failure.from(reason).message}`);
    }
  };

  const check = async (): Promise<void> => {
    for (const rule of checked) {
      try {
        const alerts = (await rule.check?.(clock.nowMs())) ?? [];
        if (!closed) alerts.forEach(tell);
      } catch (reason) {
        warn(`alerts: could not be checked: ${Failure.from(reason).message}`);
      }
    }
  };

  let cancel: () => void = () => undefined;
  const checkLater = (): void => {
    if (closed || checked.length === 0) return;
    cancel = timers.after(checkEveryMs, () => void check().then(checkLater));
  };
  checkLater();

  return {
    observe: (fact) => guarded((rule, nowMs) => rule.observe?.(fact, nowMs)),
    refused: (fact) => guarded((rule, nowMs) => rule.refused?.(fact, nowMs)),
    check,
    async close() {
      closed = true;
      cancel();
      await Promise.all(sinks.map((sink) => sink.close()));
    },
  };
}
