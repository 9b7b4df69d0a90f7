/** `turnpike report pivot`: sums by any dimensions. */
import { addDays, createCalendar, parseDate } from '../../core/calendar.ts';
import { focusCsv } from '../../reports/format/focus.ts';
import { pivotDocument } from '../../reports/format/json.ts';
import { pivotCsv } from '../../reports/format/records.ts';
import { parseDimensions, parseUnit, parseWhere, pivot } from '../../reports/pivot.ts';
import { pivotSheets } from '../../reports/pivot-sheets.ts';
import type { Io } from '../io.ts';
import { BILLING_ACCOUNT, formText, type OutputOptions, type SourceOptions, writeReport } from './source.ts';

export interface PivotCommand extends SourceOptions, OutputOptions {
  readonly by: string;
  readonly per?: string;
  readonly where?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

/** @returns 0; throws Failure `invalid_request` where it is asked wrongly */
export async function runPivot(options: PivotCommand, io: Io): Promise<number> {
  const { format, limit } = options;
  const by = parseDimensions(options.by);
  const where = parseWhere(options.where ?? []);
  const per = options.per === undefined ? {} : { per: parseUnit(options.per) };
  return writeReport(options, io, async (reader, timeZone) => {
    const to = options.to === undefined ? createCalendar(timeZone).date(Date.now()) : parseDate(options.to, '--to');
    const from = options.from === undefined ? addDays(to, -29) : parseDate(options.from, '--from');
    const period = { from, to, timeZone, where };
    if (format === 'focus') {
      return focusCsv(reader, { ...period, billingAccount: options.billingAccount ?? BILLING_ACCOUNT });
    }
    const found = await pivot(reader, { ...period, by, ...per, limit });
    return formText(
      format,
      {
        title: `Cost of models, ${from} to ${to}`,
        sheets: () => pivotSheets(found),
        csv: () => pivotCsv(found),
        document: () => pivotDocument(found),
      },
      { color: io.color, ...(options.output === undefined ? {} : { output: options.output }) },
    );
  });
}
