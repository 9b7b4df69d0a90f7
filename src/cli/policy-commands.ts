/** The tree of `turnpike policy`: what each command does is in `policy/`. */
import type { Command } from 'commander';
import { collect, type Ended, examples, wholeNumber } from './command.ts';
import type { Io } from './io.ts';

const FOLDER = ['[folder]', 'folder of policies', 'policies'] as const;
const JSON_OPTION = ['--json', 'as JSON'] as const;

export function addPolicyCommands(program: Command, io: Io, ended: Ended): void {
  const policy = program
    .command('policy')
    .description('check, format, test, build and inspect policies')
    .addHelpText('after', examples('npx turnpike policy check', 'npx turnpike policy test --coverage'));
  addCheck(policy, io, ended);
  addFormat(policy, io, ended);
  addTest(policy, io, ended);
  addBuild(policy, io, ended);
  addInspect(policy, io, ended);
}

function addCheck(policy: Command, io: Io, ended: Ended): void {
  policy
    .command('check')
    .description('compile strictly, with the schemas, against the builtins that the evaluator has')
    .argument(...FOLDER)
    .option('--lenient', 'allow unused imports and variables, and shadowed names')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('npx turnpike policy check policies', 'npx turnpike policy check --json'))
    .action(async (directory: string, options: { lenient?: boolean; json?: boolean }) => {
      const { runPolicyCheck } = await import('./policy/check.ts');
      ended(await runPolicyCheck({ directory, ...options }, io));
    });
}

function addFormat(policy: Command, io: Io, ended: Ended): void {
  policy
    .command('fmt')
    .description('name the files that are not formatted; --diff shows how, --write changes them')
    .argument(...FOLDER)
    .option('--check', 'name them (this is what happens anyway)')
    .option('--diff', 'show what would change')
    .option('-w, --write', 'format them')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('npx turnpike policy fmt --write policies'))
    .action(async (directory: string, options: { diff?: boolean; write?: boolean; json?: boolean }) => {
      const { runPolicyFormat } = await import('./policy/fmt.ts');
      const mode = options.write === true ? 'write' : options.diff === true ? 'diff' : 'check';
      ended(await runPolicyFormat({ directory, mode, ...jsonOf(options) }, io));
    });
}

interface TestFlags {
  readonly run?: string;
  readonly coverage?: boolean;
  readonly threshold?: number;
  readonly junit?: string;
  readonly verbose?: boolean;
  readonly prepared?: boolean;
  readonly json?: boolean;
}

function addTest(policy: Command, io: Io, ended: Ended): void {
  policy
    .command('test')
    .description('run the tests of the policies (rules named test_…)')
    .argument(...FOLDER)
    .option('-r, --run <regex>', 'only tests whose full name matches')
    .option('--coverage', 'say which lines no test reaches')
    .option('--threshold <percent>', 'fail below this coverage', wholeNumber)
    .option('--junit <file>', 'write the results as JUnit XML')
    .option('-v, --verbose', 'name every test')
    .option('--prepared', 'run over prepared data, as a bundle has it')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples('npx turnpike policy test', 'npx turnpike policy test --threshold 95 --junit policy.xml policies'),
    )
    .action(
      async (directory: string, { run: filter, threshold, junit, coverage, verbose, prepared, json }: TestFlags) => {
        const { runPolicyTest } = await import('./policy/test.ts');
        const flags = {
          ...(filter === undefined ? {} : { filter }),
          ...(threshold === undefined ? {} : { thresholdPercent: threshold }),
          ...(junit === undefined ? {} : { junitPath: junit }),
          coverage: coverage === true,
          verbose: verbose === true,
          prepared: prepared === true,
        };
        ended(await runPolicyTest({ directory, ...flags, json: json === true }, io));
      },
    );
}

interface BuildFlags {
  readonly output?: string;
  readonly revision?: string;
  readonly entrypoint?: readonly string[];
  readonly skipTests?: boolean;
  readonly json?: boolean;
}

function addBuild(policy: Command, io: Io, ended: Ended): void {
  policy
    .command('build')
    .description('check, test and compile into a bundle')
    .argument(...FOLDER)
    .option('-o, --output <file>', 'where to write it (default: bundle.tar.gz)')
    .option('--revision <name>', 'revision of the bundle (default: the git commit of the folder)')
    .option('-e, --entrypoint <path>', 'rule that can be asked (default: turnpike/decision); can be repeated', collect)
    .option('--skip-tests', 'compile without running the tests')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('npx turnpike policy build --output bundle.tar.gz policies'))
    .action(async (directory: string, { entrypoint: entrypoints, ...flags }: BuildFlags) => {
      const { runPolicyBuild } = await import('./policy/build.ts');
      ended(await runPolicyBuild({ directory, ...flags, ...(entrypoints === undefined ? {} : { entrypoints }) }, io));
    });
}

function addInspect(policy: Command, io: Io, ended: Ended): void {
  policy
    .command('inspect')
    .description('what a folder or a bundle holds: entry points, rules, data, builtins')
    .argument('[target]', 'folder of policies, or a bundle', 'policies')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('npx turnpike policy inspect bundle.tar.gz'))
    .action(async (target: string, options: { json?: boolean }) => {
      const { runPolicyInspect } = await import('./policy/inspect.ts');
      ended(await runPolicyInspect({ target, ...jsonOf(options) }, io));
    });
}

const jsonOf = (options: { readonly json?: boolean }): { readonly json: boolean } => ({ json: options.json === true });
