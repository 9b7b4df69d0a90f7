/** The tree of `turnpike report`: what it does is in `report/`. */
import { type Command, Option } from 'commander';
import { CONFIG_OPTION, collect, type Ended, examples, LEDGER_OPTION, wholeNumber } from './command.ts';
import type { Io } from './io.ts';

const SHEET_FORMATS = ['table', 'markdown', 'csv', 'json', 'html'] as const;
const ZONE = [
  '--time-zone <name>',
  'IANA name of the zone of days and weeks (default: reports.time_zone of the configuration)',
] as const;
const OUTPUT = ['-o, --output <file>', 'write there and not to standard output'] as const;
const ACCOUNT = ['--billing-account <id>', 'with focus: who is billed'] as const;
const WHERE = [
  '--where <name=value>',
  'only what has that value; none asks for what lacks it; can be repeated',
] as const;

const format = (choices: readonly string[]): Option =>
  new Option('--format <name>', 'how it is told').choices(choices).default('table');

export function addReportCommands(program: Command, io: Io, ended: Ended): void {
  const report = program
    .command('report')
    .description('read the ledger: the week of each team, sums by any dimension, single entries')
    .addHelpText(
      'after',
      examples('npx turnpike report weekly --last', 'npx turnpike report pivot --by team,model --per day'),
    );
  addWeekly(report, io, ended);
  addPivot(report, io, ended);
  addEntries(report, io, ended);
}

function addWeekly(report: Command, io: Io, ended: Ended): void {
  report
    .command('weekly')
    .description('each team beside last week, its own four weeks before and the other teams, and why it changed')
    .option('--week <name>', 'ISO week, such as 2026-W47 (default: this one, as far as it is)')
    .option('--last', 'the last week that is over')
    .option('--team <name>', 'only this team')
    .option('--policy <path>', 'policy whose budgets are told (default: that of the configuration)')
    .option('--top <count>', 'applications and models of each team', wholeNumber, 3)
    .option(...LEDGER_OPTION)
    .option(...CONFIG_OPTION)
    .option(...ZONE)
    .addOption(format([...SHEET_FORMATS, 'focus']))
    .option(...ACCOUNT)
    .option(...OUTPUT)
    .addHelpText(
      'after',
      examples(
        'npx turnpike report weekly --last',
        'npx turnpike report weekly --week 2026-W47 --team search --time-zone Europe/Berlin',
        'npx turnpike report weekly --last --format html --output week.html',
        'npx turnpike report weekly --last --ledger turnpike-ledger.db --format focus > focus.csv',
      ),
    )
    .action(async (options: Parameters<typeof import('./report/weekly.ts').runWeekly>[0]) => {
      const { runWeekly } = await import('./report/weekly.ts');
      ended(await runWeekly(options, io));
    });
}

function addPivot(report: Command, io: Io, ended: Ended): void {
  report
    .command('pivot')
    .description(
      'sums by any dimensions: team, application, environment, model, tag:name and more, down to decision_id',
    )
    .option('--by <names>', 'dimensions, apart by commas', 'team')
    .addOption(new Option('--per <unit>', 'a row for each').choices(['hour', 'day', 'week', 'month']))
    .option(...WHERE, collect)
    .option('--from <date>', 'first day (default: 29 days before the last)')
    .option('--to <date>', 'last day (default: today)')
    .option('--limit <count>', 'rows at most, of each time unit; the rest is one row', wholeNumber, 100)
    .option(...LEDGER_OPTION)
    .option(...CONFIG_OPTION)
    .option(...ZONE)
    .addOption(format([...SHEET_FORMATS, 'focus']))
    .option(...ACCOUNT)
    .option(...OUTPUT)
    .addHelpText(
      'after',
      examples(
        'npx turnpike report pivot --by team,model --per day --where environment=prod',
        'npx turnpike report pivot --by decision_id --where team=search --from 2026-11-16 --to 2026-11-16 --limit 20',
        'npx turnpike report pivot --by tag:project --per month --from 2026-01-01 --format csv',
        'npx turnpike report pivot --from 2026-11-01 --to 2026-11-30 --format focus --output focus.csv',
      ),
    )
    .action(async (options: Parameters<typeof import('./report/pivot.ts').runPivot>[0]) => {
      const { runPivot } = await import('./report/pivot.ts');
      ended(await runPivot(options, io));
    });
}

function addEntries(report: Command, io: Io, ended: Ended): void {
  report
    .command('entries')
    .description('single entries of the ledger: every attempt of a decision or a call, and what corrects it')
    .option('--decision <id>', 'of this decision')
    .option('--call <id>', 'of this call')
    .option(...WHERE, collect)
    .option('--from <date>', 'first day (default: that of the id, or 29 days before the last)')
    .option('--to <date>', 'last day (default: today)')
    .option('--limit <count>', 'at most', wholeNumber, 100)
    .option('--after <cursor>', 'those behind this one, as the JSON of the page before says')
    .option(...LEDGER_OPTION)
    .option(...CONFIG_OPTION)
    .option(...ZONE)
    .addOption(format(SHEET_FORMATS))
    .option(...OUTPUT)
    .addHelpText(
      'after',
      examples(
        'npx turnpike report entries --decision 019a9d3c-5b7e-7c3f-8a21-4d5e6f708192',
        'npx turnpike report entries --where certainty=unpriced --format csv',
      ),
    )
    .action(async (options: Parameters<typeof import('./report/entries.ts').runEntries>[0]) => {
      const { runEntries } = await import('./report/entries.ts');
      ended(await runEntries(options, io));
    });
}
