/**
 * Owns the real servers that come from Debian's packages: found where they are installed already, brought by apt where
 * they are not. Says what it does while it does it. Fails with one sentence where neither is possible.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { withLock } from '../../src/policy/compiler/lock.ts';

const CACHE = join(import.meta.dirname, '..', '..', '.cache', 'services');
const TIMEOUT_MS = 4 * 60_000;
const TELL_EVERY_MS = 10_000;

export interface AptTool {
  /** Its name on PATH. */
  readonly program: string;
  readonly package: string;
  /** Where it may be beside PATH: a glob of folders. */
  readonly folders?: string;
}

/** @returns the path of the program, installed if it is not there; installing needs root */
export async function aptTool(tool: AptTool): Promise<string> {
  const there = find(tool);
  if (there !== undefined) return there;
  if (process.getuid?.() !== 0) {
    throw new Error(`${tool.program} was not found: install it (apt-get install ${tool.package}) and run this again`);
  }
  await mkdir(CACHE, { recursive: true });
  await withLock(join(CACHE, 'apt.installing'), nothing, async () => {
    if (find(tool) !== undefined) return;
    await update(tool.program);
    const options = ['--yes', '--quiet', '--no-install-recommends'];
    await run(tool.program, 'apt-get', ['install', ...options, tool.package], CACHE);
  });
  const installed = find(tool);
  if (installed === undefined) throw new Error(`${tool.package} is installed, and has no ${tool.program}`);
  return installed;
}

/**
 * Brings a package without installing it: for a program that needs nothing beside it, and whose package would start a
 * service of its own.
 * @param path of the program inside the package
 * @returns its path, in a folder that is kept for the next time
 */
export async function unpackedTool(tool: AptTool, path: string): Promise<string> {
  const there = find(tool);
  if (there !== undefined) return there;
  const folder = join(CACHE, `${tool.package}-${process.arch}`);
  const program = join(folder, path);
  if (existsSync(program)) return program;
  await mkdir(CACHE, { recursive: true });
  await withLock(join(CACHE, 'apt.installing'), nothing, async () => {
    if (existsSync(program)) return;
    // A folder that is there is complete: it is filled beside and renamed.
    const draft = `${folder}.${process.pid}.draft`;
    try {
      await mkdir(draft, { recursive: true });
      await download(tool, draft);
      const archive = globSync('*.deb', { cwd: draft })[0] ?? '';
      await run(tool.program, 'dpkg-deb', ['-x', archive, '.'], draft);
      await rm(join(draft, archive));
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
  return program;
}

/** Lists that are there may name a version that is gone; a clean machine has none. */
async function download({ program, package: name }: AptTool, folder: string): Promise<void> {
  // As root and not as apt's own user, who may not write here.
  const args = ['-o', 'APT::Sandbox::User=root', 'download', '--quiet', name];
  await run(program, 'apt-get', args, folder).catch(async () => {
    await update(program);
    await run(program, 'apt-get', args, folder);
  });
}

let updated: Promise<void> | undefined;

/** Once in a process: lists do not change while tests run. */
function update(name: string): Promise<void> {
  updated ??= run(name, 'apt-get', ['update', '--quiet'], CACHE);
  return updated;
}

function find({ program, folders }: AptTool): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const beside = folders === undefined ? [] : globSync(folders).sort().reverse();
  return [...beside, ...onPath].map((folder) => join(folder, program)).find((path) => existsSync(path));
}

const nothing = (): void => undefined;

function run(name: string, command: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    const tell = (): void => {
      const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0);
      process.stderr.write(`${name}: ${[command, ...args].join(' ')}, ${seconds} s\n`);
    };
    tell();
    const timer = setInterval(tell, TELL_EVERY_MS);
    const child = spawn(command, [...args], {
      cwd,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    let said = '';
    const keep = (part: Buffer): void => {
      said = (said + part.toString('utf8')).slice(-2048);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (cause: NodeJS.ErrnoException) => {
      clearInterval(timer);
      const why = cause.code === 'ENOENT' ? `${command} was not found: this needs Debian or Ubuntu` : cause.message;
      reject(new Error(`${name} is not there yet, and ${why}`, { cause }));
    });
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve();
      else reject(new Error(`bringing ${name} failed (${command} ended with ${code}):\n${said}`));
    });
  });
}
