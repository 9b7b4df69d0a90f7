/** What money costs: to hold and settle it, to write it down and to report it. */
import type { Compiler } from '../../src/policy/compiler/client.ts';
import type { BenchOptions, Section } from '../section.ts';
import { accountsPart } from './accounts.ts';
import { postgresLedgerPart } from './ledger-postgres.ts';
import { sqliteLedgerPart } from './ledger-sqlite.ts';
import { millionPart } from './million.ts';
import type { MoneyPart } from './part.ts';

/** In the order they are measured and shown. */
const PARTS: readonly ((options: BenchOptions) => Promise<MoneyPart>)[] = [
  accountsPart,
  sqliteLedgerPart,
  postgresLedgerPart,
  millionPart,
];

export async function moneySection(_compiler: Compiler, options: BenchOptions): Promise<Section> {
  const parts: MoneyPart[] = [];
  for (const part of PARTS) parts.push(await part(options));
  return {
    title: 'money',
    rows: parts.flatMap(({ rows }) => rows),
    bars: parts.flatMap(({ bars }) => bars),
    notes: parts.flatMap(({ notes }) => notes),
  };
}
