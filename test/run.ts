/**
 * `npm test`: every suite that needs nothing but this machine, two at a time, with a line for each as it ends.
 * `npm test -- config engine` runs only those suites; `npm test -- --list` names them. The last line is plain:
 * `N passed, N failed`.
 */
import { availableParallelism } from 'node:os';
import { wantsColor } from '../src/cli/io.ts';
import { createProgress } from './runner/progress.ts';
import { runSuite, type SuiteResult, stopAll } from './runner/run-suite.ts';
import { findSuites, type Suite } from './runner/suites.ts';

const AT_ONCE = Math.max(2, Math.min(4, availableParallelism()));

async function main(args: readonly string[]): Promise<number> {
  process.chdir(new URL('..', import.meta.url).pathname);
  const all = findSuites('test');
  const known = new Set(all.map((suite) => suite.name));
  if (args.includes('--list')) {
    process.stdout.write(`${[...known].join('\n')}\n`);
    return 0;
  }
  const unknown = args.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    process.stderr.write(`no such suite: ${unknown.join(', ')}; there are ${[...known].join(', ')}\n`);
    return 2;
  }
  const isTerminal = wantsColor(process.env, process.stdout.isTTY === true);
  const progress = createProgress((text) => process.stdout.write(text), isTerminal);
  const results = await runAll(chosen(all, args), progress);
  progress.close();

  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const seconds = (performance.now() / 1000).toFixed(1);
  process.stdout.write(`\n${results.length} suites in ${seconds} s\n${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** The suites asked for, and what they wait for. */
function chosen(all: readonly Suite[], names: readonly string[]): readonly Suite[] {
  if (names.length === 0) return all;
  const wanted = new Set(names);
  for (const suite of all) if (wanted.has(suite.name) && suite.after !== undefined) wanted.add(suite.after);
  return all.filter((suite) => wanted.has(suite.name));
}

async function runAll(suites: readonly Suite[], progress: ReturnType<typeof createProgress>): Promise<SuiteResult[]> {
  const waiting = [...suites];
  const results = new Map<string, SuiteResult>();
  const inFlight = new Map<string, Promise<void>>();

  while (waiting.length > 0 || inFlight.size > 0) {
    while (inFlight.size < AT_ONCE) {
      const index = waiting.findIndex((suite) => suite.after === undefined || results.has(suite.after));
      const [suite] = index < 0 ? [] : waiting.splice(index, 1);
      if (suite === undefined) break;
      progress.started(suite.name);
      const blocked = suite.after !== undefined && (results.get(suite.after)?.failed ?? 0) > 0;
      const run = blocked ? Promise.resolve(blockedResult(suite)) : runSuite(suite, suiteEnv());
      inFlight.set(
        suite.name,
        run.then((result) => {
          results.set(suite.name, result);
          inFlight.delete(suite.name);
          progress.ended(result);
        }),
      );
    }
    await Promise.race(inFlight.values());
  }
  return [...results.values()];
}

function blockedResult(suite: Suite): SuiteResult {
  const output = `not run, because "${suite.after}" failed\n`;
  return { name: suite.name, passed: 0, failed: 1, skipped: 0, durationMs: 0, output };
}

/** What a developer has set for a server of his own must not reach the tests. */
function suiteEnv(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('TURNPIKE_') && !name.startsWith('OTEL_') && name !== 'NODE_TEST_CONTEXT',
  );
  return Object.fromEntries(own);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopAll();
    process.exit(130);
  });
}
process.exitCode = await main(process.argv.slice(2));
