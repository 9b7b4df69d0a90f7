/**
 * A real Redis of its own in a temporary folder, on a free loopback port, behind a password: started, killed with -9
 * and started again by a test. What it answered is in its file before it answers, so killing it loses nothing; `empty`
 * takes its disk away as well.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import type { Certified } from '../support/certificates.ts';
import { freePort } from './free-port.ts';
import { redis } from './tools.ts';

export interface RunningRedis {
  /** A part of the URL that must never be shown. */
  readonly password: string;
  /** With the password, and the scheme `redis`; `redis-cluster` where it is a cluster. */
  readonly url: string;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** After `kill`, on the same port; resolves when it answers. */
  start(): Promise<void>;
  /** After `kill`: what it had written is gone. */
  empty(): void;
  /** Kills it, if it still runs, and removes its files. */
  clean(): Promise<void>;
}

export interface RedisSetup {
  /** A cluster of this one server, which owns every slot. */
  readonly cluster?: boolean;
  /** It speaks TLS alone, and shows this; the scheme is `rediss`. */
  readonly tls?: Certified;
  /** More of its own options, such as `['--maxmemory', '10mb']`. */
  readonly options?: readonly string[];
}

export async function startRedis({ cluster = false, tls, options = [] }: RedisSetup = {}): Promise<RunningRedis> {
  const program = await redis();
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-redis-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  const password = randomBytes(12).toString('hex');
  // A node of a cluster also listens 10,000 above its own port.
  const port = await freePort(55_000);
  const args = ['--bind', '127.0.0.1', '--dir', data, '--requirepass', password];
  args.push(...(tls === undefined ? ['--port', String(port)] : tlsOptions(port, tls, folder)));
  // By itself it would sync the file now and then, and while it does, answer before it writes.
  args.push('--appendonly', 'yes', '--appendfsync', 'no', '--save', '', '--daemonize', 'no', ...options);
  if (cluster) args.push('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
  let server: ChildProcess | undefined;

  const running: RunningRedis = {
    password,
    url: `${tls === undefined ? 'redis' : 'rediss'}${cluster ? '-cluster' : ''}://:${password}@127.0.0.1:${port}`,
    async kill() {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
    async start() {
      server = await ready(program, args, folder);
      if (cluster) await ownEverySlot(port, password);
    },
    empty() {
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data);
    },
    async clean() {
      await running.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await running.start();
  return running;
}

function tlsOptions(port: number, { certificatePem, keyPem }: Certified, folder: string): readonly string[] {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  writeFileSync(certificate, certificatePem);
  writeFileSync(key, keyPem, { mode: 0o600 });
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key];
  return ['--port', '0', '--tls-port', String(port), ...files, '--tls-auth-clients', 'no'];
}

function ready(program: string, args: readonly string[], cwd: string): Promise<ChildProcess> {
  const child = spawn(program, [...args], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    const log: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      if (log.length > 50) log.shift();
      if (line.includes('Ready to accept connections')) resolve(child);
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`redis-server ended:\n${log.join('\n')}`)));
  });
}

/** A cluster that was emptied owns none any more. */
async function ownEverySlot(port: number, password: string): Promise<void> {
  const client = new Redis({ port, password });
  const isOwned = async (): Promise<boolean> => (await client.cluster('INFO')).includes('cluster_state:ok');
  if (!(await client.cluster('INFO')).includes('cluster_slots_assigned:16384')) {
    await client.cluster('ADDSLOTSRANGE', 0, 16_383);
  }
  while (!(await isOwned())) await new Promise(setImmediate);
  client.disconnect();
}
