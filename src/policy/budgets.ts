/**
 * `data.budgets`, `data.budget_rules` and `data.limits` of a bundle → the book of budgets and limits. Whatever is not
 * understood is refused: a slip of the pen in a budget costs money.
 */
import type {
  Budget,
  BudgetBook,
  BudgetStep,
  BudgetWindow,
  Limit,
  Rate,
  Scope,
  ScopeDimension,
} from '../core/budget.ts';
import { Failure } from '../core/failure.ts';
import { windowAt } from '../core/window.ts';
import { isObject } from './bundle/bundle.ts';

type Fields = Readonly<Record<string, unknown>>;

const MAX_BUDGETS = 10_000;
const MAX_STEPS = 16;
/** Stores of accounts count in doubles. */
const MAX_NANO = BigInt(Number.MAX_SAFE_INTEGER);
const HOUR_MS = 3_600_000;
const UNITS = ['hour', 'day', 'week', 'month'] as const;
const DEEDS = ['warn', 'downgrade', 'deny', 'alert'] as const;
/** As data spells them. */
const DIMENSIONS: ReadonlyMap<string, Exclude<ScopeDimension, `tag:${string}`>> = new Map([
  ['team', 'team'],
  ['application', 'application'],
  ['environment', 'environment'],
  ['cost_center', 'cost_center'],
  ['key', 'key_id'],
  ['subject', 'subject'],
  ['target', 'target'],
  ['provider', 'provider'],
  ['model', 'model'],
]);
/** A value that stands for each one by itself. */
const EACH = '*';
const PER_MS: ReadonlyMap<string, number> = new Map([
  ['second', 1_000],
  ['minute', 60_000],
  ['hour', HOUR_MS],
  ['day', 24 * HOUR_MS],
]);
const OF_TARGETS: ReadonlySet<ScopeDimension> = new Set(['target', 'provider', 'model']);
/** As the schema of a decision bounds them, which names them. */
const MAX_ID_LENGTH = 128;
const STEP_FIELDS = ['at', 'do', 'to'];
const BUDGET_FIELDS = ['title', 'scope', 'window', 'time_zone', 'limit_nano_usd', 'rules'];
const RATE_FIELDS = ['requests', 'tokens'].flatMap((what) => [...PER_MS.keys()].map((per) => `${what}_per_${per}`));
const LIMIT_FIELDS = ['title', 'scope', 'concurrency', 'burst_requests', 'burst_tokens', ...RATE_FIELDS];

/** @throws Failure `bundle_invalid` that names the place and the rule */
export function compileBudgets(data: unknown): BudgetBook {
  const rules = entriesOf(data, 'budget_rules').map(([name, steps]) => [name, readSteps(name, steps)] as const);
  const named = new Map(rules);
  return {
    budgets: new Map(entriesOf(data, 'budgets').map(([id, budget]) => [id, readBudget(id, budget, named)])),
    limits: new Map(entriesOf(data, 'limits').map(([id, limit]) => [id, readLimit(id, limit)])),
  };
}

function entriesOf(data: unknown, name: string): readonly (readonly [id: string, value: unknown])[] {
  const found = isObject(data) ? data[name] : undefined;
  if (found === undefined) return [];
  if (!isObject(found)) throw wrong(`data.${name}`, 'must be an object');
  const entries = Object.entries(found);
  if (entries.length > MAX_BUDGETS) throw wrong(`data.${name}`, `must have at most ${MAX_BUDGETS} entries`);
  // The sign between the parts of the key of an account: two must never be called the same.
  const unfit = entries.find(([id]) => id === '' || id.length > MAX_ID_LENGTH || id.includes('|'));
  if (unfit !== undefined) {
    const rule = `an id must have 1 to ${MAX_ID_LENGTH} characters, and no "|"`;
    throw wrong(`data.${name}["${unfit[0].slice(0, 64)}"]`, rule);
  }
  return entries;
}

