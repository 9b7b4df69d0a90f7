/** The tree of `turnpike prices`: what it does is in `prices/`. */
import type { Command } from 'commander';
import { collect, type Ended, examples } from './command.ts';
import type { Io } from './io.ts';

export function addPricesCommands(program: Command, io: Io, ended: Ended): void {
  const prices = program
    .command('prices')
    .description('keep the price cards up to date')
    .addHelpText('after', examples('npx turnpike prices sync'));
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
}
