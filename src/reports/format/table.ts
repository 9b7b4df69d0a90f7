/** Sheets for a terminal: columns as wide as their widest cell. */
import pc from 'picocolors';
import { cellText, type Sheet, type SheetCell, visible } from '../sheet.ts';

export function tableText(sheets: readonly Sheet[], color: boolean): string {
  const colors = pc.createColors(color);
  return sheets.map((sheet) => sheetText(sheet, colors)).join('\n');
}

type Colors = ReturnType<typeof pc.createColors>;

function sheetText({ title, columns, rows, notes }: Sheet, colors: Colors): string {
  const texts = rows.map((row) => row.cells.map(cellText));
  const widths = columns.map(({ name }, column) =>
    Math.max(widthOf(name), ...texts.map((row) => widthOf(row[column] ?? ''))),
  );
  const line = (cells: readonly string[], paint: (cell: string, column: number) => string): string =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        const painted = paint(cell, column);
        return columns[column]?.align === 'right' ? space + painted : painted + space;
      })
      .join('  ')
      .trimEnd();
  const lines = [colors.bold(visible(title))];
  if (rows.length > 0)
    lines.push(
      line(
        columns.map(({ name }) => name),
        colors.dim,
      ),
    );
  for (const [index, row] of rows.entries()) {
    lines.push(
      line(texts[index] ?? [], (cell, column) => {
        const painted = paintOf(row.cells[column], colors)(cell);
        return row.total === true ? colors.bold(painted) : painted;
      }),
    );
  }
  return `${[...lines, ...notes.map((note) => colors.dim(visible(note)))].join('\n')}\n`;
}

/** More money is yellow, less is green. */
function paintOf(cell: SheetCell | undefined, colors: Colors): (text: string) => string {
  if (cell === undefined) return String;
  const sign = cell.kind === 'change' ? Number(cell.nano > 0n) - Number(cell.nano < 0n) : signOf(cell);
  if (sign === 0) return cell.kind === 'change' ? colors.dim : String;
  return sign > 0 ? colors.yellow : colors.green;
}

const signOf = (cell: SheetCell): number => (cell.kind === 'growth' ? Math.sign(cell.value ?? 0) : 0);

/** Characters, not units of UTF-16. */
const widthOf = (text: string): number => [...text].length;
