/** What `turnpike prices sync` found, as a person reads it. */
import pc from 'picocolors';
import { printable } from '../failure-text.ts';
import type { FieldChange, Finding } from './plan.ts';

export interface SyncResult {
  /** Name and version of the catalogue. */
  readonly catalogue: string;
  readonly file: string;
  readonly written: boolean;
  readonly findings: readonly Finding[];
  /** Prices of the catalogue that a card has no word for. */
  readonly left: readonly string[];
}

const of = <Kind extends Finding['kind']>(
  result: SyncResult,
  kind: Kind,
): readonly Extract<Finding, { kind: Kind }>[] =>
  // The cast: a finding of a kind is the member of the union that has it.
  result.findings.filter((finding) => finding.kind === kind) as Extract<Finding, { kind: Kind }>[];

export function syncText(result: SyncResult, color: boolean): string {
  const colors = pc.createColors(color);
  const changed = of(result, 'changed');
  const conflicts = of(result, 'conflict');
  const unknown = of(result, 'unknown');
  const rows = [
    ...changed.flatMap(({ target, card, fields }) =>
      fields.map((field) => [target, `from ${card.effective_from}`, field] as const),
    ),
    ...conflicts.flatMap(({ target, card, fields }) =>
      fields.map((field) => [target, `not changed: ${card}`, field] as const),
    ),
  ];
  const lines = table(
    ['target', 'price', 'before', 'after', ''],
    rows.map(([target, note, field]) => [
      printable(target),
      field.field,
      priceText(field.before),
      priceText(field.after),
      printable(note),
    ]),
  ).map((line, index) => (index === 0 ? colors.dim(line) : line));
  if (lines.length > 0) lines.push(colors.dim('USD per million tokens'), '');
  for (const { target, carried } of changed) {
    if (carried.length > 0)
      lines.push(`${printable(target)}: kept what the catalogue does not know: ${carried.join(', ')}`);
  }
  if (unknown.length > 0) {
    lines.push('not in the catalogue, and left as they are:');
    for (const { target, why } of unknown) lines.push(`  ${printable(target)}${colors.dim(`  ${printable(why)}`)}`);
  }
  if (result.left.length > 0) lines.push(`prices that a card cannot say: ${printable(result.left.join(', '))}`);
  const counts = [
    `${counted(changed.length, 'new card')}`,
    ...(conflicts.length === 0
      ? []
      : [colors.yellow(`${counted(conflicts.length, 'card')} that somebody must decide on`)]),
    `${of(result, 'same').length} the same`,
    `${unknown.length} not known`,
  ];
  lines.push(`${printable(result.catalogue)}: ${counts.join(', ')}`);
  if (changed.length > 0) {
    lines.push(
      result.written ? `written to ${printable(result.file)}` : 'nothing was written: --write adds the new cards',
    );
  }
  return `${lines.join('\n')}\n`;
}

export function syncDocument(result: SyncResult): object {
  return {
    catalogue: result.catalogue,
    file: result.file,
    written: result.written,
    changed: of(result, 'changed').map(({ target, card, follows, fields, carried }) => ({
      target,
      card,
      follows: follows ?? null,
      fields: fields.map(fieldDocument),
      carried,
    })),
    conflicts: of(result, 'conflict').map(({ target, card, fields }) => ({
      target,
      card,
      fields: fields.map(fieldDocument),
    })),
    unknown: of(result, 'unknown').map(({ target, why }) => ({ target, why })),
    same: of(result, 'same').map(({ target }) => target),
    left: result.left,
  };
}

const fieldDocument = ({ field, before, after }: FieldChange): object => ({
  field,
  before: before ?? null,
  after: after ?? null,
});

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Pico-USD per token as USD per million tokens, every digit of it. */
function priceText(price: FieldChange['before']): string {
  if (price === undefined) return '–';
  if (typeof price === 'boolean') return price ? 'yes' : 'no';
  const digits = String(price).padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return fraction === '' ? digits.slice(0, -6) : `${digits.slice(0, -6)}.${fraction}`;
}

/** Columns as wide as their widest cell; amounts stand to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === 2 || column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
