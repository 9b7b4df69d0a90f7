/**
 * A real PostgreSQL with a cluster of its own in a temporary folder, on a free loopback port: started, killed with -9
 * and started again by a test. PostgreSQL refuses to run as root, so as root it runs as the user `postgres`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { postgres } from './tools.ts';

export interface RunningPostgres {
  /** A part of every URL that must never be shown. */
  readonly password: string;
  /** @returns the URL of a new database that is empty */
  database(): Promise<string>;
  /** Ends every process of it at once, as a power cut would. */
  kill(): Promise<void>;
  /** After `kill`, on the same port; resolves when it takes connections. */
  start(): Promise<void>;
  /** Kills it, if it still runs, and removes its files. */
  clean(): Promise<void>;
}

type Owner = { readonly uid?: number; readonly gid?: number };

export async function startPostgres(): Promise<RunningPostgres> {
  const program = await postgres();
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-postgres-'));
  const owner = ownerOf(folder);
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o644 });
  const data = join(folder, 'data');
  const scram = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const init = ['-D', data, '-U', 'turnpike', ...scram, '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(dirname(program), 'initdb'), init, { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const port = await freePort();
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, '-c', 'max_connections=50'];
  const urlOf = (name: string): string => `postgres://turnpike:${password}@127.0.0.1:${port}/${name}`;
  let server: ChildProcess | undefined;
  let databases = 0;

  const running: RunningPostgres = {
    password,
    async database() {
      databases += 1;
      const name = `ledger_${databases}`;
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return urlOf(name);
    },
    async kill() {
      if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      // Its children first: one that sees its parent gone would end in order.
      const children = childrenOf(server.pid);
      for (const pid of [...children, server.pid]) end(pid);
      await ended;
      while (children.some(isRunning)) await delay(10);
    },
    async start() {
      server = await ready(program, args, { ...owner, cwd: folder });
    },
    async clean() {
      await running.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await running.start();
  return running;
}

function ready(program: string, args: readonly string[], options: Owner & { cwd: string }): Promise<ChildProcess> {
  const child = spawn(program, [...args], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  return new Promise((resolve, reject) => {
    const log: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(line);
      if (log.length > 50) log.shift();
      if (line.includes('database system is ready to accept connections')) resolve(child);
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`postgres ended:\n${log.join('\n')}`)));
  });
}

/** Who owns the folder and runs the server: whoever runs this, unless that is root. */
function ownerOf(folder: string): Owner {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const owner = { uid: id('-u'), gid: id('-g') };
  chownSync(folder, owner.uid, owner.gid);
  return owner;
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** One that has ended may still be listed, until whoever took it over has asked how it ended. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
