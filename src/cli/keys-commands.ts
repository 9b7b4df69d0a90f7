/** The commands under `turnpike keys`. */
import type { Command } from 'commander';
import { CONFIG_OPTION, collect, type Ended, examples, wholeNumber } from './command.ts';
import type { Io } from './io.ts';

const FILE = ['--file <file>', 'file of keys, which `identity.keys_file` names'] as const;
const JSON_OPTION = ['--json', 'as JSON'] as const;

export function addKeysCommands(program: Command, io: Io, ended: Ended): void {
  const keys = program
    .command('keys')
    .description('make, list, rotate and take back API keys')
    .addHelpText(
      'after',
      examples('npx turnpike keys create --file keys.yaml --id laptop --team search', 'npx turnpike keys list'),
    );
  keys
    .command('create')
    .description('make a key: the key itself for its holder, its hash for the file of keys (without --file, printed)')
    .option('--id <name>', 'names the key in decisions and logs (default: a random one)')
    .option('--subject <name>', 'who holds it (default: the id)')
    .option('--team <name>', 'team that it fixes')
    .option('--application <name>', 'application that it fixes')
    .option('--environment <name>', 'environment that it fixes')
    .option('--role <name>', 'a role that it fixes; can be repeated', collect)
    .option('--operation <name>', 'an operation that it may be used for (default: all); can be repeated', collect)
    .option('--model <name>', 'an alias or model that it may ask for (default: all); can be repeated', collect)
    .option('--expires-at <date>', 'moment from which it is refused, such as 2027-01-31')
    .option(...FILE)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('npx turnpike keys create --file keys.yaml --id search-prod --team search'))
    .action(async (options: Parameters<typeof import('./keys/create.ts').runKeysCreate>[0]) => {
      const { runKeysCreate } = await import('./keys/create.ts');
      ended(await runKeysCreate(options, io));
    });
  keys
    .command('list')
    .description('show every key: who holds it, what it fixes, whether it is accepted')
    .option(...CONFIG_OPTION)
    .option(...FILE)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('npx turnpike keys list --file keys.yaml'))
    .action(async (options: Parameters<typeof import('./keys/list.ts').runKeysList>[0]) => {
      const { runKeysList } = await import('./keys/list.ts');
      ended(await runKeysList(options, io));
    });
  keys
    .command('rotate <id>')
    .description('give a key a new secret; the old one is accepted for a while beside it')
    .requiredOption(...FILE)
    .option('--overlap-hours <hours>', 'how long the old one is accepted', wholeNumber, 24)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('npx turnpike keys rotate search-prod --file keys.yaml --overlap-hours 72'))
    .action(async (id: string, options: Parameters<typeof import('./keys/rotate.ts').runKeysRotate>[1]) => {
      const { runKeysRotate } = await import('./keys/rotate.ts');
      ended(await runKeysRotate(id, options, io));
    });
  keys
    .command('revoke <id>')
    .description('take a key back')
    .requiredOption(...FILE)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('npx turnpike keys revoke search-prod --file keys.yaml'))
    .action(async (id: string, options: Parameters<typeof import('./keys/revoke.ts').runKeysRevoke>[1]) => {
      const { runKeysRevoke } = await import('./keys/revoke.ts');
      ended(await runKeysRevoke(id, options, io));
    });
  keys
    .command('hash')
    .description('print the hash of a key that is read from standard input')
    .addHelpText('after', examples('printf %s "$KEY" | npx turnpike keys hash'))
    .action(async (options: object) => {
      const { runKeysHash } = await import('./keys/hash.ts');
      ended(await runKeysHash(options, io));
    });
}
