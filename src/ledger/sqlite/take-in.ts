/** For commands, which have no thread: what lies in journals beside a ledger is moved before it is read. */
import { openDatabase } from './database.ts';
import { journalsBeside } from './journal-files.ts';
import { Mover } from './mover.ts';
import { migrate } from './schema.ts';

/** Where the file cannot be written, or is no ledger of ours, what is in it is read as it is. */
export function takeInJournals(file: string): void {
  try {
    if (journalsBeside(file).length === 0) return;
    const database = openDatabase({ file, synchronous: 'full' });
    try {
      migrate(database);
      new Mover(database, { file }).moveAll(Date.now());
    } finally {
      database.close();
    }
  } catch {
    // Whoever reads is told what is wrong with the file, where something is.
  }
}
