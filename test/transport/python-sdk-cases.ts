/** The cases of the Python SDKs, run by Python against any server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pythonSdks } from '../services/tools.ts';
import type { SdkTarget } from './sdk-target.ts';

const SCRIPT = join(import.meta.dirname, '..', 'services', 'python-sdks', 'cases.py');
const TIMEOUT_MS = 120_000;

interface Told {
  readonly name: string;
  /** Why it failed. */
  readonly fault: string | null;
}

/** One test for each case that Python tells of. */
export function pythonSdkCases(target: SdkTarget): void {
  test("OpenAI's and Anthropic's SDKs for Python", { timeout: TIMEOUT_MS }, async (context: TestContext) => {
    const cases = await runPython({ ...target, baseUrl: target.baseUrl() });
    assert(cases.length > 20, `${cases.length} cases were told`);
    for (const { name, fault } of cases) {
      await context.test(name, () => assert.equal(fault, null, fault ?? ''));
    }
  });
}

async function runPython(target: object): Promise<readonly Told[]> {
  const python = await pythonSdks();
  const env = { PATH: process.env['PATH'], TARGET: JSON.stringify(target), NO_PROXY: '*' };
  const child = spawn(python, [SCRIPT], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString('utf8');
  });
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString('utf8');
  });
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(exitCode, 0, stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
