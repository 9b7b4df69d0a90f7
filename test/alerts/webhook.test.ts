import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { Alert, AlertSink } from '../../src/alerts/alert.ts';
import { createWebhookSink, type WebhookOptions } from '../../src/alerts/webhook.ts';
import { Failure } from '../../src/core/failure.ts';
import { fakeTime } from '../support/fake-time.ts';
import { type Script, startUpstream, type Upstream } from '../support/upstream.ts';

const NOW_MS = Date.parse('2026-11-23T10:00:00Z');
const SECRET = 'whsec-do-not-tell';

const alertOf = (id: string): Alert => ({
  kind: 'unpriced',
  id,
  atMs: NOW_MS,
  target: 'a/m',
  team: 'search',
  decisionId: 'd',
});

const reply = (socket: Socket, status: number, headers = ''): void => {
  socket.write(`HTTP/1.1 ${status} X\r\ncontent-length: 0\r\n${headers}\r\n`);
};

interface Hook extends AsyncDisposable {
  readonly sink: AlertSink;
  readonly warned: readonly string[];
  readonly upstream: Upstream;
  /** Milliseconds that it waits now. */
  waits(): Promise<number | undefined>;
  advance(ms: number): Promise<void>;
  /** Runs every wait, until so many requests were there. */
  until(count: number): Promise<void>;
  /** Until the receiver's answer was dealt with. */
  warnings(count: number): Promise<readonly string[]>;
}

async function hook(script: Script, options: Partial<WebhookOptions> = {}): Promise<Hook> {
  const upstream = await startUpstream(script);
  const time = fakeTime(NOW_MS);
  const warned: string[] = [];
  const sink = createWebhookSink(
    {
      url: `${upstream.origin}/hooks/secret-path?token=x`,
      secret: { current: () => ({ reveal: () => SECRET }) },
      ...options,
    },
    { clock: time, timers: time, random: () => 0.999, warn: (message) => warned.push(message) },
  );
  const waits = async (): Promise<number | undefined> => {
    while (time.pending === 0) await time.settle();
    return time.untilNextMs();
  };
  return {
    sink,
    warned,
    upstream,
    waits,
    advance: (ms) => time.advance(ms),
    async until(count) {
      while (upstream.requests.length < count) await time.advance(time.untilNextMs() ?? 0);
    },
    async warnings(count) {
      while (warned.length < count) await time.advance(time.untilNextMs() ?? 0);
      return warned;
    },
    async [Symbol.asyncDispose]() {
      const closing = sink.close();
      while (time.pending > 0) await time.advance(time.untilNextMs() ?? 0);
      await closing;
      await upstream[Symbol.asyncDispose]();
    },
  };
}

/** So many answers of one kind, then 200. */
function failing(times: number, fail: (socket: Socket) => void): Script {
  let count = 0;
  return (socket) => {
    count += 1;
    if (count <= times) fail(socket);
    else reply(socket, 200);
  };
}

