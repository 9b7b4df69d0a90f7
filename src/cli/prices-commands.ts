/** The tree of `turnpike prices`: what it does is in `prices/`. */
import type { Command } from 'commander';
import { CONFIG_OPTION, collect, type Ended, examples, LEDGER_OPTION } from './command.ts';
import type { Io } from './io.ts';

export function addPricesCommands(program: Command, io: Io, ended: Ended): void {
  const prices = program
    .command('prices')
    .description('keep the price cards up to date')
    .addHelpText('after', examples('npx turnpike prices sync', 'npx turnpike prices reprice --from 2026-11-01'));
  prices
    .command('sync')
    .description(
      'compare the price cards with the open catalogue @pydantic/genai-prices, which must be installed; a price that changed becomes a new card, dated today, and no card is ever altered',
    )
    .argument('[file]', 'YAML file of price cards', 'policies/data/prices.yaml')
    .option('--only <target>', 'only this target; can be repeated', collect)
    .option('--map <target=provider/model>', "the catalogue's name of a target; can be repeated", collect)
    .option('--check', 'exit with 1 when something differs')
    .option('-w, --write', 'add the new cards to the file')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples(
        'npx turnpike prices sync',
        'npx turnpike prices sync --only openai/gpt-5.2 --write',
        'npx turnpike prices sync --map bedrock/my-claude=aws/anthropic.claude-sonnet-4-6 --json',
        'npx turnpike prices sync --check',
      ),
    )
    .action(
      async (file: string, options: Omit<Parameters<typeof import('./prices/sync.ts').runPricesSync>[0], 'file'>) => {
        const { runPricesSync } = await import('./prices/sync.ts');
        ended(await runPricesSync({ file, ...options }, io));
      },
    );
  prices
    .command('reprice')
    .description(
      'compare what a period cost with what it costs by the price cards as they are now; --write appends the differences to the ledger, and no entry is ever altered',
    )
    .requiredOption('--from <moment>', 'date (00:00 UTC) or date-time, inclusive')
    .option('--to <moment>', 'date (00:00 UTC) or date-time, exclusive (default: now)')
    .option('--target <provider/model>', 'only this target')
    .option('--policy <path>', 'policy folder or bundle whose cards count', 'policies')
    .option(...LEDGER_OPTION)
    .option(...CONFIG_OPTION)
    .option('-w, --write', 'append the adjustments')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples(
        'npx turnpike prices reprice --from 2026-11-01 --to 2026-12-01',
        'npx turnpike prices reprice --from 2026-11-01 --target openai/gpt-5.2 --ledger turnpike-ledger.db --write',
      ),
    )
    .action(async (options: Parameters<typeof import('./prices/reprice.ts').runPricesReprice>[0]) => {
      const { runPricesReprice } = await import('./prices/reprice.ts');
      ended(await runPricesReprice(options, io));
    });
}
