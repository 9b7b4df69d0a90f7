/**
 * Owns the real servers that tests run against, built with the Go that is on PATH and kept in `.cache/services`, keyed
 * by what they are built from. Says what it does while it does it. Fails with one sentence when Go is missing.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { withLock } from '../../src/policy/compiler/lock.ts';

const CACHE = join(import.meta.dirname, '..', '..', '.cache', 'services');
const FLAGS = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w'];
const TELL_EVERY_MS = 10_000;
const KEPT_LINES = 20;

export interface GoTool {
  /** Import path of a main package, such as `github.com/open-policy-agent/opa`. */
  readonly module: string;
  /** Exact, such as `v1.22.2`. */
  readonly version: string;
}

/** @returns the path of the program, installed if it is not in the cache */
export function goTool({ module, version }: GoTool): Promise<string> {
  const name = basename(module);
  return cached(name, `${module}@${version}`, (folder) =>
    runGo(['install', '-v', ...FLAGS, `${module}@${version}`], { name, cwd: folder, env: { GOBIN: folder } }),
  );
}

/** @returns the path of the program whose `main` package, with its `go.mod`, is in `directory` */
export async function goProgram(directory: string): Promise<string> {
  const name = basename(directory);
  const sources = (await readdir(directory)).filter((file) => /\.go$|^go\.(mod|sum)$/.test(file)).sort();
  const content = await Promise.all(sources.map((file) => readFile(join(directory, file), 'utf8')));
  return cached(name, JSON.stringify([sources, content]), (folder) =>
    runGo(['build', '-v', '-mod=readonly', ...FLAGS, '-o', join(folder, name), '.'], { name, cwd: directory, env: {} }),
  );
}

/** A folder that is there is complete: it is filled beside and renamed. */
async function cached(name: string, content: string, build: (folder: string) => Promise<void>): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([FLAGS, process.platform, process.arch, content]))
    .digest('hex');
  const folder = join(CACHE, `${name}-${key.slice(0, 16)}`);
  const program = join(folder, name);
  if (existsSync(program)) return program;
  await mkdir(CACHE, { recursive: true });
  const waiting = (): void => undefined;
  await withLock(`${folder}.building`, waiting, async () => {
    if (existsSync(program)) return;
    const draft = `${folder}.${process.pid}.draft`;
    try {
      await mkdir(draft, { recursive: true });
      await build(draft);
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
  return program;
}

interface GoRun {
  readonly name: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

function runGo(args: readonly string[], { name, cwd, env }: GoRun): Promise<void> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    const lines: string[] = [];
    let packages = 0;
    const tell = (text: string): void => {
      const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0);
      process.stderr.write(`${name}: ${text}, ${seconds} s\n`);
    };
    tell('building with Go, which is kept for the next time');
    const timer = setInterval(() => tell(`${packages} packages compiled or fetched`), TELL_EVERY_MS);
    const go = spawn('go', [...args], {
      cwd,
      env: { ...process.env, GOWORK: 'off', GOFLAGS: '', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    createInterface({ input: go.stderr }).on('line', (line) => {
      packages += 1;
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
    });
    go.on('error', (cause: NodeJS.ErrnoException) => {
      clearInterval(timer);
      const why =
        cause.code === 'ENOENT'
          ? 'Go was not found: install Go 1.26 or later (https://go.dev/dl) and run this again'
          : cause.message;
      reject(new Error(`${name} is not built yet, and ${why}`, { cause }));
    });
    go.on('close', (code) => {
      clearInterval(timer);
      if (code !== 0) {
        reject(new Error(`building ${name} with Go failed (exit code ${code}):\n${lines.join('\n')}`));
        return;
      }
      tell('built');
      resolve();
    });
  });
}
