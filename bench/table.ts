/** Sections as text tables. */
import type { Bar } from './bars.ts';
import type { Row, Section } from './section.ts';

export function renderSection(section: Section): string {
  const columns = [...new Set(section.rows.flatMap((row) => Object.keys(row.figures)))];
  const header = ['case', 'contender', ...columns];
  const body = section.rows.map((row) => [row.case, row.contender, ...columns.map((column) => figure(row, column))]);
  const notes = section.notes.map((note) => `  ${note}`);
  return [`\n${section.title}`, ...align([header, ...body], 2), ...notes].join('\n');
}

export function renderBars(bars: readonly Bar[]): string {
  const body = bars.map((bar) => [
    bar.holds ? 'holds' : 'MISSED',
    bar.ratio.toFixed(2),
    `${bar.sense === 'atMost' ? '≤' : '≥'} ${bar.bar}`,
    bar.name,
  ]);
  return ['\nbars', ...align([['', 'ratio', 'bar', 'what'], ...body], 0)].join('\n');
}

function figure(row: Row, column: string): string {
  const value = row.figures[column];
  if (value === undefined) return '';
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 100 ? 0 : 2);
}

/** Pads columns; those from `numeric` on to the right. */
function align(rows: readonly (readonly string[])[], numeric: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const right = numeric > 0 && column >= numeric;
        return right ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
