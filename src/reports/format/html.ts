/**
 * Sheets as one page of HTML that needs nothing else: no script, no font and no picture from anywhere. Whatever a name
 * says is text. Days are drawn as bars, shares as a bar behind their number.
 */
import { cellText, type Sheet, type SheetCell, type SheetRow } from '../sheet.ts';

export function htmlText(title: string, sheets: readonly Sheet[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>
${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${sheets.map(section).join('\n')}
</main>
</body>
</html>
`;
}

function section({ title, columns, rows, notes }: Sheet): string {
  const head = columns.map(({ name, align }) => `<th scope="col" class="${align}">${escaped(name)}</th>`).join('');
  const body = rows.map((row) => tableRow(row, columns)).join('\n');
  const table =
    rows.length === 0
      ? ''
      : `<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table></div>\n`;
  const said = notes.map((note) => `<p>${escaped(note)}</p>\n`).join('');
  return `<section>\n<h2>${escaped(title)}</h2>\n${table}${said}</section>`;
}

function tableRow({ cells, total }: SheetRow, columns: Sheet['columns']): string {
  const inner = cells
    .map((cell, column) => `<td class="${classOf(cell, columns[column]?.align ?? 'left')}">${inside(cell)}</td>`)
    .join('');
  return `<tr${total === true ? ' class="total"' : ''}>${inner}</tr>`;
}

function classOf(cell: SheetCell, align: string): string {
  const sign = cell.kind === 'change' ? Number(cell.nano > 0n) - Number(cell.nano < 0n) : Math.sign(growthOf(cell));
  return `${align}${sign > 0 ? ' more' : sign < 0 ? ' less' : ''}`;
}

const growthOf = (cell: SheetCell): number => (cell.kind === 'growth' ? (cell.value ?? 0) : 0);

function inside(cell: SheetCell): string {
  if (cell.kind === 'days') return bars(cell.nano);
  const said = escaped(cellText(cell));
  if (cell.kind !== 'share' || cell.value === undefined) return said;
  const width = Math.min(100, Math.max(0, cell.value * 100)).toFixed(1);
  return `<span class="share" style="--part:${width}%">${said}</span>`;
}

const BAR = 10;
const GAP = 3;
const HEIGHT = 24;

/** Heights in whole pixels; a day that cost anything can be seen. */
function bars(days: readonly bigint[]): string {
  const most = days.reduce(dearer, 0n);
  const width = Math.max(1, days.length * (BAR + GAP) - GAP);
  const drawn = days.map((nano, index) => {
    const share = most === 0n || nano <= 0n ? 0 : Number((nano * BigInt(HEIGHT) + most - 1n) / most);
    const height = Math.max(1, share);
    return `<rect x="${index * (BAR + GAP)}" y="${HEIGHT - height}" width="${BAR}" height="${height}"/>`;
  });
  const said = days.map((nano) => cellText({ kind: 'money', nano })).join(', ');
  return `<svg role="img" aria-label="${escaped(said)}" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}"><title>${escaped(said)}</title>${drawn.join('')}</svg>`;
}

function dearer(left: bigint, right: bigint): bigint {
  if (left > right) return left;
  return right;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

const STYLE = `:root { color-scheme: light dark; --ink: #1c2330; --dim: #5d6878; --line: #dfe4ea; --bar: #3b6fd4; --soft: #e7eefb; --more: #a1480b; --less: #17733f; --page: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --dim: #9aa5b5; --line: #313a48; --bar: #7aa5f5; --soft: #24344f; --more: #f0a35e; --less: #66c78f; --page: #14181f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; }
h2 { font-size: 1.05rem; margin: 2.2rem 0 0.5rem; }
p { color: var(--dim); margin: 0.4rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { color: var(--dim); font-weight: 500; font-size: 0.85rem; white-space: nowrap; }
th, td { padding: 0.35rem 0.7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: middle; }
.right { text-align: right; white-space: nowrap; }
.more { color: var(--more); }
.less { color: var(--less); }
.total td { font-weight: 600; border-bottom: 0; border-top: 2px solid var(--line); }
.share { display: inline-block; min-width: 4.5rem; padding: 0 0.3rem; background: linear-gradient(to right, var(--soft) var(--part), transparent var(--part)); }
svg rect { fill: var(--bar); }
svg { display: block; }
`;
