/** Portkey's gateway from npm, brought into `.cache` the first time and started on loopback. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pinning } from '../gateway/pinned.ts';
import { PEERS } from './cache.ts';
import { freePort } from './opa-server.ts';
import { answering } from './ready.ts';

const VERSION = '1.15.2';
const READY_MS = 20_000;

export interface PeerServer {
  /** `host:port`. */
  readonly address: string;
  stop(): Promise<void>;
}

export async function startPortkey(
  measured: Pinning['measured'],
  onProgress: (line: string) => void,
): Promise<PeerServer> {
  const folder = join(PEERS, `portkey-${VERSION}`);
  const script = join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');
  if (!existsSync(script)) {
    onProgress(`bringing @portkey-ai/gateway ${VERSION}`);
    await mkdir(folder, { recursive: true });
    const install = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
    await promisify(execFile)('npm', [...install, `@portkey-ai/gateway@${VERSION}`], { cwd: folder });
  }
  const port = await freePort();
  const [command, args] = measured(process.execPath, [script, `--port=${port}`, '--headless']);
  const child = spawn(command, args, {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: 'ignore',
  });
  const address = `127.0.0.1:${port}`;
  await answering(`http://${address}/`, READY_MS);
  return { address, stop: async () => void child.kill('SIGKILL') };
}
