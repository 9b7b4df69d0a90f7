/** Rules: a target without a price was used, or spend that no team answers for; each is told once a day (UTC). */
import { formatInstant } from '../core/instant.ts';
import type { LedgerEntry } from '../core/ledger-entry.ts';
import type { Alert } from './alert.ts';
import { type AlertRule, NO_ALERTS } from './rule.ts';

const DAY_MS = 86_400_000;
/** Names of no team, as decisions and reports without one have them. */
const NOBODY: ReadonlySet<string> = new Set(['', 'unknown', 'unattributed']);

export function createUnpricedRule(): AlertRule {
  const isFirst = firstOfDay();
  return {
    observe: ({ entry }, nowMs) =>
      entry.cost.kind === 'unpriced' && isFirst(entry.target, nowMs) ? [unpriced(entry, nowMs)] : NO_ALERTS,
  };
}

export function createUnattributedRule(): AlertRule {
  const isFirst = firstOfDay();
  return {
    observe: ({ entry }, nowMs) =>
      NOBODY.has(entry.attribution.team) && entry.cost.kind !== 'none' && isFirst(entry.target, nowMs)
        ? [unattributed(entry, nowMs)]
        : NO_ALERTS,
  };
}

function firstOfDay(): (target: string, nowMs: number) => boolean {
  const seen = new Set<string>();
  let today = Number.NaN;
  return (target, nowMs) => {
    const day = Math.floor(nowMs / DAY_MS);
    if (day !== today) {
      seen.clear();
      today = day;
    }
    if (seen.has(target)) return false;
    seen.add(target);
    return true;
  };
}

const dayOf = (nowMs: number): string => formatInstant(nowMs).slice(0, 'YYYY-MM-DD'.length);

const unpriced = ({ target, attribution, decisionId }: LedgerEntry, atMs: number): Alert => ({
  kind: 'unpriced',
  id: `unpriced|${target}|${dayOf(atMs)}`,
  atMs,
  target,
  team: attribution.team,
  decisionId,
});

const unattributed = ({ target, chargedNano, cost, decisionId }: LedgerEntry, atMs: number): Alert => ({
  kind: 'unattributed',
  id: `unattributed|${target}|${dayOf(atMs)}`,
  atMs,
  target,
  costNano: cost.kind === 'priced' ? cost.items.totalNano : chargedNano,
  decisionId,
});
