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

/** The last window of each kind and zone: nearly every call falls into it. */
const open = new Map<string, OpenWindow>();
const calendars = new Map<string, Calendar>();

/** @throws Failure `invalid_request` when the runtime does not know the zone */
export function windowAt(window: BudgetWindow, nowMs: number): OpenWindow {
  switch (window.kind) {
    case 'rolling':
      return { key: `${ROLLING}${window.bucketMs * window.buckets}`, startsAtMs: 0, resetsAtMs: undefined };
    case 'total':
      return TOTAL;
    case 'calendar': {
      const name = `${window.unit} ${window.timeZone}`;
      const known = open.get(name);
      if (known !== undefined && nowMs >= known.startsAtMs && nowMs < (known.resetsAtMs ?? 0)) return known;
      const found = calendarWindow(window.unit, calendarOf(window.timeZone), nowMs);
      open.set(name, found);
      return found;
    }
  }
}

function calendarOf(timeZone: string): Calendar {
  const known = calendars.get(timeZone);
  if (known !== undefined) return known;
  const calendar = createCalendar(timeZone);
  calendars.set(timeZone, calendar);
  return calendar;
}

type Unit = Extract<BudgetWindow, { kind: 'calendar' }>['unit'];

function calendarWindow(unit: Unit, calendar: Calendar, nowMs: number): OpenWindow {
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
