/** LiteLLM's proxy from PyPI in an environment of its own under `.cache`, one worker, no database, on loopback. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pinning } from '../gateway/pinned.ts';
import { PEERS } from './cache.ts';
import { freePort } from './opa-server.ts';
import type { PeerServer } from './portkey.ts';
import { answering } from './ready.ts';

const VERSION = '1.106.2';
const READY_MS = 90_000;

/** @param upstream `host:port` of an OpenAI-compatible server */
export async function startLiteLlm(
  upstream: string,
  measured: Pinning['measured'],
  onProgress: (line: string) => void,
): Promise<PeerServer & { readonly key: string }> {
  const folder = join(PEERS, `litellm-${VERSION}`);
  const binary = join(folder, 'bin', 'litellm');
  const run = promisify(execFile);
  if (!existsSync(binary)) {
    onProgress(`bringing litellm ${VERSION}, which takes minutes`);
    await mkdir(PEERS, { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', `litellm[proxy]==${VERSION}`], {
      maxBuffer: 64 * 1024 ** 2,
    });
  }
  const config = join(folder, 'bench.yaml');
  const model = { model: 'openai/bench-1', api_base: `http://${upstream}/v1`, api_key: 'none' };
  await writeFile(config, JSON.stringify({ model_list: [{ model_name: 'bench-1', litellm_params: model }] }));
  // It does not start without one.
  const key = `sk-${randomBytes(32).toString('hex')}`;
  const port = await freePort();
  const [command, args] = measured(binary, ['--config', config, '--host', '127.0.0.1', '--port', String(port)]);
  const child = spawn(command, args, {
    env: { ...process.env, LITELLM_LOG: 'ERROR', LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_MASTER_KEY: key },
    stdio: 'ignore',
  });
  const address = `127.0.0.1:${port}`;
  await answering(`http://${address}/health/liveliness`, READY_MS).catch((reason: unknown) => {
    child.kill('SIGKILL');
    throw reason;
  });
  return { address, key, stop: async () => void child.kill('SIGKILL') };
}
