/** The command `turnpike budgets`: what it does is in `budgets.ts`. */
import type { Command } from 'commander';
import { CONFIG_OPTION, type Ended, examples, LEDGER_OPTION } from './command.ts';
import type { Io } from './io.ts';

export function addBudgetsCommand(program: Command, io: Io, ended: Ended): void {
  program
    .command('budgets')
    .description('what every budget has spent by the ledger, what is to be expected of it, and which runs out when')
    .option('--team <name>', 'only budgets that cover this team')
    .option('--policy <path>', 'policy folder or bundle that has the budgets', 'policies')
    .option(...LEDGER_OPTION)
    .option(...CONFIG_OPTION)
    .option('--check', 'exit with 1 when one is spent, or is expected to be before it starts anew')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples('npx turnpike budgets', 'npx turnpike budgets --team search --ledger turnpike-ledger.db --json'),
    )
    .action(async (options: Parameters<typeof import('./budgets.ts').runBudgets>[0]) => {
      const { runBudgets } = await import('./budgets.ts');
      ended(await runBudgets(options, io));
    });
}
