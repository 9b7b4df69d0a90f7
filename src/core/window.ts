/** Windows of budgets: when the one that is open now began, when the next begins, and how it is called. */
import type { BudgetWindow } from './budget.ts';
import { addDays, type Calendar, createCalendar, firstOfNextMonth, mondayOf } from './calendar.ts';

export interface OpenWindow {
  /** Unique among the windows of a budget, such as `2026-11-23` or `2026-11-23T14:00Z`. */
  readonly key: string;
  /** Milliseconds since the epoch; of a rolling or total window the beginning of time. */
  readonly startsAtMs: number;
  /** Undefined: never. */
  readonly resetsAtMs: number | undefined;
}

/** Before the length of a rolling window in milliseconds, which is so told by the keys of its accounts. */
const ROLLING = 'rolling-';
const TOTAL: OpenWindow = { key: 'total', startsAtMs: 0, resetsAtMs: undefined };
const HOUR_MS = 3_600_000;
/** Clocks change on quarter hours at the finest. */
const QUARTER_MS = 900_000;

/** The last one asked for of each: nearly every call falls into it. */
const open = new WeakMap<BudgetWindow, OpenWindow>();
const calendars = new Map<string, Calendar>();

/**
 * @returns the same object as before for as long as the window stays open
 * @throws Failure `invalid_request` when the runtime does not know the zone
 */
export function windowAt(window: BudgetWindow, nowMs: number): OpenWindow {
  if (window.kind === 'total') return TOTAL;
  const known = open.get(window);
  if (known !== undefined && nowMs >= known.startsAtMs && nowMs < (known.resetsAtMs ?? Infinity)) return known;
  const found = window.kind === 'rolling' ? rollingWindow(window) : calendarWindow(window, nowMs);
  open.set(window, found);
  return found;
}

const rollingWindow = ({ bucketMs, buckets }: Extract<BudgetWindow, { kind: 'rolling' }>): OpenWindow => ({
  key: `${ROLLING}${bucketMs * buckets}`,
  startsAtMs: 0,
  resetsAtMs: undefined,
});

function calendarOf(timeZone: string): Calendar {
  const known = calendars.get(timeZone);
  if (known !== undefined) return known;
  const calendar = createCalendar(timeZone);
  calendars.set(timeZone, calendar);
  return calendar;
}

function calendarWindow(window: Extract<BudgetWindow, { kind: 'calendar' }>, nowMs: number): OpenWindow {
  const { unit, timeZone } = window;
  const calendar = calendarOf(timeZone);
  if (unit === 'hour') return hourWindow(calendar, nowMs);
  const today = calendar.date(nowMs);
  const [from, to] =
    unit === 'day'
      ? [today, addDays(today, 1)]
      : unit === 'week'
        ? [mondayOf(today), addDays(mondayOf(today), 7)]
        : [`${today.slice(0, 7)}-01`, firstOfNextMonth(today)];
  return { key: from, startsAtMs: calendar.startOf(from), resetsAtMs: calendar.startOf(to) };
}

/** A local hour: an hour long, but where the clock changes by half of one. */
function hourWindow(calendar: Calendar, nowMs: number): OpenWindow {
  const hour = (atMs: number): string => calendar.hour(atMs).replace(/T(\d\d):\d\d/, 'T$1:00');
  const key = hour(nowMs);
  let startsAtMs = Math.floor(nowMs / QUARTER_MS) * QUARTER_MS;
  while (hour(startsAtMs - 1) === key) startsAtMs -= QUARTER_MS;
  let resetsAtMs = startsAtMs + QUARTER_MS;
  while (resetsAtMs < startsAtMs + 2 * HOUR_MS && hour(resetsAtMs) === key) resetsAtMs += QUARTER_MS;
  return { key, startsAtMs, resetsAtMs };
}

/** @param key of an account. @returns the length of its window in milliseconds, where that rolls */
export function rollingMs(key: string): number | undefined {
  const [, length] = /\|rolling-(\d+)$/.exec(key) ?? [];
  return length === undefined ? undefined : Number(length);
}
