/** For commands, which have no thread: what lies in journals beside a ledger is moved before it is read. */
import { closeSync, existsSync } from 'node:fs';
import { messageOf, openDatabase } from './database.ts';
import { type JournalFile, journalsBeside } from './journal-files.ts';
import { isEmptyFrom, openPart } from './journal-part.ts';
import { Mover } from './mover.ts';
import { migrate } from './schema.ts';

/** @param warn told where it cannot be done, and the file is read as it is; and of what was set aside */
export function takeInJournals(file: string, warn: (message: string) => void): void {
  // That there is no such file is told by who reads it, and nobody makes one here.
  if (!existsSync(file)) return;
  try {
    const journals = journalsBeside(file);
    if (journals.length === 0 || isMoved(file, journals)) return;
    const database = openDatabase({ file, synchronous: 'full' });
    try {
      migrate(database);
      const refused = new Mover(database, { file }).moveAll(Date.now());
      if (refused > 0) warn(`ledger ${file}: ${refused} entries are set aside in ${file}.refused`);
    } finally {
      database.close();
    }
  } catch (reason) {
    warn(`ledger ${file}: is read without what lies in journals beside it: ${messageOf(reason)}`);
  }
}

/** Whether there is nothing to do: then nobody who writes is kept from it. */
function isMoved(file: string, journals: readonly JournalFile[]): boolean {
  const database = openDatabase({ file, synchronous: 'normal' }, true);
  try {
    const known = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'journals'").get() !== undefined;
    if (!known) return false;
    const moved = database.prepare('SELECT moved FROM journals WHERE name = ?');
    return journals.every(({ path, name }) => {
      const fd = openPart(path);
      if (fd === undefined) return true;
      try {
        return isEmptyFrom(fd, Number(moved.get(name)?.['moved'] ?? 0));
      } finally {
        closeSync(fd);
      }
    });
  } finally {
    database.close();
  }
}
