/**
 * The journals that lie beside a ledger, whoever writes them or did: `<ledger>.journal-<chain>-<number>`, and with `.left`
 * behind it one that was put away because nobody seemed to have it any more.
 */
import { existsSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface JournalFile {
  readonly path: string;
  /** By which the database knows how much of it was moved: the same when it was put away. */
  readonly name: string;
  readonly chain: string;
  readonly isLeft: boolean;
}

const LEFT = '.left';
/** Its writer touches a journal several times in so long. */
const LEFT_AFTER_MS = 60_000;

/** @param number never used before in this chain, since what was moved is known by the name */
export function journalFile(ledger: string, chain: string, number: number): JournalFile {
  const name = `${chain}-${number}`;
  return { path: `${ledger}.journal-${name}`, name, chain, isLeft: false };
}

/** In the order in which they were begun. */
export function journalsBeside(ledger: string): readonly JournalFile[] {
  const start = `${basename(ledger)}.journal-`;
  return readdirSync(dirname(ledger))
    .flatMap((file) => {
      if (!file.startsWith(start)) return [];
      const [, name, chain, number, left] = /^((.+)-(\d+))(\.left)?$/.exec(file.slice(start.length)) ?? [];
      return name === undefined || chain === undefined
        ? []
        : [{ path: join(dirname(ledger), file), name, chain, isLeft: left !== undefined, number: Number(number) }];
    })
    .sort((one, other) => one.number - other.number);
}

/** Whether there is still one of that name, in use or put away. */
export function isThere(ledger: string, name: string): boolean {
  const path = `${ledger}.journal-${name}`;
  // In this order: it may be put away in between.
  return existsSync(path) || existsSync(path + LEFT);
}

/**
 * Puts away a journal, all of which is in the database, where nobody has touched it for long; and removes one that was
 * put away as long ago. In two steps, because whoever has it may only have slept: it finds its file renamed when it
 * writes again, and what it wrote until then is still looked at.
 */
export function putAway({ path, isLeft }: JournalFile, nowMs: number): void {
  const { mtimeMs, ctimeMs } = statSync(path);
  if (isLeft) {
    if (nowMs - ctimeMs > LEFT_AFTER_MS) unlinkSync(path);
  } else if (nowMs - mtimeMs > LEFT_AFTER_MS) renameSync(path, path + LEFT);
}
