/** What is held for calls in flight, as a person sees it who asks the server that holds it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCli } from '../cli/run-cli.ts';
import { answerJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { ROOT, type ServerProcess, serve } from './server-process.ts';

const PROVIDERS = ['openai', 'anthropic', 'google', 'azure', 'bedrock', 'mistral', 'vllm'];
const REPLY = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
};

function configOf({ origin }: Upstream): string {
  const list = PROVIDERS.map((name) => ({
    name,
    kind: 'compatible',
    base_url: `${origin}/v1`,
    api_key: 'env:VENDOR_KEY',
  }));
  const anonymous = { team: 'search', application: 'assistant', environment: 'prod', roles: ['service', 'finance'] };
  return JSON.stringify({
    policy: { source: join(ROOT, 'policies') },
    identity: { mode: 'none', anonymous },
    transports: { grpc: { port: 0 }, http: { port: 0 } },
    providers: { list },
    accounts: { store: 'memory' },
    ledger: { store: 'sqlite' },
  });
}

describe('turnpike budgets --server', { timeout: 120_000 }, () => {
  let upstream: Upstream;
  let server: ServerProcess;
  let answer: () => void = () => undefined;
  before(async () => {
    upstream = await startUpstream((socket) => {
      answer = () => void socket.write(answerJson(200, REPLY));
    });
    server = await serve({ config: configOf(upstream), env: { VENDOR_KEY: 'k' } });
  });
  after(async () => {
    await server.kill();
    await upstream[Symbol.asyncDispose]();
  });

  const call = (): Promise<Response> =>
    fetch(`${server.http}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hello' }] }),
    });

  test('tells what a call in flight holds, and by --watch what became of it', async () => {
    const asked = call();
    await upstream.arrived();
    const args = ['budgets', '--server', server.http, '--team', 'search'];
    // As people type it.
    const listed = await runCli(['budgets', '--server', server.http.replace('http://', ''), '--team', 'search']);
    assert.deepEqual([listed.exitCode, listed.stderr], [0, '']);
    assert.match(listed.stdout, /^budget +window +spent +held +of +used /);
    assert.match(listed.stdout, /^team-search-month +month +\$0\.00 +\$0\.0\d+ +\$60,000\.00 +0\.0 % {2}░{20} /m);

    const watching = spawn(process.execPath, [join(ROOT, 'bin', 'turnpike'), ...args, '--watch', '1', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const spent: (readonly [settled: boolean, held: boolean])[] = [];
    let rest = '';
    for await (const part of watching.stdout) {
      const lines = `${rest}${part}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { budgets } = JSON.parse(line);
        const month = budgets.find(({ id }: { id: string }) => id === 'team-search-month');
        spent.push([month.settled_nano_usd !== '0', month.held_nano_usd !== '0']);
      }
      if (spent.length === 1) answer();
      // Bounded by the time-out of the suite: an answer of the server is kept for a second.
      if (spent.some(([settled]) => settled)) break;
    }
    watching.kill();
    assert.deepEqual(spent[0], [false, true]);
    assert.deepEqual(spent.at(-1), [true, false]);
    assert.equal((await asked).status, 200);
  });

  test('says who is not there, and what may not be asked together', async () => {
    const gone = await runCli(['budgets', '--server', 'http://127.0.0.1:1']);
    assert.deepEqual([gone.exitCode, gone.stdout], [1, '']);
    assert.match(gone.stderr, /nobody answers at http:\/\/127\.0\.0\.1:1/);
    for (const wrong of [
      ['--server', server.http, '--ledger', 'x.db'],
      ['--watch', '--check'],
      ['--watch', '0'],
    ]) {
      assert.equal((await runCli(['budgets', ...wrong])).exitCode, 2, wrong.join(' '));
    }
  });
});
