/** Which ledger a command reads or writes: the one that it is told of, or that of the configuration. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../core/failure.ts';
import type { Ledger } from '../flows/ledger.ts';
import { newChainId } from '../ledger/chain.ts';
import type { LedgerReader } from '../reports/ledger-reader.ts';
import { readConfig } from './config-file.ts';
import type { Io } from './io.ts';

export interface LedgerChoice {
  /** SQLite file or `postgres://` URL; absent: that of the configuration. */
  readonly ledger?: string;
  readonly config?: string;
}

/** @throws Failure `config_invalid` where there is none, `not_found`, `unavailable` */
export async function openLedgerReader(choice: LedgerChoice, io: Io): Promise<LedgerReader> {
  const place = await ledgerPlace(choice, io);
  switch (place.kind) {
    case 'sqlite': {
      const { openSqliteReader } = await import('../ledger/sqlite/open.ts');
      return openSqliteReader(place.file, warningOn(io));
    }
    case 'postgres': {
      const { openPostgresReader } = await import('../ledger/postgres/open.ts');
      return openPostgresReader({ url: place.url });
    }
  }
}

/** Where a command says what it could not do on the side. */
export const warningOn =
  ({ stderr }: Pick<Io, 'stderr'>): ((message: string) => void) =>
  (message) =>
    void stderr.write(`turnpike: ${message}\n`);

/** To append with: a chain of its own, so that it writes beside a server. @throws as `openLedgerReader` */
export async function openLedgerWriter(choice: LedgerChoice, io: Io): Promise<Ledger> {
  const place = await ledgerPlace(choice, io);
  const chainId = `cli-${newChainId()}`;
  switch (place.kind) {
    case 'sqlite': {
      const { openSqliteLedger } = await import('../ledger/sqlite/open.ts');
      const { file, synchronous } = place;
      return openSqliteLedger({ file, synchronous, chainId, warn: warningOn(io) });
    }
    case 'postgres': {
      const { openPostgresLedger } = await import('../ledger/postgres/open.ts');
      return openPostgresLedger({ url: place.url, chainId });
    }
  }
}

export type LedgerPlace =
  | { readonly kind: 'sqlite'; readonly file: string; readonly synchronous: 'full' | 'normal' }
  | { readonly kind: 'postgres'; readonly url: string };

/** Where it is, for what reads or writes it otherwise. @throws as `openLedgerReader` */
export async function ledgerPlace(choice: LedgerChoice, io: Io): Promise<LedgerPlace> {
  const place = choice.ledger === undefined ? await configured(choice.config, io) : told(choice.ledger, io);
  // A slip of the pen must not make a new, empty ledger.
  if (place.kind === 'sqlite' && !existsSync(place.file)) {
    throw new Failure('not_found', `ledger ${place.file}: there is no such file`);
  }
  return place;
}

function told(ledger: string, io: Io): LedgerPlace {
  return /^postgres(?:ql)?:\/\//.test(ledger)
    ? { kind: 'postgres', url: ledger }
    : { kind: 'sqlite', file: resolve(io.cwd, ledger), synchronous: 'full' };
}

async function configured(config: string | undefined, io: Io): Promise<LedgerPlace> {
  const { ledger } = readConfig(config, io).config;
  switch (ledger.store) {
    case 'none':
      throw new Failure('config_invalid', 'ledger.store: none is configured; --ledger names one');
    case 'sqlite':
      return { kind: 'sqlite', file: resolve(io.cwd, ledger.file), synchronous: ledger.synchronous };
    case 'postgres': {
      const { revealSecret } = await import('../providers/secrets.ts');
      const { env } = io;
      return { kind: 'postgres', url: await revealSecret('ledger.url', ledger.url ?? '', { env, nowMs: Date.now }) };
    }
  }
}
