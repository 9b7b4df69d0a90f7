import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { OPEN_CONFIG, type ServerProcess, serve, serveToEnd } from './server-process.ts';

const CLUSTER = `${OPEN_CONFIG}workers: 2\naccounts: {store: memory}\n`;

const CALLER = { team: 'search', application: 'assistant', environment: 'prod', roles: ['service'] };

const workersOf = (pid: number): readonly number[] =>
  execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number);

describe('two workers', { timeout: 120_000 }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await serve({ config: CLUSTER });
  });
  after(() => server.kill());

  const ready = async (): Promise<number> => (await fetch(`${server.http}/readyz`)).status;

  test('serve on one set of listeners', async () => {
    assert.equal(workersOf(server.pid).length, 2);
    assert.equal(await ready(), 200);
  });

  test('count together what each of them decided', async () => {
    const body = JSON.stringify({ call: { operation: 'chat', task: 'summarize', input_tokens: 10 }, caller: CALLER });
    const headers = { 'content-type': 'application/json', connection: 'close' };
    for (let made = 0; made < 6; made += 1) await fetch(`${server.http}/v1/decide`, { method: 'POST', headers, body });
    const metrics = await (await fetch(`${server.http}/metrics`)).text();
    assert.match(metrics, /^turnpike_decisions_total\{[^}]*\} 6$/m);
  });

  test('settle what the other one decided', async () => {
    const post = async (path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> => {
      // Each connection is the next worker's.
      const headers = { 'content-type': 'application/json', connection: 'close' };
      const answer = await fetch(`${server.http}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      assert.equal(answer.status, 200);
      return (await answer.json()) as Readonly<Record<string, unknown>>; // as the OpenAPI document describes it
    };
    for (let made = 0; made < 4; made += 1) {
      const { id: decisionId } = await post('/v1/decide', {
        call: { operation: 'chat', task: 'summarize', input_tokens: 10 },
        caller: CALLER,
      });
      const report = { id: `r${made}`, decision_id: decisionId, target: 'simulated/small', outcome: 'ok' };
      const told = [await post('/v1/report', report), await post('/v1/report', report)];
      assert.deepEqual(told, [
        { duplicate: false, matched: true },
        { duplicate: true, matched: true },
      ]);
    }
  });

  test('are two again after one died, and nobody noticed', async () => {
    const [victim = 0] = workersOf(server.pid);
    process.kill(victim, 'SIGKILL');
    await server.said('died (SIGKILL): starting another');
    assert.equal(await ready(), 200);
  });

  test('bring in the policy together', async () => {
    server.signal('SIGHUP');
    await server.said('unchanged: still serving');
  });

  test('drain together, and leave no process behind', async () => {
    const workers = workersOf(server.pid);
    server.signal('SIGTERM');
    const { exitCode, stderr } = await server.ended;
    assert.equal(exitCode, 0);
    assert.match(stderr, /drained/);
    for (const pid of workers) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });
});

test('workers that cannot start end the start', { timeout: 60_000 }, async () => {
  const { exitCode, stderr } = await serveToEnd({
    config: `${CLUSTER}policy: {source: /nowhere}\n`.replace(/^policy.*\n/, ''),
  });
  assert.notEqual(exitCode, 0);
  assert.match(stderr, /nowhere/);
});
