/**
 * The weekly report, read from sums that the ledger keeps. A week is from Monday to Monday of a time zone; while it is
 * not over, the weeks before are cut as long after their Monday, so that like is told beside like.
 */
import { addDays, type Calendar, createCalendar, mondayOf, mondayOfWeek, weekName } from '../core/calendar.ts';
import type { Dimension, LedgerReader, Period, TotalsRow, Where } from './ledger-reader.ts';
import { ratio } from './money.ts';
import { byCost, NOTHING, plus, type Sums, sumOf, tokensOf } from './sums.ts';
import type { Doubt, Line, Part, TeamLine, WeeklyQuestion, WeeklyReport } from './weekly-report.ts';
import { type Cell, explain, NO_CHANGE, plusWhy, type Why } from './why.ts';

const BASELINE_WEEKS = 4;
const MOST_ROWS = 100_000;

/** @throws Failure `invalid_request` on a week or a zone that is none; what the reader throws */
export async function weekly(reader: LedgerReader, question: WeeklyQuestion): Promise<WeeklyReport> {
  const calendar = createCalendar(question.timeZone);
  const monday = question.week === undefined ? mondayOf(calendar.date(question.nowMs)) : mondayOfWeek(question.week);
  const weeks = weeksOf(calendar, monday, question.nowMs);
  const found = await read(reader, weeks, question.team);
  const lines = linesOf(found, question);
  const all = sumOf(lines.map((line) => line.sums)).costNano;
  const told = lines.filter((line) => question.team === undefined || line.team === question.team);
  return {
    week: weekName(monday),
    timeZone: question.timeZone,
    fromMs: weeks.current.fromMs,
    toMs: weeks.endMs,
    throughMs: weeks.current.toMs,
    complete: weeks.current.toMs === weeks.endMs,
    days: weeks.days.map(({ date }) => date),
    total: totalOf(found, told),
    teams: told.map((line) => ({
      ...line,
      ...present('share', ratio(line.sums.costNano, all)),
      rank: lines.filter((other) => other.sums.costNano > line.sums.costNano).length + 1,
    })),
    teamCount: lines.length,
    doubts: found.doubts,
  };
}

interface Weeks {
  readonly current: Period;
  readonly endMs: number;
  /** The week before, then the one before that, as many as the baseline takes. */
  readonly before: readonly Period[];
  readonly days: readonly (Period & { readonly date: string })[];
}

function weeksOf(calendar: Calendar, monday: string, nowMs: number): Weeks {
  const fromMs = calendar.startOf(monday);
  const endMs = calendar.startOf(addDays(monday, 7));
  const toMs = Math.min(endMs, Math.max(fromMs, Math.floor(nowMs)));
  const before = Array.from({ length: BASELINE_WEEKS }, (_, back): Period => {
    const start = calendar.startOf(addDays(monday, -7 * (back + 1)));
    const end = calendar.startOf(addDays(monday, -7 * back));
    return { fromMs: start, toMs: toMs === endMs ? end : Math.min(end, start + (toMs - fromMs)) };
  });
  const days = Array.from({ length: 7 }, (_, index) => {
    const date = addDays(monday, index);
    const nextMs = calendar.startOf(addDays(monday, index + 1));
    return { date, fromMs: calendar.startOf(date), toMs: Math.min(toMs, nextMs) };
  }).filter((day) => day.toMs > day.fromMs);
  return { current: { fromMs, toMs }, endMs, before, days };
}

/** Sums by team, and each team's cells and applications. */
interface Found {
  readonly days: readonly ReadonlyMap<string, Sums>[];
  readonly before: readonly ReadonlyMap<string, Sums>[];
  readonly models: ReadonlyMap<string, readonly TotalsRow[]>;
  readonly modelsBefore: ReadonlyMap<string, readonly TotalsRow[]>;
  readonly applications: ReadonlyMap<string, readonly TotalsRow[]>;
  readonly doubts: readonly Doubt[];
}

async function read(reader: LedgerReader, weeks: Weeks, team: string | undefined): Promise<Found> {
  const rows = (period: Period, by: readonly Dimension[], where: Where = {}): Promise<readonly TotalsRow[]> =>
    period.toMs <= period.fromMs
      ? Promise.resolve([])
      : reader.totals({ fromMs: period.fromMs, toMs: period.toMs, by, where, limit: MOST_ROWS });
  // What only one team's line shows is read for that team; its rank needs the costs of all.
  const own: Where = team === undefined ? {} : { team };
  const [lastWeek = weeks.current] = weeks.before;
  const [days, before, models, modelsBefore, applications, doubts] = await Promise.all([
    Promise.all(weeks.days.map((day) => rows(day, ['team']))),
    Promise.all(weeks.before.map((week) => rows(week, ['team']))),
    rows(weeks.current, ['team', 'target', 'certainty'], own),
    rows(lastWeek, ['team', 'target', 'certainty'], own),
    rows(weeks.current, ['team', 'application'], own),
    readDoubts((where) => rows(weeks.current, [], { ...own, ...where }), team),
  ]);
  return {
    days: days.map(sumsByTeam),
    before: before.map(sumsByTeam),
    models: byTeam(models),
    modelsBefore: byTeam(modelsBefore),
    applications: byTeam(applications),
    doubts,
  };
}

const DOUBTFUL = ['estimated', 'unpriced', 'unknown'] as const;
const ATTRIBUTED = ['team', 'application', 'environment'] as const;

