/** `turnpike ledger verify`: proves the ledger, and names what is wrong with it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import pc from 'picocolors';
import { Failure } from '../../core/failure.ts';
import { faultText, type KeptHead, type LedgerFault, type Verified } from '../../ledger/faults.ts';
import { EXIT, printable } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { type LedgerChoice, ledgerPlace, warningOn } from '../open-ledger.ts';
import { createProgress } from '../progress.ts';

export interface VerifyCommand extends LedgerChoice {
  readonly head?: readonly string[];
  readonly heads?: string;
  readonly json?: boolean;
}

/** @returns 0 when all is as it was written, 1 with any fault */
export async function runLedgerVerify(options: VerifyCommand, io: Io): Promise<number> {
  const kept = [
    ...(options.head ?? []).map((text) => readHead(text, '--head')),
    ...(options.heads === undefined ? [] : readHeads(options.heads, io)),
  ];
  const progress = createProgress(io);
  progress.step('verifying the ledger');
  try {
    const verified = await verify(options, kept, io, (rows) => progress.step(`${count(rows, 'row')} verified`));
    progress.done();
    io.stdout.write(
      options.json === true
        ? `${JSON.stringify(verifiedDocument(verified), undefined, 2)}\n`
        : verifiedText(verified, kept.length, io.color),
    );
    return verified.found === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    progress.done();
  }
}

async function verify(
  choice: LedgerChoice,
  kept: readonly KeptHead[],
  io: Io,
  onRows: (rows: number) => void,
): Promise<Verified> {
  const place = await ledgerPlace(choice, io);
  switch (place.kind) {
    case 'sqlite': {
      const { verifySqliteLedger } = await import('../../ledger/sqlite/verify.ts');
      return verifySqliteLedger({ file: place.file, kept, onRows, warn: warningOn(io) });
    }
    case 'postgres': {
      const { verifyPostgresLedger } = await import('../../ledger/postgres/verify.ts');
      return verifyPostgresLedger({ url: place.url, kept, onRows });
    }
  }
}

function readHead(text: string, option: string): KeptHead {
  const [, chain, seq, hash] = /^(.+):(\d{1,18}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (chain === undefined || seq === undefined || hash === undefined) {
    const actual = printable(text.slice(0, 120));
    throw new Failure(
      'config_invalid',
      `${option}: must be chain:seq:hash, as ledger head tells it (actual: "${actual}")`,
    );
  }
  return { chain, seq: BigInt(seq), hash };
}

function readHeads(file: string, io: Io): readonly KeptHead[] {
  let text: string;
  try {
    text = readFileSync(resolve(io.cwd, file), 'utf8');
  } catch (cause) {
    throw new Failure('config_invalid', `--heads: cannot read ${file}`, { cause });
  }
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => readHead(line, '--heads'));
}

function verifiedText({ chains, rows, dropped, faults, found }: Verified, kept: number, color: boolean): string {
  const colors = pc.createColors(color);
  const lines = [
    `${count(chains, 'chain')}, ${count(rows, 'row')}${kept === 0 ? '' : `, ${count(kept, 'head')} that was kept`}: ${
      found === 0 ? colors.green('as they were written') : colors.red(count(found, 'fault'))
    }`,
    ...(dropped === 0 ? [] : [colors.dim(`${count(dropped, 'row')} of before were dropped by retention`)]),
    ...faults.map((fault) => `  ${colors.red(fault.kind.padEnd(7))}  ${printable(faultText(fault))}`),
    ...(found > faults.length ? [colors.dim(`  and ${found - faults.length} more`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function verifiedDocument({ faults, ...verified }: Verified): object {
  return { ...verified, faults: faults.map((fault) => ({ ...numbers(fault), text: faultText(fault) })) };
}

/** Places are counted one by one, so that a float holds them. */
const numbers = (fault: LedgerFault): object =>
  Object.fromEntries(
    Object.entries(fault).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );

const count = (number: number, name: string): string =>
  `${number.toLocaleString('en-US')} ${name}${number === 1 ? '' : 's'}`;
