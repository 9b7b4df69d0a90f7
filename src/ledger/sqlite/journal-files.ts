/**
 * The journals that lie beside a ledger, whoever writes them or did: `<ledger>.journal-<chain>-<number>`, and with `.left`
 * behind it one that was put away because nobody seemed to have it any more.
 */
import { readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface JournalFile {
  readonly path: string;
  readonly chain: string;
  readonly isLeft: boolean;
}

const LEFT = '.left';
/** Its writer touches a journal several times in so long. */
const LEFT_AFTER_MS = 60_000;

export const journalPath = (ledger: string, chain: string, number: number): string =>
  `${ledger}.journal-${chain}-${number}`;

/** In the order in which they were begun, of each chain. */
export function journalsBeside(ledger: string): readonly JournalFile[] {
  const start = `${basename(ledger)}.journal-`;
  return readdirSync(dirname(ledger))
    .flatMap((name) => {
      if (!name.startsWith(start)) return [];
      const [, chain, number, left] = /^(.+)-(\d+)(\.left)?$/.exec(name.slice(start.length)) ?? [];
      return chain === undefined
        ? []
        : [{ path: join(dirname(ledger), name), chain, isLeft: left !== undefined, number: Number(number) }];
    })
    .sort((one, other) => one.number - other.number);
}

/**
 * Puts away a journal, all of which is in the database, where nobody has touched it for long; and removes one that was
 * put away as long ago. In two steps, because whoever has it may only have slept: it finds its file renamed before it
 * writes again, and what it wrote until then is still looked at.
 */
export function putAway({ path, isLeft }: JournalFile, nowMs: number): void {
  const { mtimeMs, ctimeMs } = statSync(path);
  if (isLeft) {
    if (nowMs - ctimeMs > LEFT_AFTER_MS) unlinkSync(path);
  } else if (nowMs - mtimeMs > LEFT_AFTER_MS) renameSync(path, path + LEFT);
}
