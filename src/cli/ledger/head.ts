/** `turnpike ledger head`: where every chain ends. Who keeps that elsewhere finds out what is changed or cut before it. */
import type { KeptHead } from '../../ledger/faults.ts';
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { type LedgerChoice, ledgerPlace, warningOn } from '../open-ledger.ts';

/** @returns 0 */
export async function runLedgerHead(options: LedgerChoice & { readonly json?: boolean }, io: Io): Promise<number> {
  // A chain that has no row yet has nothing to keep.
  const heads = (await headsOf(options, io)).filter(({ seq }) => seq > 0n);
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(
          heads.map((head) => ({ ...head, seq: Number(head.seq) }), undefined),
          undefined,
          2,
        )}\n`
      : heads.map(({ chain, seq, hash }) => `${chain}:${seq}:${hash}\n`).join(''),
  );
  return EXIT.ok;
}

async function headsOf(choice: LedgerChoice, io: Io): Promise<readonly KeptHead[]> {
  const place = await ledgerPlace(choice, io);
  switch (place.kind) {
    case 'sqlite': {
      const { sqliteHeads } = await import('../../ledger/sqlite/verify.ts');
      return sqliteHeads(place.file, warningOn(io));
    }
    case 'postgres': {
      const { postgresHeads } = await import('../../ledger/postgres/verify.ts');
      return postgresHeads(place.url);
    }
  }
}
