/** `turnpike report entries`: single entries of the ledger, such as every attempt of a decision. */

import { addDays, type Calendar, createCalendar, parseDate } from '../../core/calendar.ts';
import { Failure } from '../../core/failure.ts';
import { entriesDocument } from '../../reports/format/json.ts';
import { entriesCsv } from '../../reports/format/records.ts';
import type { Period } from '../../reports/ledger-reader.ts';
import { parseWhere } from '../../reports/pivot.ts';
import { entriesSheet } from '../../reports/pivot-sheets.ts';
import type { Io } from '../io.ts';
import { formText, type SheetFormat, type SourceOptions, writeReport } from './source.ts';

export interface EntriesCommand extends SourceOptions {
  readonly decision?: string;
  readonly call?: string;
  readonly where?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly after?: string;
  readonly format: SheetFormat;
  readonly output?: string;
}

const MOST = 10_000;

/** @returns 0; throws Failure `invalid_request` where it is asked wrongly */
export async function runEntries(options: EntriesCommand, io: Io): Promise<number> {
  const { decision, call, limit, after } = options;
  if (limit < 1 || limit > MOST) {
    throw new Failure('invalid_request', `--limit: must be from 1 to ${MOST} (actual: ${limit})`);
  }
  const where = {
    ...parseWhere(options.where ?? []),
    ...(decision === undefined ? {} : { decision_id: decision }),
    ...(call === undefined ? {} : { call_id: call }),
  };
  return writeReport(options, io, async (reader, timeZone) => {
    const period = periodOf(options, createCalendar(timeZone), Date.now());
    const entries = await reader.entries({ ...period, where, limit, ...(after === undefined ? {} : { after }) });
    return formText(
      options.format,
      {
        title: 'Entries of the ledger',
        sheets: () => [entriesSheet(entries)],
        csv: () => entriesCsv(entries),
        document: () => entriesDocument(entries),
      },
      { color: io.color, ...(options.output === undefined ? {} : { output: options.output }) },
    );
  });
}

/** What an attempt is reported under is a moment after its decision was made: one that waits longest, a day later. */
function periodOf(options: EntriesCommand, calendar: Calendar, nowMs: number): Period {
  const { decision, call } = options;
  const born = timeOf(decision) ?? timeOf(call);
  const today = calendar.date(nowMs);
  const last = born === undefined ? today : addDays(calendar.date(born), 1);
  const to = options.to === undefined ? last : parseDate(options.to, '--to');
  const first = born === undefined ? addDays(to, -29) : addDays(calendar.date(born), -1);
  const from = options.from === undefined ? first : parseDate(options.from, '--from');
  if (from > to) throw new Failure('invalid_request', `--to: must not be before --from (actual: ${from} to ${to})`);
  return { fromMs: calendar.startOf(from), toMs: calendar.startOf(addDays(to, 1)) };
}

/** The milliseconds that a UUIDv7 begins with (RFC 9562). */
function timeOf(id: string | undefined): number | undefined {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i.exec(id ?? '') ?? [];
  return high === undefined || low === undefined ? undefined : Number.parseInt(high + low, 16);
}
