/** Where a report is read from, in which time zone, and where it is written. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { htmlText } from '../../reports/format/html.ts';
import { markdownText } from '../../reports/format/markdown.ts';
import { tableText } from '../../reports/format/table.ts';
import type { LedgerReader } from '../../reports/ledger-reader.ts';
import type { Sheet } from '../../reports/sheet.ts';
import { readConfig } from '../config-file.ts';
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { openLedgerReader } from '../open-ledger.ts';

export interface SourceOptions {
  /** SQLite file or `postgres://` URL; absent: that of the configuration. */
  readonly ledger?: string;
  readonly config?: string;
  readonly timeZone?: string;
}

export type SheetFormat = 'table' | 'markdown' | 'csv' | 'json' | 'html';

export interface OutputOptions {
  readonly format: SheetFormat | 'focus';
  readonly output?: string;
  readonly billingAccount?: string;
}

/** Opens the ledger, has a report made of it, writes that, and closes the ledger whatever happens. */
export async function writeReport(
  options: SourceOptions & Pick<OutputOptions, 'output'>,
  io: Io,
  make: (reader: LedgerReader, timeZone: string) => Promise<string>,
): Promise<number> {
  // A ledger that is named needs no configuration.
  const configured = options.timeZone === undefined && options.ledger === undefined;
  const timeZone = options.timeZone ?? (configured ? readConfig(options.config, io).config.reports.timeZone : 'UTC');
  const reader = await openLedgerReader(options, io);
  try {
    const text = await make(reader, timeZone);
    if (options.output === undefined) io.stdout.write(text);
    else await write(resolve(io.cwd, options.output), options.output, text);
    return EXIT.ok;
  } finally {
    await reader.close();
  }
}

/** The forms that a report has: CSV, JSON and FOCUS are made when they are asked for. */
export interface Forms {
  readonly title: string;
  readonly sheets: () => readonly Sheet[];
  readonly csv: () => string;
  readonly document: () => object;
}

export function formText(
  format: SheetFormat,
  forms: Forms,
  { color, output }: { color: boolean; output?: string },
): string {
  switch (format) {
    case 'table':
      return tableText(forms.sheets(), color && output === undefined);
    case 'markdown':
      return markdownText(forms.sheets());
    case 'html':
      return htmlText(forms.title, forms.sheets());
    case 'csv':
      return forms.csv();
    case 'json':
      return `${JSON.stringify(forms.document(), undefined, 2)}\n`;
  }
}

/** Of FOCUS, where nobody says who is billed. */
export const BILLING_ACCOUNT = 'turnpike';

async function write(path: string, name: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
    throw new Failure('config_invalid', `--output: cannot write ${name} (${why})`, { cause });
  }
}
