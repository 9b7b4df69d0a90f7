/** State of budgets as a document of JSON, the same for pipes, HTTP and gRPC: who runs out first stands first. */
import { type Budget, utilizationOf } from '../../core/budget.ts';
import type { RunsOut } from '../../core/forecast.ts';
import { formatInstant } from '../../core/instant.ts';
import { instantText, nanoText } from '../format/json.ts';
import type { BudgetState } from './read-states.ts';

/** Moments are RFC 3339, amounts decimal text in nano-USD; null is what nobody knows or has. */
export interface BudgetsDocument {
  readonly at: string;
  readonly budgets: readonly BudgetDocument[];
}

export interface BudgetDocument {
  readonly id: string;
  readonly title: string | null;
  /** What it covers. */
  readonly scope: Readonly<Record<string, string>>;
  /** What it is kept apart by, and of which values this is; null: nothing was spent by any. */
  readonly each: Readonly<Record<string, string | null>>;
  /** Such as `month Europe/Berlin`, `30 d rolling`, `total`. */
  readonly window: string;
  readonly starts_at: string | null;
  readonly resets_at: string | null;
  readonly limit_nano_usd: string;
  /** Where it denies; null: never. */
  readonly ceiling_nano_usd: string | null;
  readonly settled_nano_usd: string;
  /** For calls in flight; null: whoever answers does not know. */
  readonly held_nano_usd: string | null;
  /** Settled as a share of the limit. */
  readonly utilization: number;
  /** The last step that was reached. */
  readonly reached: { readonly at: number; readonly does: string } | null;
  readonly forecast: ForecastDocument;
}

export interface ForecastDocument {
  readonly until: string;
  readonly expected_nano_usd: string;
  readonly low_nano_usd: string;
  readonly high_nano_usd: string;
  readonly weeks_of_history: number;
  readonly runs_out: 'already' | 'expected' | 'possible' | 'not_before_end';
  readonly runs_out_at: string | null;
  readonly earliest: string | null;
  readonly latest: string | null;
}

export function budgetsDocument(atMs: number, states: readonly BudgetState[]): BudgetsDocument {
  return { at: formatInstant(atMs), budgets: states.toSorted(inOrder).map(stateDocument) };
}

function stateDocument({ budget, values, forecast, ...state }: BudgetState): BudgetDocument {
  const { runsOut } = forecast;
  return {
    id: budget.id,
    title: budget.title ?? null,
    scope: Object.fromEntries(budget.where),
    each: Object.fromEntries(budget.each.map((dimension, place) => [dimension, values?.[place] ?? null])),
    window: windowName(budget),
    starts_at: instantText(state.startsAtMs),
    resets_at: instantText(state.resetsAtMs),
    limit_nano_usd: String(budget.limitNano),
    ceiling_nano_usd: nanoText(budget.ceilingNano),
    settled_nano_usd: String(state.settledNano),
    held_nano_usd: nanoText(state.heldNano),
    utilization: utilizationOf(state.settledNano, budget.limitNano),
    reached: state.step === undefined ? null : { at: state.step.at, does: state.step.does },
    forecast: {
      until: formatInstant(state.horizonMs),
      expected_nano_usd: String(forecast.expectedNano),
      low_nano_usd: String(forecast.lowNano),
      high_nano_usd: String(forecast.highNano),
      weeks_of_history: forecast.weeks,
      runs_out: runsOut.kind === 'not-before-end' ? 'not_before_end' : runsOut.kind,
      runs_out_at: instantText('atMs' in runsOut ? runsOut.atMs : undefined),
      earliest: instantText('earliestMs' in runsOut ? runsOut.earliestMs : undefined),
      latest: instantText('latestMs' in runsOut ? runsOut.latestMs : undefined),
    },
  };
}

function windowName({ window }: Budget): string {
  switch (window.kind) {
    case 'calendar':
      return window.timeZone === 'UTC' ? window.unit : `${window.unit} ${window.timeZone}`;
    case 'rolling':
      return `${durationText(window.bucketMs * window.buckets)} rolling`;
    case 'total':
      return 'total';
  }
}

const MINUTE_MS = 60_000;

/** Such as `40 min`, `6 h`, `3 d`. */
export function durationText(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} d`;
}

function inOrder(a: BudgetState, b: BudgetState): number {
  const first = urgency(a.forecast.runsOut) - urgency(b.forecast.runsOut);
  if (first !== 0) return first;
  const share = utilizationOf(b.settledNano, b.budget.limitNano) - utilizationOf(a.settledNano, a.budget.limitNano);
  return share === 0 ? compare(nameOf(a), nameOf(b)) : share;
}

const nameOf = ({ budget, values }: BudgetState): string => [budget.id, ...(values ?? [])].join(' ');

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The moment at which it is spent; what is only possible behind every moment, what lasts last. */
function urgency(runsOut: RunsOut): number {
  switch (runsOut.kind) {
    case 'already':
      return 0;
    case 'expected':
      return runsOut.atMs;
    case 'possible':
      return Number.MAX_SAFE_INTEGER - 1;
    case 'not-before-end':
      return Number.MAX_SAFE_INTEGER;
  }
}
