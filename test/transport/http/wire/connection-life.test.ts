/** What becomes of a connection: order, what is read ahead, who leaves when, what is late, what is refused and how. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { dial, finishEmpty, serveTurns } from './support/serving.ts';

const get = (target: string, ...lines: readonly string[]): string =>
  `GET ${target} HTTP/1.1\r\n${['host: x', ...lines].join('\r\n')}\r\n\r\n`;
const post = (target: string, body: string, ...lines: readonly string[]): string =>
  `POST ${target} HTTP/1.1\r\n${['host: x', `content-length: ${body.length}`, ...lines].join('\r\n')}\r\n\r\n${body}`;
const text = async (bytes: Promise<Uint8Array>): Promise<string> => Buffer.from(await bytes).toString('latin1');

describe('a connection', { timeout: 30_000 }, () => {
  test('answers one request before it looks at the next', async (context) => {
    const served = await serveTurns(context);
    const client = await dial(served.port);
    client.socket.write(`${get('/1')}${post('/2', 'two')}${get('/3')}`);
    const first = await served.turn();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(served.begun, ['/1']);
    finishEmpty(first, 'one');
    const second = await served.turn();
    assert.deepEqual(served.begun, ['/1', '/2']);
    assert.equal(await text(second.read(100)), 'two');
    finishEmpty(second, 'two');
    finishEmpty(await served.turn(), 'three');
    await client.until('three');
    assert.match(client.received(), /one[\s\S]*two[\s\S]*three$/);
    assert.equal(served.running(), 0);
  });

  test('answers thousands that came in one breath, without a stack for each', async (context) => {
    const served = await serveTurns(context, (turn) => finishEmpty(turn));
    const client = await dial(served.port);
    client.socket.write(`${get('/').repeat(3_000)}${get('/last', 'connection: close')}`);
    await client.closed;
    assert.equal(client.received().match(/HTTP\/1\.1 200/g)?.length, 3_001);
  });

  test('reads no further ahead than its bound while a request runs', async (context) => {
    const served = await serveTurns(context);
    const client = await dial(served.port);
    client.socket.write(get('/1'));
    const first = await served.turn();
    const many = get('/2', `x-a: ${'a'.repeat(8_000)}`);
    const sent = many.repeat(2_000);
    const taken = new Promise<boolean>((resolve) => client.socket.write(sent, () => resolve(true)));
    const notYet = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 300));
    assert.equal(await Promise.race([taken, notYet]), false);
    assert.ok(first.socket.bytesRead < 1_000_000, `${first.socket.bytesRead} bytes were read`);
    finishEmpty(first);
    for (let answered = 0; answered < 2_000; answered += 1) finishEmpty(await served.turn());
    assert.equal(await taken, true);
  });

  test('keeps what comes in several reads ahead of its answer in order', async (context) => {
    const served = await serveTurns(context);
    const client = await dial(served.port);
    client.socket.write(get('/1'));
    const first = await served.turn();
    const ahead = `${get('/2')}${post('/3', 'three')}`;
    for (const piece of [ahead.slice(0, -30), ahead.slice(-30, -2), ahead.slice(-2)]) {
      const wantedBytes = first.socket.bytesRead + piece.length;
      client.socket.write(piece);
      while (first.socket.bytesRead < wantedBytes) await new Promise((resolve) => setImmediate(resolve));
    }
    finishEmpty(first);
    finishEmpty(await served.turn());
    assert.equal(await text((await served.turn()).read(100)), 'three');
    assert.deepEqual(served.begun, ['/1', '/2', '/3']);
  });

  test('holds little of a body that nobody asked for yet, and gives all of it to who asks', async (context) => {
    const served = await serveTurns(context);
    const client = await dial(served.port);
    const body = 'abcdefghij'.repeat(2_000_000);
    client.socket.write(post('/', body));
    const turn = await served.turn();
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(turn.socket.bytesRead < 1_000_000, `${turn.socket.bytesRead} bytes were read`);
    assert.equal(await text(turn.read(body.length)), body);
    finishEmpty(turn);
    await client.until('200 OK');
  });

  test('goes on behind a body that nobody reads, which is thrown away', async (context) => {
    const served = await serveTurns(context, (turn) => finishEmpty(turn));
    const client = await dial(served.port);
    const body = 'x'.repeat(1_000_000);
    client.socket.write(`${post('/1', body)}${get('/2', 'connection: close')}`);
    await client.closed;
    assert.deepEqual(served.begun, ['/1', '/2']);
    assert.equal(client.received().match(/HTTP\/1\.1 200/g)?.length, 2);
  });

  for (const [what, line, body] of [
    ['behind a body', 'connection: keep-alive', 'x'.repeat(100)],
    ['whose body goes on', 'connection: keep-alive', ''],
  ] as const) {
    test(`of a client that leaves ${what} tells so at once`, async (context) => {
      const served = await serveTurns(context);
      const client = await dial(served.port);
      client.socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${line}\r\ncontent-length: 100\r\n\r\n${body}`);
      const turn = await served.turn();
      const read = turn.read(100).then(String, ({ code }) => code);
      const left = new Promise<void>((resolve) => turn.leaving.addEventListener('abort', () => resolve()));
      const leftAtMs = performance.now();
      client.socket.destroy();
      await left;
      assert.ok(performance.now() - leftAtMs < 100);
      assert.equal((await read) === 'cancelled', body === '');
      assert.equal(turn.isGone, true);
      assert.equal(served.running(), 0);
      // What is said now is said to nobody.
      finishEmpty(turn);
      assert.equal(served.running(), 0);
    });
  }

  test('of a client that half-closes while its request runs is over', async (context) => {
    const served = await serveTurns(context);
    const client = await dial(served.port);
    client.socket.end(get('/'));
    const turn = await served.turn();
    await client.closed;
    assert.equal(turn.leaving.aborted, true);
    assert.equal(client.received(), '');
  });

  test('of a client that half-closes behind its answer is closed', async (context) => {
    const served = await serveTurns(context, (turn) => finishEmpty(turn));
    const client = await dial(served.port);
    client.socket.write(get('/'));
    await client.until('200 OK');
    client.socket.end();
    await client.closed;
  });

  test('whose body breaks while it runs says so, where nothing was said', async (context) => {
    const served = await serveTurns(context);
    const client = await dial(served.port);
    client.socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const turn = await served.turn();
    const failed = assert.rejects(turn.read(100), { code: 'cancelled' });
    client.socket.write('zz\r\n');
    await Promise.all([client.closed, failed]);
    assert.match(client.received(), /^HTTP\/1\.1 400 /);
    assert.equal(turn.leaving.aborted, true);
    assert.equal(served.running(), 0);
  });

  test('whose body is broken from the start is of no request that began', async (context) => {
    const served = await serveTurns(context);
    const client = await dial(served.port);
    client.socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n');
    await client.closed;
    assert.match(client.received(), /^HTTP\/1\.1 400 /);
    assert.deepEqual([served.begun, served.running()], [[], 0]);
  });

  test('of a client that half-closes while its answer is on its way gets all of it there', async (context) => {
    const served = await serveTurns(context);
    const client = await dial(served.port);
    client.socket.pause();
    client.socket.write(get('/'));
    const turn = await served.turn();
    const body = 'x'.repeat(20_000_000);
    turn.finish(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`, 'latin1', 'stay');
    const ended = once(turn.socket, 'end');
    client.socket.end();
    await ended;
    client.socket.resume();
    await client.closed;
    assert.ok(client.received().length > body.length);
    assert.equal(served.running(), 0);
  });

  test('whose body breaks within an answer is cut, and nothing more is said', async (context) => {
    const served = await serveTurns(context);
    const client = await dial(served.port);
    client.socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const turn = await served.turn();
    const said = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf';
    turn.write(said, 'latin1');
    await client.until('half');
    client.socket.write('zz\r\n');
    await client.closed;
    assert.equal(client.received(), said);
    assert.equal(served.running(), 0);
  });

  test('whose body breaks behind its answer is closed without another', async (context) => {
    const served = await serveTurns(context, (turn) => finishEmpty(turn, 'said'));
    const client = await dial(served.port);
    client.socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    await client.until('said');
    client.socket.write('zz\r\n');
    await client.closed;
    assert.match(client.received(), /said$/);
  });

  for (const [what, request, stays] of [
    ['HTTP/1.1 stays', get('/'), true],
    ['HTTP/1.1 that says close ends', get('/', 'connection: x, Close'), false],
    ['HTTP/1.0 ends', 'GET / HTTP/1.0\r\n\r\n', false],
    ['HTTP/1.0 that says keep-alive stays', 'GET / HTTP/1.0\r\nconnection: Keep-Alive\r\n\r\n', true],
    ['what says both ends', get('/', 'connection: keep-alive', 'connection: close'), false],
  ] as const) {
    test(`of ${what}`, async (context) => {
      const served = await serveTurns(context, (turn) => finishEmpty(turn));
      const client = await dial(served.port);
      client.socket.write(`${request}${get('/2', 'connection: close')}`);
      await client.closed;
      assert.equal(served.begun.length, stays ? 2 : 1);
      assert.match(client.received(), stays ? /Connection: keep-alive\r\nKeep-Alive: timeout=65/ : /Connection: close/);
      assert.match(client.received(), /\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/);
    });
  }

  test('of a client that reads slowly takes all of a long answer, and tells when it takes more', async (context) => {
    const served = await serveTurns(context);
    const client = await dial(served.port);
    client.socket.pause();
    client.socket.write(get('/', 'connection: close'));
    const turn = await served.turn();
    let drained = 0;
    const again = new Promise<void>((resolve) => {
      turn.writer = {
        left: () => undefined,
        drained() {
          drained += 1;
          resolve();
        },
      };
    });
    const piece = 'x'.repeat(1_000_000);
    let written = 0;
    for (; turn.write(piece, 'latin1'); written += 1);
    assert.equal(drained, 0);
    client.socket.resume();
    await again;
    turn.finish(piece.repeat(8), 'latin1', 'close');
    assert.equal(served.running(), 1, 'it is not over before the client has it');
    await client.closed;
    assert.equal(client.received().length, (written + 1 + 8) * piece.length);
    assert.equal(served.running(), 0);
  });

  test('of a client that reads nothing of a whole answer is cut at the bound of silence', async (context) => {
    const served = await serveTurns(context, undefined, { keepaliveTimeoutMs: 100 });
    const client = await dial(served.port);
    client.socket.pause();
    client.socket.write(get('/'));
    const turn = await served.turn();
    const gone = once(turn.socket, 'close');
    turn.finish('x'.repeat(20_000_000), 'latin1', 'stay');
    await gone;
    assert.equal(turn.leaving.aborted, true);
    assert.equal(served.running(), 0);
    client.socket.destroy();
  });

  test('that waits for nothing is cut by a drain, and one in the middle of a head is not', async (context) => {
    const served = await serveTurns(context, (turn) => finishEmpty(turn));
    const idle = await dial(served.port);
    idle.socket.write(get('/'));
    await idle.until('200 OK');
    const within = await dial(served.port);
    within.socket.write(get('/1'));
    await within.until('200 OK');
    within.socket.write('GET /2 HTTP/1.1\r\n');
    // Behind it in time, so that the half of the head is there.
    const later = await dial(served.port);
    later.socket.write(get('/3'));
    await later.until('200 OK');
    const drained = served.drain();
    await Promise.all([idle.closed, later.closed]);
    within.socket.write('host: x\r\n\r\n');
    await within.closed;
    assert.match(within.received(), /Connection: close\r\n\r\n$/);
    assert.ok(served.begun.includes('/2'));
    await drained;
  });

  test('is not kept open by an empty line behind a body', async (context) => {
    const served = await serveTurns(context, (turn) => finishEmpty(turn), {
      headersTimeoutMs: 50,
      keepaliveTimeoutMs: 50,
    });
    const client = await dial(served.port);
    client.socket.write(`${post('/', 'a')}\r\n`);
    await client.closed;
    assert.equal(client.received().match(/HTTP\/1\.1 \d/g)?.length, 1);
  });

  test('of a client that never closes is cut some time after the last bytes', async (context) => {
    const served = await serveTurns(context, (turn) => finishEmpty(turn));
    const client = await dial(served.port);
    client.socket.allowHalfOpen = true;
    client.socket.write(get('/', 'connection: close'));
    const ended = once(client.socket, 'end');
    const { socket } = await served.turn();
    const cut = once(socket, 'close');
    await ended;
    await cut;
    client.socket.destroy();
  });
});
