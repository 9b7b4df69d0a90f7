/** `turnpike report weekly`: the week of each team. */

import { addDays, createCalendar, mondayOf, mondayOfWeek, weekName } from '../../core/calendar.ts';
import { Failure } from '../../core/failure.ts';
import { focusCsv } from '../../reports/format/focus.ts';
import { weeklyDocument } from '../../reports/format/json.ts';
import { weeklyCsv } from '../../reports/format/records.ts';
import { weekly } from '../../reports/weekly.ts';
import { weeklySheets } from '../../reports/weekly-sheets.ts';
import type { Io } from '../io.ts';
import { readBudgetUses } from './budget-uses.ts';
import { BILLING_ACCOUNT, formText, type OutputOptions, type SourceOptions, writeReport } from './source.ts';

export interface WeeklyCommand extends SourceOptions, OutputOptions {
  readonly week?: string;
  readonly last?: boolean;
  readonly team?: string;
  readonly top: number;
  readonly policy?: string;
}

/** @returns 0; throws Failure `invalid_request` or `config_invalid` where it is asked wrongly */
export async function runWeekly(options: WeeklyCommand, io: Io): Promise<number> {
  const { format, team, top } = options;
  if (options.last === true && options.week !== undefined) {
    throw new Failure('config_invalid', '--last and --week: one or the other');
  }
  return writeReport(options, io, async (reader, timeZone) => {
    const nowMs = Date.now();
    const today = createCalendar(timeZone).date(nowMs);
    const week = options.last === true ? weekName(addDays(mondayOf(today), -7)) : (options.week ?? weekName(today));
    if (format === 'focus') {
      const from = mondayOfWeek(week);
      return focusCsv(reader, {
        from,
        to: addDays(from, 6),
        timeZone,
        billingAccount: options.billingAccount ?? BILLING_ACCOUNT,
        ...(team === undefined ? {} : { where: { team } }),
      });
    }
    const budgets = await readBudgetUses(options, reader, nowMs, io);
    const only = team === undefined ? {} : { team };
    const report = await weekly(reader, { week, timeZone, nowMs, top, budgets, ...only });
    return formText(
      format,
      {
        title: `Cost of models, ${report.week}`,
        sheets: () => weeklySheets(report),
        csv: () => weeklyCsv(report),
        document: () => weeklyDocument(report),
      },
      { color: io.color, ...(options.output === undefined ? {} : { output: options.output }) },
    );
  });
}
