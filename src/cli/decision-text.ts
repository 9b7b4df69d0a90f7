/** A decision as a person reads it. */
import pc from 'picocolors';
import type { HoldTerms, RouteStep } from '../core/decision.ts';
import type { NanoOnWire, PresentedDecision, PresentedEstimate } from '../core/present.ts';
import { printable } from './failure-text.ts';

type Colors = ReturnType<typeof pc.createColors>;

export function decisionText(decision: PresentedDecision, color: boolean): string {
  const colors = pc.createColors(color);
  const lines = [headline(decision, colors)];
  for (const reason of decision.reasons) {
    lines.push(field('reason', `${reason.message} (${reason.code}, ${reason.rule})`));
  }
  lines.push(...routeTable(decision.route, colors));
  const estimate = estimateText(decision.estimate);
  if (estimate !== undefined) lines.push(field('estimate', estimate));
  lines.push(...allowance(decision));
  if (decision.retry_after_ms !== undefined) lines.push(field('try again', `in ${seconds(decision.retry_after_ms)}`));
  for (const { kind, value } of decision.obligations) lines.push(field('obligation', `${kind} ${value}`));
  if (decision.budgets.length > 0) lines.push(field('budgets', decision.budgets.join(', ')));
  if (decision.limits.length > 0) lines.push(field('limits', decision.limits.join(', ')));
  const { revision, digest } = decision.policy;
  lines.push(colors.dim(field('policy', `${revision} ${digest.slice(0, 'sha256:'.length + 12)}`)));
  lines.push(colors.dim(field('decision', `${decision.id} at ${decision.decided_at}`)));
  return `${lines.join('\n')}\n`;
}

function headline(decision: PresentedDecision, colors: Colors): string {
  const paint = { allow: colors.green, deny: colors.red, throttle: colors.yellow }[decision.outcome];
  const { team, application, environment, cost_center: costCenter } = decision.attribution;
  const who = `team ${team}, application ${application}, environment ${environment}`;
  const center = costCenter === undefined ? '' : `, cost centre ${costCenter}`;
  return `${colors.bold(paint(decision.outcome.toUpperCase()))}  ${printable(who + center)}`;
}

function routeTable(route: readonly RouteStep[], colors: Colors): readonly string[] {
  if (route.length === 0) return [];
  const header = ['', 'target', 'output', 'retries', 'connect', 'first token', 'idle', 'total'];
  const rows = route.map((step, index) => [
    String(index + 1),
    printable(step.target),
    String(step.max_output_tokens),
    String(step.retries),
    seconds(step.timeouts.connect_ms),
    seconds(step.timeouts.first_token_ms),
    seconds(step.timeouts.idle_ms),
    seconds(step.timeouts.total_ms),
  ]);
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [`  ${colors.dim(line(header))}`, ...rows.map((row) => `  ${line(row)}`)];
}

function allowance(decision: PresentedDecision): readonly string[] {
  const lines: string[] = [];
  if (decision.envelope !== undefined) {
    const { deadline_ms: deadlineMs, max_attempts: attempts, max_cost_nano_usd: cost } = decision.envelope;
    lines.push(field('at most', `${seconds(deadlineMs)}, ${attempts} attempts, ${dollars(cost)}`));
  }
  if (decision.fallback_on !== undefined && decision.fallback_on.length > 0) {
    lines.push(field('falls back', `on ${decision.fallback_on.join(', ')}`));
  }
  if (decision.hedge !== undefined) lines.push(field('hedges', `after ${seconds(decision.hedge.after_ms)}`));
  if (decision.hold !== undefined) lines.push(field('if short', holdText(decision.hold)));
  return lines;
}

function holdText(hold: HoldTerms): string {
  const { wait_ms: waitMs = 0, clamp = false, when_away: whenAway = 'deny', allowance_nano_usd: allowed = 0 } = hold;
  const now = [...(waitMs > 0 ? [`waits ${seconds(waitMs)}`] : []), ...(clamp ? ['caps output'] : [])];
  return `${now.length === 0 ? 'does not wait' : now.join(', ')}; ${awayText(whenAway, allowed)}`;
}

function awayText(whenAway: NonNullable<HoldTerms['when_away']>, allowed: NanoOnWire): string {
  switch (whenAway) {
    case 'deny':
      return 'denied where budgets cannot be asked';
    case 'allowance':
      return `${dollars(allowed)} of each budget where they cannot be asked`;
    case 'record':
      return 'only recorded where budgets cannot be asked';
  }
}

function estimateText(estimate: PresentedEstimate): string | undefined {
  switch (estimate.kind) {
    case 'none':
      return undefined;
    case 'unpriced':
      return `${estimate.target} has no price`;
    case 'uncounted':
      return 'unknown: the call does not say its input tokens';
    case 'priced': {
      const parts = `input ${dollars(estimate.input_nano_usd)}, output ${dollars(estimate.output_nano_usd)}`;
      return `${dollars(estimate.total_nano_usd)} at most at ${estimate.target} (${parts}; prices ${estimate.price_id})`;
    }
  }
}

/** Nano-USD as dollars, every digit that is not zero kept: 4512000 is `$0.004512`. */
export function dollars(nano: NanoOnWire): string {
  const amount = BigInt(nano);
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '').padEnd(2, '0');
  return `${sign}$${digits.slice(0, -9)}.${fraction}`;
}

const seconds = (durationMs: number): string =>
  durationMs < 1000 ? `${durationMs} ms` : `${Number((durationMs / 1000).toFixed(1))} s`;

const field = (name: string, value: string): string => `  ${name.padEnd(11)}${printable(value)}`;