describe('webhook', { timeout: 20_000 }, () => {
  test('posts the alert, signed over its moment and its body', async () => {
    await using there = await hook((socket) => reply(socket, 204));
    there.sink.send(alertOf('unpriced|a/m|2026-11-23'));
    await there.upstream.arrived();
    const [request] = there.upstream.requests;
    assert.ok(request);
    assert.deepEqual([request.method, request.path], ['POST', '/hooks/secret-path?token=x']);
    assert.deepEqual(JSON.parse(request.body), {
      version: 1,
      kind: 'unpriced',
      id: 'unpriced|a/m|2026-11-23',
      at: '2026-11-23T10:00:00.000Z',
      message: 'target a/m was used and has no price',
      target: 'a/m',
      team: 'search',
      decision_id: 'd',
    });
    const seconds = NOW_MS / 1000;
    const hex = createHmac('sha256', SECRET).update(`${seconds}.${request.body}`).digest('hex');
    assert.equal(request.headers['turnpike-signature'], `t=${seconds},v1=${hex}`);
    assert.equal(request.headers['content-type'], 'application/json');
  });

  const faults: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['500', (socket) => reply(socket, 500)],
    ['429', (socket) => reply(socket, 429)],
    ['a connection that is reset', (socket) => void socket.resetAndDestroy()],
  ];
  for (const [title, fail] of faults) {
    test(`tries again after ${title}, with the same id, and keeps the order`, async () => {
      await using there = await hook(failing(3, fail));
      there.sink.send(alertOf('first'));
      there.sink.send(alertOf('second'));
      await there.until(5);
      assert.deepEqual(
        there.upstream.requests.map(({ body }) => JSON.parse(body).id),
        ['first', 'first', 'first', 'first', 'second'],
      );
      assert.deepEqual(there.warned, []);
    });
  }

  test('waits longer and longer, up to a cap', async () => {
    await using there = await hook((socket) => reply(socket, 503), { baseMs: 1_000, capMs: 5_000, attempts: 5 });
    there.sink.send(alertOf('late'));
    const waited: (number | undefined)[] = [];
    for (let failure = 1; failure < 5; failure += 1) {
      waited.push(await there.waits());
      await there.advance(waited.at(-1) ?? 0);
    }
    assert.deepEqual(waited, [999, 1_998, 3_996, 4_995]);
    assert.deepEqual(await there.warnings(1), [
      `alerts: "late" was not delivered to ${there.upstream.origin}: status 503`,
    ]);
  });

  test('waits as long as the receiver asks, within the cap', async () => {
    await using there = await hook((socket) => reply(socket, 429, 'retry-after: 30\r\n'), { attempts: 2 });
    there.sink.send(alertOf('later'));
    assert.equal(await there.waits(), 30_000);
  });

  for (const status of [301, 400, 401, 404, 410]) {
    test(`gives up at once on ${status}, and goes on with the next`, async () => {
      await using there = await hook(
        failing(1, (socket) => reply(socket, status, 'location: http://127.0.0.1:1/\r\n')),
      );
      there.sink.send(alertOf('refused'));
      there.sink.send(alertOf('next'));
      await there.upstream.arrived(1);
      assert.equal(there.upstream.requests.length, 2);
      assert.match(there.warned.join(), new RegExp(`^alerts: "refused" was not delivered to .*: status ${status}$`));
    });
  }

  test('an alert that finds no room is dropped and told', async () => {
    await using there = await hook(() => undefined, { queueMax: 2, timeoutMs: 60_000 });
    for (const id of ['a', 'b', 'c']) there.sink.send(alertOf(id));
    assert.deepEqual(there.warned, [`alerts: "c" was not delivered to ${there.upstream.origin}: 2 wait already`]);
  });

  test('a receiver that hangs is left in time', async () => {
    await using there = await hook(() => undefined, { timeoutMs: 50, attempts: 1 });
    there.sink.send(alertOf('slow'));
    assert.match((await there.warnings(1)).join(), /was not delivered to .*: no answer in time$/);
  });

  test('closing tries once more at once, tells what it could not deliver, and ends', async () => {
    await using there = await hook((socket) => reply(socket, 503));
    there.sink.send(alertOf('last'));
    await there.waits();
    await there.sink.close();
    assert.equal(there.upstream.requests.length, 2);
    assert.match(there.warned.join(), /"last" was not delivered/);
    there.sink.send(alertOf('too late'));
    assert.match(there.warned.at(-1) ?? '', /"too late" was not delivered to .*: closing$/);
  });

  test('closing does not wait longer than it may for a receiver that hangs', async () => {
    await using there = await hook(() => undefined, { timeoutMs: 60_000, closeMs: 5_000 });
    there.sink.send(alertOf('hanging'));
    await there.upstream.arrived();
    const closed = there.sink.close();
    await there.advance(5_000);
    await closed;
    assert.match(there.warned.join(), /"hanging" was not delivered/);
  });

  test('a secret that cannot be had for a while delays, and nothing secret is ever told', async () => {
    let asked = 0;
    const current = async (): Promise<{ reveal(): string }> => {
      asked += 1;
      if (asked < 3) throw new Failure('unavailable', 'secret env:HOOK: is not set');
      return { reveal: () => SECRET };
    };
    await using there = await hook((socket) => reply(socket, 418), { secret: { current } });
    there.sink.send(alertOf('kept'));
    await there.until(1);
    const told = (await there.warnings(1)).join();
    assert.match(told, /status 418$/);
    assert.doesNotMatch(told, /whsec|secret-path|token/);
  });

  for (const url of ['ftp://a.example/x', 'not a url', 'file:///etc/passwd', 'https://user:pass@a.example/']) {
    test(`refuses ${url} without telling it`, () => {
      assert.throws(
        () =>
          createWebhookSink({ url }, { clock: fakeTime(), timers: fakeTime(), random: () => 0, warn: () => undefined }),
        (reason) => reason instanceof Failure && reason.code === 'config_invalid' && !reason.message.includes(url),
      );
    });
  }
});
