/** `turnpike ledger export`: every entry of a period, as JSON lines (the text that its hash is of) or as CSV. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { bodyOf } from '../../ledger/chain.ts';
import { entriesCsv } from '../../reports/format/records.ts';
import type { StoredEntry } from '../../reports/ledger-reader.ts';
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { readMoment } from '../moment.ts';
import { type LedgerChoice, openLedgerReader } from '../open-ledger.ts';
import { createProgress } from '../progress.ts';

export interface ExportCommand extends LedgerChoice {
  readonly from?: string;
  readonly to?: string;
  readonly format: 'jsonl' | 'csv';
  readonly output?: string;
}

const PAGE = 2_000;

/** @returns 0 */
export async function runLedgerExport(options: ExportCommand, io: Io): Promise<number> {
  const fromMs = options.from === undefined ? 0 : readMoment(options.from, '--from');
  const toMs = options.to === undefined ? Date.now() : readMoment(options.to, '--to');
  if (toMs <= fromMs) throw new Failure('config_invalid', '--to: must be later than --from');
  const reader = await openLedgerReader(options, io);
  const progress = createProgress(io);
  const output = outputOf(options.output, io);
  try {
    let written = 0;
    let after: { readonly after?: string } = {};
    for (;;) {
      const page = await reader.entries({ fromMs, toMs, limit: PAGE, ...after });
      output.write(pageText(options.format, page, written === 0));
      written += page.length;
      progress.step(`${written.toLocaleString('en-US')} entries written`);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return EXIT.ok;
      after = { after: last.cursor };
    }
  } finally {
    progress.done();
    output.close();
    await reader.close();
  }
}

function pageText(format: ExportCommand['format'], page: readonly StoredEntry[], isFirst: boolean): string {
  switch (format) {
    case 'jsonl':
      return page.map(({ entry }) => `${bodyOf(entry)}\n`).join('');
    case 'csv': {
      const text = entriesCsv(page);
      // Names of columns have no end of line in them.
      return isFirst ? text : text.slice(text.indexOf('\n') + 1);
    }
  }
}

interface Output {
  write(text: string): void;
  close(): void;
}

function outputOf(output: string | undefined, io: Io): Output {
  if (output === undefined) return { write: (text) => void io.stdout.write(text), close: () => undefined };
  let file: number;
  try {
    file = openSync(resolve(io.cwd, output), 'w', 0o600);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
    throw new Failure('config_invalid', `--output: cannot write ${output} (${why})`, { cause });
  }
  return { write: (text) => writeAll(file, Buffer.from(text)), close: () => closeSync(file) };
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
