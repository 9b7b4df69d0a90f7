/** Sheets as tables of GitHub's Markdown, for a pull request, a wiki or a chat. */
import { cellText, type Sheet, visible } from '../sheet.ts';

export function markdownText(sheets: readonly Sheet[]): string {
  return sheets.map(sheetText).join('\n');
}

function sheetText({ title, columns, rows, notes }: Sheet): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = [`## ${escaped(visible(title))}`, ''];
  if (rows.length > 0) {
    lines.push(line(columns.map(({ name }) => escaped(name))));
    lines.push(line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))));
    for (const { cells, total } of rows) {
      const texts = cells.map((cell) => escaped(cellText(cell)));
      lines.push(line(total === true ? texts.map((text) => (text === '' ? '' : `**${text}**`)) : texts));
    }
    lines.push('');
  }
  for (const note of notes) lines.push(escaped(visible(note)), '');
  return `${lines.join('\n').trimEnd()}\n`;
}

/** What a name says is told and not obeyed: no link, no picture, no mark-up, no further column. */
const escaped = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>|#~!&@]/g, (mark) => ENTITIES[mark] ?? `\\${mark}`);

/** A backslash does not stop these everywhere: HTML, and mentions of people. */
const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '@': '&#64;' };
