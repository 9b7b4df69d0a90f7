/** The command `turnpike budgets`: what it does is in `budgets.ts`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CONFIG_OPTION, type Ended, examples, LEDGER_OPTION } from './command.ts';
import type { Io } from './io.ts';

export function addBudgetsCommand(program: Command, io: Io, ended: Ended): void {
  program
    .command('budgets')
    .description('what every budget has spent by the ledger, what is to be expected of it, and which runs out when')
    .option('--team <name>', 'only budgets that cover this team')
    .option('--policy <path>', 'policy folder or bundle that has the budgets (default: that of the configuration)')
    .option(...LEDGER_OPTION)
    .option(...CONFIG_OPTION)
    .addOption(
      new Option(
        '--server <address>',
        'ask this server, such as http://127.0.0.1:8181: it knows what is held as well',
      ).conflicts(['policy', 'ledger', 'config']),
    )
    .option('--key <key>', 'API key for the server (better: TURNPIKE_KEY)')
    .addOption(
      new Option('--watch [seconds]', 'show it again every so often, until it is ended (default: 5)')
        .argParser(seconds)
        .conflicts('check'),
    )
    .option('--check', 'exit with 1 when one is spent, or is expected to be before it starts anew')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples(
        'npx turnpike budgets',
        'npx turnpike budgets --server http://127.0.0.1:8181 --watch 5',
        'npx turnpike budgets --team search --ledger turnpike-ledger.db --json',
      ),
    )
    .action(async (options: Parameters<typeof import('./budgets.ts').runBudgets>[0]) => {
      const { runBudgets } = await import('./budgets.ts');
      ended(await runBudgets(options, io));
    });
}

const MOST_SECONDS = 86_400;

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MOST_SECONDS) return value;
  throw new InvalidArgumentError(`must be whole seconds from 1 to ${MOST_SECONDS}.`);
}
