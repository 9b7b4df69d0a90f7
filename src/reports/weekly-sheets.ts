/** The weekly report as sheets: the teams, why they changed, where it went, their budgets, and what to look at. */
import { formatInstant } from '../core/instant.ts';
import { ratio } from './money.ts';
import { change, count, left, money, right, type Sheet, type SheetCell, share, text } from './sheet.ts';
import { tokensOf } from './sums.ts';
import { type Doubt, knownCost, type Line, type Part, type TeamLine, type WeeklyReport } from './weekly-report.ts';

export const NO_TEAM = '(no team)';

export function weeklySheets(report: WeeklyReport): readonly Sheet[] {
  return [teamsSheet(report), whySheet(report), partsSheet(report), ...budgetsSheet(report), ...doubtsSheet(report)];
}

export const teamName = (team: string): string => (team === '' ? NO_TEAM : team);

function teamsSheet(report: WeeklyReport): Sheet {
  const { week, timeZone, days, complete, throughMs, teams, total, teamCount } = report;
  const until = complete ? '' : `, so far: until ${formatInstant(throughMs).slice(0, 16)}Z`;
  const lineCells = (line: Line, name: string, rank: string, part: SheetCell): readonly SheetCell[] => [
    text(rank),
    text(name),
    money(line.sums.costNano),
    part,
    change(line.changeNano),
    { kind: 'growth', value: line.changeRatio },
    { kind: 'times', value: line.baselineRatio },
    count(line.sums.calls),
    count(tokensOf(line.sums)),
    { kind: 'days', nano: line.days },
  ];
  const rows = teams.map((line) => ({
    cells: lineCells(line, teamName(line.team), String(line.rank), share(line.share)),
  }));
  const first = days[0] ?? '';
  return {
    title: `${week}, ${first} to ${days.at(-1) ?? first} (${timeZone})${until}`,
    columns: [
      right('#'),
      left('team'),
      right('cost'),
      right('share'),
      right('change'),
      right(''),
      right('baseline'),
      right('calls'),
      right('tokens'),
      left('days'),
    ],
    rows: rows.length > 1 ? [...rows, { total: true, cells: lineCells(total, 'all', '', text('')) }] : rows,
    notes: [
      ...(teams.length === 0 ? ['nothing was spent in this week or the four before'] : []),
      ...(teams.length > 0 && teams.length < teamCount ? [`${teams.length} of ${teamCount} teams`] : []),
      ...(complete ? [] : ['the weeks before are cut as long after their Monday']),
    ],
  };
}

function whySheet({ teams, total }: WeeklyReport): Sheet {
  const cells = (name: string, { changeNano, why }: Line): readonly SheetCell[] => [
    text(name),
    change(changeNano),
    change(why.volume),
    change(why.tokensPerCall),
    change(why.mix),
    change(why.price),
    change(why.other),
  ];
  const rows = teams.map((line) => ({ cells: cells(teamName(line.team), line) }));
  return {
    title: 'Why it changed against last week',
    columns: [
      left('team'),
      right('change'),
      right('calls'),
      right('tokens per call'),
      right('model mix'),
      right('price'),
      right('other'),
    ],
    rows: rows.length > 1 ? [...rows, { total: true, cells: cells('all', total) }] : rows,
    notes: [],
  };
}

function partsSheet({ teams }: WeeklyReport): Sheet {
  return {
    title: 'Where it went',
    columns: [left('team'), left('applications'), left('models')],
    rows: teams
      .filter((line) => line.sums.attempts > 0 || line.sums.costNano !== 0n)
      .map((line) => ({
        cells: [text(teamName(line.team)), text(partsText(line.applications)), text(partsText(line.models))],
      })),
    notes: [],
  };
}

const partsText = (parts: readonly Part[]): string =>
  parts
    .map(
      ({ name, share: part }) => `${name === '' ? '(none)' : name}${part === undefined ? '' : ` ${rounded(part)} %`}`,
    )
    .join(', ');

const rounded = (part: number): string => (part * 100).toFixed(0);

function budgetsSheet({ teams }: WeeklyReport): readonly Sheet[] {
  const rows = teams.flatMap((line) => line.budgets.map((budget) => ({ cells: budgetCells(line, budget) })));
  if (rows.length === 0) return [];
  const columns = [
    left('team'),
    left('budget'),
    right('limit'),
    right('used'),
    right(''),
    right('held'),
    left('until'),
  ];
  return [{ title: 'Budgets now', columns, rows, notes: [] }];
}

function budgetCells({ team }: TeamLine, budget: TeamLine['budgets'][number]): readonly SheetCell[] {
  const { id, limitNano, settledNano, heldNano, resetsAtMs } = budget;
  return [
    text(teamName(team)),
    text(id),
    money(limitNano),
    money(settledNano),
    share(ratio(settledNano, limitNano)),
    heldNano === undefined ? text('') : money(heldNano),
    text(resetsAtMs === undefined ? '' : `${formatInstant(resetsAtMs).slice(0, 16)}Z`),
  ];
}

const DOUBTS: Readonly<Record<Doubt['kind'], string>> = {
  no_team: 'unattributed: no team',
  no_application: 'unattributed: no application',
  no_environment: 'unattributed: no environment',
  estimated: 'estimated: the vendor did not count',
  unpriced: 'unpriced: no price card',
  unknown: 'unknown: nobody knows what was used',
};

function doubtsSheet({ doubts }: WeeklyReport): readonly Sheet[] {
  const rows = doubts
    .filter((doubt) => doubt.attempts > 0 || doubt.costNano !== 0n)
    .map((doubt) => ({ cells: [text(DOUBTS[doubt.kind]), count(doubt.attempts), costCell(doubt)] }));
  if (rows.length === 0) return [];
  return [
    {
      title: 'To look at',
      columns: [left('spend'), right('attempts'), right('known cost')],
      rows,
      notes: [],
    },
  ];
}

function costCell(doubt: Doubt): SheetCell {
  const known = knownCost(doubt);
  return known === undefined ? text('?') : money(known);
}
