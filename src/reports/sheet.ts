/** A report as a person reads it: headed columns of cells that know what they are, so that each format writes its own. */
import { dollars, grouped, signedDollars } from './money.ts';

export type SheetCell =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'money'; readonly nano: bigint }
  /** More or less than before. */
  | { readonly kind: 'change'; readonly nano: bigint }
  | { readonly kind: 'count'; readonly value: number }
  /** 1 is all of it; undefined: there is nothing to compare with. */
  | { readonly kind: 'share'; readonly value: number | undefined }
  /** 0.5 is half more. */
  | { readonly kind: 'growth'; readonly value: number | undefined }
  /** 2 is twice as much. */
  | { readonly kind: 'times'; readonly value: number | undefined }
  /** One amount a day. */
  | { readonly kind: 'days'; readonly nano: readonly bigint[] };

export interface Sheet {
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly SheetRow[];
  /** Said below. */
  readonly notes: readonly string[];
}

export interface SheetRow {
  readonly cells: readonly SheetCell[];
  /** Of all the rows above. */
  readonly total?: boolean;
}

export const text = (value: string): SheetCell => ({ kind: 'text', text: value });
export const money = (nano: bigint): SheetCell => ({ kind: 'money', nano });
export const change = (nano: bigint): SheetCell => ({ kind: 'change', nano });
export const count = (value: number): SheetCell => ({ kind: 'count', value });
export const share = (value: number | undefined): SheetCell => ({ kind: 'share', value });

export const left = (name: string): Sheet['columns'][number] => ({ name, align: 'left' });
export const right = (name: string): Sheet['columns'][number] => ({ name, align: 'right' });

const NONE = '–';

/** One line, without what would drive a terminal or turn the direction of what follows. */
export function cellText(cell: SheetCell): string {
  switch (cell.kind) {
    case 'text':
      return visible(cell.text);
    case 'money':
      return dollars(cell.nano);
    case 'change':
      return signedDollars(cell.nano);
    case 'count':
      return grouped(String(cell.value));
    case 'share':
      return cell.value === undefined ? NONE : percent(cell.value);
    case 'growth':
      if (cell.value === undefined) return NONE;
      return `${cell.value > 0 ? '+' : cell.value < 0 ? '−' : ''}${percent(Math.abs(cell.value))}`;
    case 'times':
      return cell.value === undefined ? NONE : `${grouped(cell.value.toFixed(2))}×`;
    case 'days':
      return sparkline(cell.nano);
  }
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;

const BARS = '▁▂▃▄▅▆▇█';

/** The dearest day is full; one that cost nothing, or gave money back, is the lowest. */
function sparkline(days: readonly bigint[]): string {
  const most = days.reduce(dearer, 0n);
  return days
    .map((day) => {
      const height = most === 0n || day <= 0n ? 0 : Number((day * BigInt(BARS.length - 1) + most - 1n) / most);
      return BARS[height] ?? '';
    })
    .join('');
}

function dearer(left: bigint, right: bigint): bigint {
  if (left > right) return left;
  return right;
}

export function visible(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to keep out
  return value.replace(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}