async function readDoubts(
  rows: (where: Where) => Promise<readonly TotalsRow[]>,
  team: string | undefined,
): Promise<readonly Doubt[]> {
  const [all, ...without] = await Promise.all([
    rows({}),
    ...ATTRIBUTED.map((name) =>
      name === 'team' && team !== undefined && team !== '' ? Promise.resolve([]) : rows({ [name]: '' }),
    ),
  ]);
  const { certainty } = sumOf(all);
  const unattributed = ATTRIBUTED.map((name, index): Doubt => {
    const { attempts, costNano } = sumOf(without[index] ?? []);
    return { kind: `no_${name}`, attempts, costNano };
  });
  return [...unattributed, ...DOUBTFUL.map((kind): Doubt => ({ kind, ...certainty[kind] }))];
}

type NewLine = Omit<TeamLine, 'share' | 'rank'>;

function linesOf(found: Found, { top = 3, budgets = [] }: WeeklyQuestion): readonly NewLine[] {
  const names = new Set([...found.days, ...found.before].flatMap((map) => [...map.keys()]));
  const lines = [...names].map((team): NewLine => {
    const days = found.days.map((day) => day.get(team) ?? NOTHING);
    const before = found.before.map((week) => week.get(team));
    const models = found.models.get(team) ?? [];
    const sums = sumOf(days);
    return {
      team,
      ...compared(sums, before),
      days: days.map((day) => day.costNano),
      why: whyOf(models, found.modelsBefore.get(team) ?? [], sums, before[0] ?? NOTHING),
      applications: partsOf(found.applications.get(team) ?? [], sums, top),
      models: partsOf(models, sums, top),
      budgets: budgets.filter((budget) => budget.team === team),
    };
  });
  return lines.toSorted((left, right) => byCost({ name: left.team, ...left }, { name: right.team, ...right }));
}

/** @param before the weeks before, the last one first; undefined: nothing was asked in it */
function compared(sums: Sums, before: readonly (Sums | undefined)[]): Omit<Line, 'days' | 'why'> {
  const lastWeek = before[0] ?? NOTHING;
  const changeNano = sums.costNano - lastWeek.costNano;
  const baselineWeeks = before.findLastIndex((week) => week !== undefined) + 1;
  const past = sumOf(before.map((week) => week ?? NOTHING)).costNano;
  const count = BigInt(baselineWeeks);
  return {
    sums,
    lastWeek,
    changeNano,
    ...present('changeRatio', ratio(changeNano, lastWeek.costNano)),
    baselineWeeks,
    ...(baselineWeeks === 0 ? {} : { baselineNano: meanOf(past, count) }),
    ...present('baselineRatio', ratio(sums.costNano * count, past)),
  };
}

/** Half up; a sum may be negative where corrections outweigh it. */
function meanOf(sum: bigint, count: bigint): bigint {
  const doubled = 2n * sum + count;
  const rest = ((doubled % (2n * count)) + 2n * count) % (2n * count);
  return (doubled - rest) / (2n * count);
}

/** Only what is priced can be explained; what a bounded answer left out of the cells is `other`. */
function whyOf(models: readonly TotalsRow[], modelsBefore: readonly TotalsRow[], sums: Sums, lastWeek: Sums): Why {
  const [after, before] = [cellsOf(models), cellsOf(modelsBefore)];
  const parts = explain(before, after);
  const leftOut = sums.costNano - costOf(after) - (lastWeek.costNano - costOf(before));
  return { ...parts, other: parts.other + leftOut };
}

const costOf = (cells: readonly Cell[]): bigint => cells.reduce((sum, cell) => sum + cell.costNano, 0n);

function cellsOf(rows: readonly TotalsRow[]): readonly Cell[] {
  return rows
    .filter(({ values }) => values[2] === 'exact' || values[2] === 'estimated')
    .map((row) => ({
      model: row.values[1] ?? '',
      calls: row.calls,
      tokens: tokensOf(row),
      costNano: row.costNano,
    }));
}

function partsOf(rows: readonly TotalsRow[], whole: Sums, top: number): readonly Part[] {
  const sums = new Map<string, Sums>();
  for (const row of rows) {
    const name = row.values[1] ?? '';
    sums.set(name, plus(sums.get(name) ?? NOTHING, row));
  }
  return [...sums]
    .map(([name, sum]): Part => ({ name, sums: sum, ...present('share', ratio(sum.costNano, whole.costNano)) }))
    .toSorted(byCost)
    .slice(0, top);
}

function totalOf(found: Found, lines: readonly NewLine[]): Line {
  const names = lines.map((line) => line.team);
  const before = found.before.map((week) => {
    const sums = names.flatMap((name) => week.get(name) ?? []);
    return sums.length === 0 ? undefined : sumOf(sums);
  });
  return {
    ...compared(sumOf(lines.map((line) => line.sums)), before),
    days: found.days.map((day) => names.reduce((sum, name) => sum + (day.get(name)?.costNano ?? 0n), 0n)),
    why: lines.reduce((sum, line) => plusWhy(sum, line.why), NO_CHANGE),
  };
}

const sumsByTeam = (rows: readonly TotalsRow[]): ReadonlyMap<string, Sums> =>
  new Map(rows.map((row) => [row.values[0] ?? '', row]));

const byTeam = (rows: readonly TotalsRow[]): ReadonlyMap<string, readonly TotalsRow[]> =>
  Map.groupBy(rows, (row) => row.values[0] ?? '');

/** An absent value is left out and not undefined. */
function present<Name extends string>(name: Name, value: number | undefined): { readonly [Key in Name]?: number } {
  // The cast: a computed key loses its name.
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: number };
}
