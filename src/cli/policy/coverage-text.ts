/** Coverage as people read it: files that miss something, with the rows, and the total. */
import { join } from 'node:path';
import pc from 'picocolors';
import type { CoverageReport, UncoveredRows } from '../../policy/compiler/reports.ts';
import { printable } from '../failure-text.ts';

export function coverageText(coverage: CoverageReport, directory: string, color: boolean): string {
  const colors = pc.createColors(color);
  const missing = coverage.files.filter((file) => file.missing_lines > 0);
  const names = missing.map((file) => printable(join(directory, file.file)));
  const width = Math.max(0, ...names.map((name) => name.length));
  const lines = missing.map((file, index) => {
    const percent = `${file.percent.toFixed(1)} %`.padStart(8);
    return `  ${(names[index] ?? '').padEnd(width)}  ${percent}  ${colors.dim(`rows ${rowsText(file.uncovered)}`)}`;
  });
  const covered = coverage.files.length - missing.length;
  const full = `${covered} of ${coverage.files.length} files covered in full`;
  return `coverage ${coverage.percent.toFixed(2)} %, ${full}\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** `3, 7-9`: rows that touch are told as one. */
export function rowsText(uncovered: readonly UncoveredRows[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const { from_row, to_row } of uncovered.toSorted((a, b) => a.from_row - b.from_row)) {
    const last = ranges.at(-1);
    if (last !== undefined && from_row <= last.to + 1) last.to = Math.max(last.to, to_row);
    else ranges.push({ from: from_row, to: to_row });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}
