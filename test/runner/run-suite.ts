/** Runs one suite in processes of its own and says how it ended. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Suite } from './suites.ts';

export interface SuiteResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly durationMs: number;
  /** What it printed: shown whole when something failed. */
  readonly output: string;
}

const COUNTING_REPORTER = fileURLToPath(new URL('./counting-reporter.ts', import.meta.url));
const KILL_AFTER_MS = 5_000;

interface Ending {
  readonly code: number | null;
  readonly output: string;
  readonly timedOut: boolean;
}

export async function runSuite(suite: Suite, env: NodeJS.ProcessEnv): Promise<SuiteResult> {
  const startedAtMs = performance.now();
  const result = suite.kind === 'check' ? await runCheck(suite, env) : await runTests(suite, env);
  return { name: suite.name, ...result, durationMs: performance.now() - startedAtMs };
}

type Counted = Omit<SuiteResult, 'name' | 'durationMs'>;

async function runCheck(suite: Suite, env: NodeJS.ProcessEnv): Promise<Counted> {
  let output = '';
  for (const command of suite.commands) {
    const ending = await run(command, env, suite.timeoutMs);
    output += ending.output;
    if (ending.code !== 0) {
      const why = ending.timedOut ? `stopped after ${suite.timeoutMs / 1000} s` : `exit code ${ending.code}`;
      return { passed: 0, failed: 1, skipped: 0, output: `$ node ${command.join(' ')}\n${output}\n${why}\n` };
    }
  }
  return { passed: 1, failed: 0, skipped: 0, output };
}

async function runTests(suite: Suite, env: NodeJS.ProcessEnv): Promise<Counted> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-test-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const options = ['--test', '--test-concurrency=1', '--test-reporter=spec', '--test-reporter-destination=stdout'];
    const counting = [`--test-reporter=${COUNTING_REPORTER}`, `--test-reporter-destination=${countsFile}`];
    const files = suite.commands.flat();
    const ending = await run([...options, ...counting, ...files], env, suite.timeoutMs);
    return judge(ending, readCounts(countsFile), suite.timeoutMs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A suite that ran nothing, died or failed without saying which test has failed once at least. */
function judge(ending: Ending, counts: Omit<Counted, 'output'> | undefined, timeoutMs: number): Counted {
  const { output } = ending;
  if (ending.timedOut) {
    return { passed: 0, failed: 1, skipped: 0, output: `${output}\nstopped after ${timeoutMs / 1000} s\n` };
  }
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0, output: `${output}\nended without a summary\n` };
  if (counts.passed + counts.failed + counts.skipped === 0)
    return { ...counts, failed: 1, output: `${output}\nno test ran\n` };
  if (ending.code !== 0 && counts.failed === 0) {
    return { ...counts, failed: 1, output: `${output}\nexit code ${ending.code}\n` };
  }
  return { ...counts, output };
}

function readCounts(file: string): Omit<Counted, 'output'> | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Omit<Counted, 'output'>; // our own reporter wrote it
  } catch {
    return undefined;
  }
}

/** In a process group of its own, so that a stop reaches what it started too. */
function run(args: readonly string[], env: NodeJS.ProcessEnv, timeoutMs: number): Promise<Ending> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child.pid);
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stderr.on('data', (part: Buffer) => parts.push(part));
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      stop(child.pid, 'SIGTERM');
      setTimeout(() => stop(child.pid, 'SIGKILL'), KILL_AFTER_MS).unref();
    }, timeoutMs);
    const end = (code: number | null): void => {
      clearTimeout(timer);
      running.delete(child.pid);
      resolve({ code, output: Buffer.concat(parts).toString('utf8'), timedOut });
    };
    child.on('error', (reason) => {
      parts.push(Buffer.from(`${reason.message}\n`));
      end(null);
    });
    child.on('close', end);
  });
}

const running = new Set<number | undefined>();

/** Stops everything that still runs: on Ctrl-C nothing is left behind. */
export function stopAll(): void {
  for (const pid of running) stop(pid, 'SIGKILL');
}

function stop(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}
