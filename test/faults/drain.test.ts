/** A server that is told to end while a stream runs: the stream has the time of the drain, and is never ended as if whole. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { serve } from '../e2e/server-process.ts';
import { chunk, LAST_CHUNK } from '../support/upstream.ts';
import { DOORS, open, textOf } from './doors.ts';
import { CANARY, yamlOf } from './gateway.ts';
import { scriptOf } from './misbehaviour.ts';
import { startScene, startUpstreams, type Upstreams } from './upstreams.ts';
import { SPOKEN } from './vendors.ts';

const vendor = SPOKEN.compatible;
const ASK = { plan: 'pair', asked: 'stream' } as const;
const LONG_MS = 30_000;
const BOUND_MS = 200;

/** Begins an answer, and leaves the rest to the test. */
function beginning(upstreams: Upstreams): { finish(): void } {
  let socket: Socket | undefined;
  const begin = scriptOf('hang_within_answer', vendor, true);
  upstreams.behave((opened, request) => {
    socket = opened;
    begin(opened, request);
  });
  return { finish: () => void socket?.write(Buffer.concat([chunk(vendor.ending), Buffer.from(LAST_CHUNK)])) };
}

describe('a drain, while a stream runs,', { timeout: 60_000 }, () => {
  it('lets it come to its end, and takes nothing new', async () => {
    await using scene = await startScene(vendor, { drainMs: LONG_MS });
    const { url, drain } = scene.gateway;
    const answer = beginning(scene);
    const response = await open(url, DOORS.openai, ASK);
    const drained = drain();
    const [refused] = await once(httpRequest(`${url}/readyz`).end(), 'error');
    assert.equal(refused.code, 'ECONNREFUSED');
    answer.finish();
    assert.match(await textOf(response), /data: \[DONE\]/);
    assert.equal(response.trailers['x-turnpike-cost-usd'], '0.0005');
    await drained;
  });

  it('cuts it at its bound, without a marker of success, and tells the vendor', async () => {
    await using scene = await startScene(vendor, { drainMs: BOUND_MS });
    beginning(scene);
    const response = await open(scene.gateway.url, DOORS.openai, ASK);
    const closed = scene.first.closed();
    const read = textSoFar(response);
    const startedAtMs = performance.now();
    await Promise.all([scene.gateway.drain(), closed]);
    assert.ok(performance.now() - startedAtMs >= BOUND_MS - 1);
    const { text, broke } = await read;
    assert.match(text, /Half an/);
    assert.equal(broke, true);
    assert.doesNotMatch(text, /\[DONE\]/);
  });

  it('is what SIGTERM does to a server process, whose output never shows the key', async () => {
    await using upstreams = await startUpstreams(vendor);
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-drain-'));
    const config = yamlOf(upstreams.providers, folder, LONG_MS).replace('"traces":"otlp"', '"traces":"none"');
    const server = await serve({ config, env: { CANARY } });
    try {
      const answer = beginning(upstreams);
      const response = await open(server.http, DOORS.openai, ASK);
      server.signal('SIGTERM');
      await server.said('SIGTERM: draining');
      answer.finish();
      assert.match(await textOf(response), /data: \[DONE\]/);
      const { exitCode, stdout, stderr } = await server.ended;
      assert.equal(exitCode, 0, stderr);
      assert.ok(!`${stdout}${stderr}`.includes(CANARY));
    } finally {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** What came, and whether the connection broke before the end. */
async function textSoFar(response: AsyncIterable<Buffer>): Promise<{ readonly text: string; readonly broke: boolean }> {
  let text = '';
  try {
    for await (const part of response) text += part.toString('utf8');
    return { text, broke: false };
  } catch {
    return { text, broke: true };
  }
}
