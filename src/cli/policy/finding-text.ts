/** Findings as people read them: `file:row:col: message`, then the line of source with a caret under the place. */
import { join } from 'node:path';
import pc from 'picocolors';
import { type Diagnostic, placeOf } from '../../policy/compiler/diagnostic.ts';
import { printable } from '../failure-text.ts';

const TAB = '    ';

/** @param directory the policy folder as the user named it, put before the path of each finding */
export function findingsText(diagnostics: readonly Diagnostic[], directory: string, color: boolean): string {
  return diagnostics.map((each) => findingText(each, directory, color)).join('');
}

export function findingText(diagnostic: Diagnostic, directory: string, color: boolean): string {
  const colors = pc.createColors(color);
  const { file, message } = diagnostic;
  const place = placeOf(file === '' ? diagnostic : { ...diagnostic, file: join(directory, file) });
  const head = place === '' ? '' : `${colors.bold(printable(place))}: `;
  return `${head}${printable(message)}\n${quoted(diagnostic, colors)}`;
}

/** The line and its caret, tabs shown as four spaces in both; nothing where the place is not known. */
function quoted({ line, row, col }: Diagnostic, colors: ReturnType<typeof pc.createColors>): string {
  if (row === 0 || line === '') return '';
  const gutter = String(row).padStart(5);
  const text = `${colors.dim(`${gutter} | `)}${printable(expandTabs(line))}\n`;
  if (col === 0) return text;
  const before = expandTabs(textBefore(line, col));
  return `${text}${' '.repeat(gutter.length)}${colors.dim(' | ')}${' '.repeat(before.length)}${colors.red('^')}\n`;
}

/** Columns count bytes of UTF-8, as OPA counts them. */
function textBefore(line: string, col: number): string {
  return Buffer.from(line, 'utf8')
    .subarray(0, col - 1)
    .toString('utf8');
}

const expandTabs = (text: string): string => text.replaceAll('\t', TAB);
