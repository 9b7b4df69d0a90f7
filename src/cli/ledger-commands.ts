/** The tree of `turnpike ledger`: what each command does is in `ledger/`. */
import { type Command, Option } from 'commander';
import { CONFIG_OPTION, collect, type Ended, examples, LEDGER_OPTION } from './command.ts';
import type { Io } from './io.ts';

const JSON_OPTION = ['--json', 'as JSON'] as const;

export function addLedgerCommands(program: Command, io: Io, ended: Ended): void {
  const ledger = program
    .command('ledger')
    .description('prove, export and prune the ledger')
    .addHelpText('after', examples('npx turnpike ledger verify', 'npx turnpike ledger head > heads.txt'));
  addVerify(ledger, io, ended);
  addHead(ledger, io, ended);
  addExport(ledger, io, ended);
  addPrune(ledger, io, ended);
}

function addVerify(ledger: Command, io: Io, ended: Ended): void {
  ledger
    .command('verify')
    .description('find every row that was changed, added or taken out, and sums that are not of their rows')
    .option('--head <chain:seq:hash>', 'a head that was kept, as `ledger head` told it; can be repeated', collect)
    .option('--heads <file>', 'a file of such heads, one a line')
    .option(...LEDGER_OPTION)
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        'npx turnpike ledger verify',
        'npx turnpike ledger verify --ledger turnpike-ledger.db --heads heads.txt',
      ),
    )
    .action(async (options: Parameters<typeof import('./ledger/verify.ts').runLedgerVerify>[0]) => {
      const { runLedgerVerify } = await import('./ledger/verify.ts');
      ended(await runLedgerVerify(options, io));
    });
}

function addHead(ledger: Command, io: Io, ended: Ended): void {
  ledger
    .command('head')
    .description('print where every chain ends, as chain:seq:hash, to be kept where nobody can change it')
    .option(...LEDGER_OPTION)
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('npx turnpike ledger head >> heads.txt'))
    .action(async (options: Parameters<typeof import('./ledger/head.ts').runLedgerHead>[0]) => {
      const { runLedgerHead } = await import('./ledger/head.ts');
      ended(await runLedgerHead(options, io));
    });
}

function addExport(ledger: Command, io: Io, ended: Ended): void {
  ledger
    .command('export')
    .description('write out every entry of a period, in the order of time')
    .option('--from <moment>', 'date (its first moment in UTC) or date-time from which on (default: the first entry)')
    .option('--to <moment>', 'date or date-time before which (default: now)')
    .addOption(new Option('--format <name>', 'how it is told').choices(['jsonl', 'csv']).default('jsonl'))
    .option('-o, --output <file>', 'write there and not to standard output')
    .option(...LEDGER_OPTION)
    .option(...CONFIG_OPTION)
    .addHelpText(
      'after',
      examples(
        'npx turnpike ledger export --from 2026-10-01 --to 2026-11-01 | gzip > 2026-10.jsonl.gz',
        'npx turnpike ledger export --format csv --output entries.csv',
      ),
    )
    .action(async (options: Parameters<typeof import('./ledger/export.ts').runLedgerExport>[0]) => {
      const { runLedgerExport } = await import('./ledger/export.ts');
      ended(await runLedgerExport(options, io));
    });
}

function addPrune(ledger: Command, io: Io, ended: Ended): void {
  ledger
    .command('prune')
    .description('remove the entries of attempts that started before a moment; sums stay. Export them first')
    .requiredOption('--before <moment>', 'date (its first moment in UTC) or date-time, at least 7 days ago')
    .option(...LEDGER_OPTION)
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('npx turnpike ledger prune --before 2025-11-01'))
    .action(async (options: Parameters<typeof import('./ledger/prune.ts').runLedgerPrune>[0]) => {
      const { runLedgerPrune } = await import('./ledger/prune.ts');
      ended(await runLedgerPrune(options, io));
    });
}
