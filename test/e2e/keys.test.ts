import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCli } from '../cli/run-cli.ts';
import { ROOT, type ServerProcess, serve } from './server-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-keys-e2e-'));
const file = join(folder, 'keys.yaml');
after(() => rmSync(folder, { recursive: true, force: true }));

const CONFIG = `policy: {source: ${join(ROOT, 'policies')}}
identity: {mode: keys, keys_file: ${file}}
providers: {unconfigured: simulated}
transports: {grpc: {enabled: false}, http: {port: 0}}
`;

const FIXED = ['--team', 'search', '--application', 'assistant', '--environment', 'prod', '--role', 'service'];
const keys = (...args: readonly string[]): Promise<{ readonly stdout: string }> =>
  runCli(['keys', ...args, '--file', file]);

describe('a server whose file of keys changes', { timeout: 120_000 }, () => {
  let server: ServerProcess;
  let first = '';
  before(async () => {
    first = (await keys('create', '--id', 'first', ...FIXED)).stdout.trim();
    server = await serve({ config: CONFIG });
  });
  after(() => server.kill());

  const status = async (key: string): Promise<number> => {
    const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hello' }] });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const response = await fetch(`${server.http}/v1/chat/completions`, { method: 'POST', headers, body });
    await response.text();
    return response.status;
  };
  /** Asked until the server says so; the bound is the test's. */
  const until = async (key: string, wanted: number): Promise<void> => {
    while ((await status(key)) !== wanted);
  };

  test('lets in who was there at the start, and nobody else', async () => {
    assert.equal(await status(first), 200);
    assert.equal(await status(first.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))), 401);
  });

  test('takes in a key that is made while it runs, and no more than its scope', async () => {
    const scoped = (await keys('create', '--id', 'scoped', '--operation', 'embeddings', ...FIXED)).stdout.trim();
    await until(scoped, 403);
    assert.equal(await status(first), 200);
  });

  test('refuses a key that is taken back', async () => {
    await keys('revoke', 'first');
    await until(first, 401);
  });
});
