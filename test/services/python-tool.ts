/**
 * Owns the Python packages that tests run, in an environment of their own below `.cache/services`, keyed by the
 * requirements. Brought by the Python that is on PATH and its pip. Fails with one sentence when that is missing.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withLock } from '../../src/policy/compiler/lock.ts';

const CACHE = join(import.meta.dirname, '..', '..', '.cache', 'services');
const TIMEOUT_MS = 240_000;

/**
 * @param directory holds `requirements.txt`, every version exact
 * @returns the path of a Python that has them
 */
export async function pythonTool(directory: string): Promise<string> {
  const name = basename(directory);
  const requirements = join(directory, 'requirements.txt');
  const key = createHash('sha256')
    .update(JSON.stringify([process.platform, process.arch, await readFile(requirements, 'utf8')]))
    .digest('hex');
  const folder = join(CACHE, `${name}-${key.slice(0, 16)}`);
  const program = join(folder, 'bin', 'python');
  if (existsSync(program)) return program;
  await mkdir(CACHE, { recursive: true });
  const waiting = (): void => undefined;
  await withLock(`${folder}.building`, waiting, async () => {
    if (existsSync(program)) return;
    const draft = `${folder}.${process.pid}.draft`;
    try {
      process.stderr.write(`${name}: bringing Python packages, which are kept for the next time\n`);
      await run(name, 'python3', ['-m', 'venv', draft]);
      const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '-r', requirements];
      await run(name, join(draft, 'bin', 'python'), install);
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
  return program;
}

function run(name: string, command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: ['ignore', 'ignore', 'pipe'], timeout: TIMEOUT_MS });
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said = (said + part.toString('utf8')).slice(-4096);
    });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' ? 'Python 3 was not found on PATH' : cause.message;
      reject(new Error(`${name} is not there yet, and ${why}`, { cause }));
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`bringing ${name} failed (exit code ${code}):\n${said}`));
    });
  });
}
