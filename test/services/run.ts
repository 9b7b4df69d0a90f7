/**
 * `npm run test:services`: the tests that need real servers. Builds what is lacking, once, and says so while it does;
 * then runs every `*.services.test.ts`. `npm run test:services -- collector` runs the files whose path holds that word.
 * A test says what it runs against in a line of its own, such as `// needs: collector` (see tools.ts).
 * The last line is plain: `N passed, N failed`.
 */
import { globSync, readFileSync } from 'node:fs';
import { wantsColor } from '../../src/cli/io.ts';
import { createProgress } from '../runner/progress.ts';
import { runSuite, type SuiteResult, stopAll } from '../runner/run-suite.ts';
import type { Suite } from '../runner/suites.ts';
import { TOOLS } from './tools.ts';

const TIMEOUT_MS = 5 * 60_000;

async function main(words: readonly string[]): Promise<number> {
  process.chdir(new URL('../..', import.meta.url).pathname);
  const files = globSync('test/**/*.services.test.ts')
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort();
  if (files.length === 0) {
    process.stderr.write(`no *.services.test.ts has ${words.join(' or ')} in its path\n`);
    return 2;
  }
  const missing = await prepare(files);
  const isTerminal = wantsColor(process.env, process.stdout.isTTY === true);
  const progress = createProgress((text) => process.stdout.write(text), isTerminal);
  const results: SuiteResult[] = [];
  for (const file of files) {
    const suite: Suite = { name: nameOf(file), commands: [[file]], kind: 'tests', timeoutMs: TIMEOUT_MS };
    const lacks = needsOf(file).filter((tool) => missing.has(tool));
    progress.started(suite.name);
    const result = lacks.length === 0 ? await runSuite(suite, cleanEnv()) : blocked(suite.name, lacks);
    results.push(result);
    progress.ended(result);
  }
  progress.close();

  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const seconds = (performance.now() / 1000).toFixed(1);
  process.stdout.write(`\n${results.length} suites in ${seconds} s\n${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** One after the other: each build uses every core. @returns what could not be had, each told once */
async function prepare(files: readonly string[]): Promise<ReadonlySet<string>> {
  const missing = new Set<string>();
  for (const tool of new Set(files.flatMap(needsOf))) {
    try {
      const build = TOOLS.get(tool);
      if (build === undefined) throw new Error(`a test needs "${tool}"; there are ${[...TOOLS.keys()].join(', ')}`);
      await build();
    } catch (reason) {
      missing.add(tool);
      process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
    }
  }
  return missing;
}

function needsOf(file: string): readonly string[] {
  const listed = /^\/\/ needs: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return listed.split(/[\s,]+/).filter((tool) => tool !== '');
}

function blocked(name: string, lacks: readonly string[]): SuiteResult {
  return { name, passed: 0, failed: 1, skipped: 0, durationMs: 0, output: `not run: it needs ${lacks.join(', ')}\n` };
}

const nameOf = (file: string): string => file.replace(/^test\//, '').replace(/\.services\.test\.ts$/, '');

/** What a developer has set for a server of his own must not reach the tests. */
function cleanEnv(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(TURNPIKE_|OTEL_|NODE_TEST_CONTEXT$)/.test(name));
  return Object.fromEntries(own);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopAll();
    process.exit(130);
  });
}
process.exitCode = await main(process.argv.slice(2));