function readSteps(name: string, steps: unknown): readonly BudgetStep[] {
  const at = `data.budget_rules["${name}"]`;
  if (!Array.isArray(steps) || steps.length > MAX_STEPS)
    throw wrong(at, `must be an array of at most ${MAX_STEPS} steps`);
  return steps.map((step: unknown, index) => readStep(`${at}[${index}]`, step)).toSorted((a, b) => a.at - b.at);
}

function readStep(at: string, step: unknown): BudgetStep {
  const { at: share, do: deed, to } = known(at, step, STEP_FIELDS);
  if (typeof share !== 'number' || !(share > 0 && share <= 1000)) {
    throw wrong(`${at}.at`, 'must be a number above 0 and at most 1000, where 1 is full');
  }
  const does = DEEDS.find((one) => one === deed);
  if (does === undefined) throw wrong(`${at}.do`, `must be one of ${DEEDS.join(', ')}`);
  if (does === 'downgrade' ? typeof to !== 'string' : to !== undefined) {
    throw wrong(`${at}.to`, 'must be the tier of a downgrade, and is of nothing else');
  }
  return { at: share, does };
}

function readBudget(id: string, budget: unknown, rules: ReadonlyMap<string, readonly BudgetStep[]>): Budget {
  const at = `data.budgets["${id}"]`;
  const fields = known(at, budget, BUDGET_FIELDS);
  const steps = rules.get(String(fields['rules']));
  if (steps === undefined) throw wrong(`${at}.rules`, 'must name one of data.budget_rules');
  const limit = integer(`${at}.limit_nano_usd`, fields['limit_nano_usd'], Number.MAX_SAFE_INTEGER);
  const denies = steps.find(({ does }) => does === 'deny');
  const ceilingNano = denies === undefined ? undefined : shareOf(BigInt(limit), denies.at);
  if (ceilingNano !== undefined && ceilingNano > MAX_NANO) {
    throw wrong(`${at}.limit_nano_usd`, `must deny at 2^53 - 1 or less (actual: ${ceilingNano})`);
  }
  return {
    id,
    ...readTitle(at, fields),
    ...readScope(`${at}.scope`, fields['scope']),
    window: readWindow(at, fields),
    limitNano: BigInt(limit),
    ...(ceilingNano === undefined ? undefined : { ceilingNano }),
    steps,
  };
}

/** Exact: the share as it is written, in decimal; rounded down. */
function shareOf(nano: bigint, share: number): bigint {
  const [whole = '0', fraction = ''] = (/e/.test(String(share)) ? share.toFixed(20) : String(share)).split('.');
  return (nano * BigInt(whole + fraction)) / 10n ** BigInt(fraction.length);
}

function readWindow(at: string, fields: Fields): BudgetWindow {
  const { window, time_zone: zone } = fields;
  const isEndless = isObject(window) || window === 'total';
  if (isEndless && zone !== undefined) throw wrong(`${at}.time_zone`, 'is of hours, days, weeks and months only');
  if (isObject(window)) {
    const hours = window['rolling_hours'];
    const days = window['rolling_days'];
    if ((hours === undefined) === (days === undefined) || Object.keys(window).length > 1) {
      throw wrong(`${at}.window`, 'must say one of rolling_hours and rolling_days');
    }
    return days === undefined
      ? { kind: 'rolling', bucketMs: HOUR_MS / 4, buckets: 4 * integer(`${at}.window.rolling_hours`, hours, 168) }
      : { kind: 'rolling', bucketMs: HOUR_MS, buckets: 24 * integer(`${at}.window.rolling_days`, days, 31) };
  }
  if (window === 'total') return { kind: 'total' };
  const unit = UNITS.find((one) => one === window);
  if (unit === undefined) {
    throw wrong(`${at}.window`, `must be one of ${UNITS.join(', ')}, total, or say rolling_hours or rolling_days`);
  }
  const calendar: BudgetWindow = { kind: 'calendar', unit, timeZone: zone === undefined ? 'UTC' : String(zone) };
  try {
    windowAt(calendar, 0);
  } catch (cause) {
    throw new Failure('bundle_invalid', `${at}.time_zone: must be the IANA name of a time zone`, { cause });
  }
  return calendar;
}

