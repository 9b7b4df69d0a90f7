/** Stock OPA as a server, on the same policy and data as ours, on loopback. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface OpaServer {
  /** `host:port`. */
  readonly address: string;
  /** Asks `POST /v1/data/{path}` and returns its `result`. */
  ask(path: string, input: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

const READY_MS = 20_000;
const POLL_MS = 50;

/**
 * @param binary path of an `opa` executable
 * @param modules Rego by path, without tests
 * @param dataJson the data document, prepared data included
 */
export async function startOpaServer(
  binary: string,
  modules: ReadonlyMap<string, string>,
  dataJson: Uint8Array,
): Promise<OpaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'turnpike-bench-opa-'));
  for (const [path, text] of modules) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await writeFile(join(folder, 'data.json'), dataJson);
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    binary,
    ['run', '--server', '--addr', address, '--disable-telemetry', '--log-level', 'error', folder],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  await ready(address);
  return {
    address,
    async ask(path, input) {
      const response = await fetch(`http://${address}/v1/data/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ input }),
      });
      const body = (await response.json()) as { result?: unknown }; // OPA's documented shape
      return body.result;
    },
    async stop() {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ready(address: string): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    const answered = await fetch(`http://${address}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`stock OPA was not ready within ${READY_MS} ms`);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
