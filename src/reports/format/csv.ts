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
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they drive a terminal, and no loader wants them
  const text = value.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, '\ufffd');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