function readScope(at: string, scope: unknown): Scope {
  if (!isObject(scope)) throw wrong(at, 'must be an object; {} covers everybody');
  const where = new Map<ScopeDimension, string>();
  const each: ScopeDimension[] = [];
  const note = (place: string, dimension: ScopeDimension, value: unknown): void => {
    if (typeof value !== 'string' || value === '') throw wrong(place, 'must be a text');
    if (value === EACH) each.push(dimension);
    else where.set(dimension, value);
  };
  for (const [name, value] of Object.entries(scope)) {
    const dimension = DIMENSIONS.get(name);
    if (dimension !== undefined) note(`${at}.${name}`, dimension, value);
    else if (name === 'tags' && isObject(value)) {
      for (const [tag, wanted] of Object.entries(value)) note(`${at}.tags.${tag}`, `tag:${tag}`, wanted);
    } else throw wrong(`${at}.${name.slice(0, 64)}`, `is none of ${[...DIMENSIONS.keys()].join(', ')}, tags`);
  }
  return { where, each };
}

function readLimit(id: string, limit: unknown): Limit {
  const at = `data.limits["${id}"]`;
  const fields = known(at, limit, LIMIT_FIELDS);
  const requests = readRate(at, fields, 'requests');
  const tokens = readRate(at, fields, 'tokens');
  const places = fields['concurrency'];
  if (requests === undefined && tokens === undefined && places === undefined) throw wrong(at, 'limits nothing');
  const scope = readScope(`${at}.scope`, fields['scope']);
  const ofTarget = [...scope.where.keys(), ...scope.each].find((dimension) => OF_TARGETS.has(dimension));
  // Limits are taken before a target is chosen: it would never limit anything.
  if (ofTarget !== undefined) throw wrong(`${at}.scope.${ofTarget}`, 'limits are of callers, not of targets');
  readTitle(at, fields);
  return {
    id,
    ...scope,
    ...(requests === undefined ? undefined : { requests }),
    ...(tokens === undefined ? undefined : { tokens }),
    ...(places === undefined ? undefined : { concurrency: integer(`${at}.concurrency`, places, 1_000_000) }),
  };
}

/** A burst is all that the time of the rate brings, where nothing else is said. */
function readRate(at: string, fields: Fields, what: 'requests' | 'tokens'): Rate | undefined {
  const said = [...PER_MS].filter(([per]) => fields[`${what}_per_${per}`] !== undefined);
  const [first] = said;
  const burst = fields[`burst_${what}`];
  if (first === undefined) {
    if (burst !== undefined) throw wrong(`${at}.burst_${what}`, `is of a rate of ${what}, which is not there`);
    return undefined;
  }
  if (said.length > 1) throw wrong(at, `says ${what} twice`);
  const [per, perMs] = first;
  const units = integer(`${at}.${what}_per_${per}`, fields[`${what}_per_${per}`], Number.MAX_SAFE_INTEGER);
  return {
    units,
    perMs,
    burst: burst === undefined ? units : integer(`${at}.burst_${what}`, burst, Number.MAX_SAFE_INTEGER),
  };
}

function readTitle(at: string, fields: Fields): { readonly title?: string } {
  const { title } = fields;
  if (title === undefined) return {};
  if (typeof title !== 'string') throw wrong(`${at}.title`, 'must be a text');
  return { title };
}

function known(at: string, value: unknown, fields: readonly string[]): Fields {
  if (!isObject(value)) throw wrong(at, 'must be an object');
  const stranger = Object.keys(value).find((name) => !fields.includes(name));
  if (stranger !== undefined) throw wrong(`${at}.${stranger.slice(0, 64)}`, `is none of ${fields.join(', ')}`);
  return value;
}

function integer(at: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw wrong(at, `must be an integer from 1 to ${most}`);
}

const wrong = (at: string, rule: string): Failure => new Failure('bundle_invalid', `${at}: ${rule}`);
