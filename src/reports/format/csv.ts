/**
 * Records as CSV (RFC 4180: CRLF, quotes where they are needed), exact and in one table, for spreadsheets and loaders.
 * A text that a spreadsheet would take for a formula is led by an apostrophe: names come from whoever calls.
 */
import { usd } from '../money.ts';

/** Undefined and an empty text are the empty field; `usd` is nano-USD, written as US dollars with every digit. */
export type CsvValue = string | number | bigint | undefined | { readonly usd: bigint };

export function csvText(columns: readonly string[], records: readonly (readonly CsvValue[])[]): string {
  return [columns, ...records].map((record) => `${record.map(field).join(',')}\r\n`).join('');
}

function field(value: CsvValue): string {
  if (value === undefined) return '';
  if (typeof value === 'object') return usd(value.usd);
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
