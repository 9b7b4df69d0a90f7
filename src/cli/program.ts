/**
 * The tree of commands: names, options, examples. What a command does is in a file of its own, loaded when it runs,
 * so that `--help` is quick.
 */
import { Command } from 'commander';
import { addBudgetsCommand } from './budgets-commands.ts';
import { CONFIG_OPTION, collect, type Ended, examples, wholeNumber } from './command.ts';
import { EXIT } from './failure-text.ts';
import type { Io } from './io.ts';
import { addKeysCommands } from './keys-commands.ts';
import { addLedgerCommands } from './ledger-commands.ts';
import { addPolicyCommands } from './policy-commands.ts';
import { addPricesCommands } from './prices-commands.ts';
import { addReportCommands } from './report-commands.ts';
import { packageVersion } from './version.ts';

export function createProgram(io: Io, ended: Ended): Command {
  const program = new Command('turnpike')
    .description(
      'Policy as code for generative-AI traffic: may this call happen, which model serves it, what may it cost.',
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => io.color,
      getErrHasColors: () => io.color,
    })
    .exitOverride();
  program.addHelpText(
    'after',
    examples(
      'npx turnpike serve',
      'npx turnpike decide --team search --application assistant --environment prod --role service',
      'npx turnpike policy test policies',
    ),
  );

  addServe(program, io, ended);
  addDecide(program, io, ended);
  addPolicyCommands(program, io, ended);
  addKeysCommands(program, io, ended);
  addPricesCommands(program, io, ended);
  addBudgetsCommand(program, io, ended);
  addReportCommands(program, io, ended);
  addLedgerCommands(program, io, ended);
  addConfig(program, io, ended);
  addStatus(program, io, ended);
  addCompletion(program, io, ended);
  program
    .command('version')
    .description('print the version')
    .option('--json', 'as JSON, with that of Node')
    .action((options: { json?: boolean }) => {
      const version = packageVersion();
      io.stdout.write(
        options.json === true ? `${JSON.stringify({ version, node: process.version })}\n` : `${version}\n`,
      );
      ended(EXIT.ok);
    });
  return program;
}

function addServe(program: Command, io: Io, ended: Ended): void {
  program
    .command('serve')
    .description('serve decisions over gRPC and HTTP until SIGTERM; SIGHUP brings in a new policy')
    .option(...CONFIG_OPTION)
    .addHelpText(
      'after',
      examples('npx turnpike serve', 'TURNPIKE_TRANSPORTS_HTTP_PORT=8080 npx turnpike serve --config prod.yaml'),
    )
    .action(async (options: object) => {
      const { runServe } = await import('./serve.ts');
      ended(await runServe(options, io));
    });
}

function addDecide(program: Command, io: Io, ended: Ended): void {
  program
    .command('decide')
    .description('ask for one decision; exits with 0 for allow, 3 for deny and throttle')
    .argument('[request]', 'JSON file of the request, or - for standard input; flags add to it')
    .option('--team <name>', 'team of the caller')
    .option('--application <name>', 'application of the caller')
    .option('--environment <name>', 'environment of the caller')
    .option('--subject <name>', 'who calls')
    .option('--role <name>', 'a role of the caller; can be repeated', collect)
    .option('--task <name>', 'what the call is for')
    .option('--model <name>', 'a model or an alias')
    .option('--operation <name>', 'what is asked of the model (default: chat)')
    .option('--priority <name>', 'interactive, standard or batch')
    .option('--stream', 'the reply is streamed')
    .option('--input-tokens <count>', 'tokens of the prompt', wholeNumber)
    .option('--max-output-tokens <count>', 'tokens of the reply at most', wholeNumber)
    .option('--need <name>', 'a capability that the model must have; can be repeated', collect)
    .option('--data-class <name>', 'public, internal, confidential or restricted')
    .option('--region <name>', 'region in which the data must stay')
    .option('--tag <name=value>', 'a tag of the call; can be repeated', collect)
    .option('--local', 'decide in this process, by the policy of the configuration')
    .option(...CONFIG_OPTION)
    .option('--server <address>', 'host:port of gRPC, or http://host:port (default: 127.0.0.1:9191, TURNPIKE_SERVER)')
    .option('--key <key>', 'API key (better: TURNPIKE_KEY)')
    .option('--tls-ca <file>', "PEM of who signed the server's certificate")
    .option('--timeout <ms>', 'wait at most, in milliseconds', wholeNumber, 10_000)
    .option('--json', 'the decision as JSON')
    .addHelpText(
      'after',
      examples(
        'npx turnpike decide --team search --application assistant --environment prod --role service --task summarize',
        'npx turnpike decide --server http://127.0.0.1:8181 --json request.json',
        'npx turnpike decide --local --team search --application assistant --environment prod --role service --model auto',
      ),
    )
    .action(async (request: string | undefined, options: Parameters<typeof import('./decide.ts').runDecide>[1]) => {
      const { runDecide } = await import('./decide.ts');
      ended(await runDecide(request, options, io));
    });
}

function addConfig(program: Command, io: Io, ended: Ended): void {
  const config = program
    .command('config')
    .description('check and print the configuration')
    .addHelpText('after', examples('npx turnpike config check'));
  config
    .command('check')
    .description('tell every fault of the configuration, or that there is none')
    .option(...CONFIG_OPTION)
    .addHelpText('after', examples('npx turnpike config check --config prod.yaml'))
    .action(async (options: object) => {
      const { runConfigCheck } = await import('./config.ts');
      ended(await runConfigCheck(options, io));
    });
  config
    .command('print')
    .description('print what is in force, and who said each option')
    .option(...CONFIG_OPTION)
    .option('--defaults', 'print the defaults instead')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('npx turnpike config print', 'npx turnpike config print --defaults > turnpike.yaml'))
    .action(async (options: object) => {
      const { runConfigPrint } = await import('./config.ts');
      ended(await runConfigPrint(options, io));
    });
  config
    .command('reference', { hidden: true })
    .description('print the page of all options')
    .action(async (options: object) => {
      const { runConfigReference } = await import('./config.ts');
      ended(await runConfigReference(options, io));
    });
}

function addStatus(program: Command, io: Io, ended: Ended): void {
  program
    .command('status')
    .description('print what a running server says of its policy; exits with 0 when it serves the newest')
    .option('--server <address>', 'address of its HTTP listener (default: http://127.0.0.1:8181)')
    .option('--timeout <ms>', 'wait at most, in milliseconds', wholeNumber, 5000)
    .option('--json', 'as JSON')
    .addHelpText('after', examples('npx turnpike status', 'npx turnpike status --server http://10.0.0.7:8181 --json'))
    .action(async (options: Parameters<typeof import('./status.ts').runStatus>[0]) => {
      const { runStatus } = await import('./status.ts');
      ended(await runStatus(options, io));
    });
}

function addCompletion(program: Command, io: Io, ended: Ended): void {
  program
    .command('completion')
    .description('print tab completion for a shell')
    .argument('<shell>', 'bash, zsh or fish', (value: string) => value)
    .addHelpText('after', examples('source <(npx turnpike completion bash)', 'npx turnpike completion fish | source'))
    .action(async (shell: string) => {
      const { runCompletion, SHELLS } = await import('./completion.ts');
      const known = SHELLS.find((one) => one === shell);
      if (known === undefined) program.error(`error: no completion for '${shell}': ${SHELLS.join(', ')}`);
      else ended(await runCompletion(known, program, io));
    });
}
