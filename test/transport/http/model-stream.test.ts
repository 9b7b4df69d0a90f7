/** Streamed replies over real sockets: back-pressure, who leaves, what breaks, what drains, what is slow. */
import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import type { GatewayReply } from '../../../src/flows/gateway.ts';
import type { HttpTransportOptions } from '../../../src/transport/http/server.ts';
import {
  readsOf,
  type ScriptedGateway,
  type ScriptedStream,
  SERVED,
  scriptedGateway,
  scriptedStream,
  whole,
} from '../../support/scripted-gateway.ts';
import { plainRoutes } from './support/plain-protocol.ts';
import { quiet } from './support/quiet.ts';
import { answering } from './support/scripted.ts';
import { type Served, serve } from './support/served.ts';

const PATH = '/v1/chat/completions';

async function serving(
  context: TestContext,
  stream: ScriptedStream,
  options: Partial<HttpTransportOptions> = {},
): Promise<Served & { readonly gateway: ScriptedGateway }> {
  const gateway = scriptedGateway({ call: () => stream.reply });
  return { ...(await serve(context, answering(), { modelRoutes: plainRoutes(gateway), ...options })), gateway };
}

interface Opened {
  readonly response: IncomingMessage;
  readonly body: Promise<string>;
}

/** Resolves with the head; the body runs by itself. */
function open(url: string, path: string = PATH): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' } });
    asked.on('error', reject);
    asked.on('response', (response) => {
      const body = new Promise<string>((done, broken) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (more) => {
          text += more;
        });
        response.on('end', () => done(text));
        response.on('error', broken);
      });
      resolve({ response, body });
    });
    asked.end('{"stream":true}');
  });
}

const connected = (port: number): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => socket.destroy());
  });

const askedOn = (socket: Socket): void => {
  const body = '{"stream":true}';
  socket.write(
    `POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
};

const text = (value: string) => [{ kind: 'text', text: value } as const];

describe('a streamed reply', { timeout: 30_000 }, () => {
  test('goes out as it comes, with who served it at its head and what it came to behind its end', async (context) => {
    const stream = scriptedStream();
    const { url } = await serving(context, stream);
    const opening = open(url);
    await stream.started;
    stream.push(text('one'));
    const { response, body } = await opening;
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(response.headers['x-turnpike-decision-id'], SERVED.decisionId);
    assert.equal(response.headers['x-request-id'], SERVED.decisionId);
    assert.equal(response.headers['x-turnpike-target'], SERVED.target);
    assert.equal(response.headers['x-turnpike-attempts'], '2');
    assert.equal(response.headers['x-turnpike-cost-usd'], undefined);
    assert.equal(response.headers['traceparent'], SERVED.headers['traceparent']);
    stream.push([...text('two'), { kind: 'end' }]);
    stream.close();
    assert.equal(await body, `data: one\n\ndata: two\n\ndata: end ${SERVED.decisionId}\n\n`);
    assert.deepEqual(response.trailers, { 'x-turnpike-attempts': '3', 'x-turnpike-cost-usd': '0.000000042' });
  });

  test('sends nothing, not even its head, before there is something to say', async (context) => {
    const stream = scriptedStream();
    const { port } = await serving(context, stream);
    const socket = await connected(port);
    askedOn(socket);
    await stream.started;
    stream.push([{ kind: 'start', id: 'a', model: 'm' }]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(socket.bytesRead, 0);
    stream.push(text('one'));
    const [first] = await new Promise<[Buffer]>((resolve) => socket.once('data', (...all) => resolve(all)));
    assert.match(first.toString(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*data: one/);
    socket.destroy();
  });

  test('relays the bytes of a vendor that speaks the same protocol, and writes those of another', async (context) => {
    for (const [rawProtocol, body] of [
      ['openai-chat', 'raw bytes'],
      ['anthropic-messages', 'data: text\n\n'],
    ] as const) {
      const stream = scriptedStream({ rawProtocol });
      const { url } = await serving(context, stream);
      const opening = open(url);
      await stream.started;
      stream.push(text('text'), Buffer.from('raw bytes'));
      stream.close();
      assert.equal(await (await opening).body, body);
    }
  });

  test('is framed by its bytes, whatever they are and however many', async (context) => {
    const long = Buffer.alloc(200_000, 'é');
    for (const relays of [true, false]) {
      const stream = scriptedStream(relays ? { rawProtocol: 'openai-chat' } : {});
      const { url } = await serving(context, stream);
      const opening = open(url);
      await stream.started;
      for (const part of ['ä€😀', '\u0000\r\n0\r\n\r\n', long.toString()]) stream.push(text(part), Buffer.from(part));
      stream.push([], Buffer.alloc(0));
      stream.close();
      const body = await (await opening).body;
      const parts = ['ä€😀', '\u0000\r\n0\r\n\r\n', long.toString()];
      assert.equal(body, relays ? parts.join('') : parts.map((part) => `data: ${part}\n\n`).join(''));
    }
  });

  for (const [what, said, relayed, expected] of [
    ['ends with an error', [], false, 'data: one\n\nevent: error\ndata: upstream_unavailable\n\n'],
    ['that it relays ends with an error', [], true, 'rawevent: error\ndata: upstream_unavailable\n\n'],
    [
      'that says it failed, which is not among the bytes, ends with our error',
      [{ kind: 'error' }],
      true,
      'rawevent: error\ndata: upstream_unavailable\n\n',
    ],
    [
      'that says it failed in another protocol ends with our error, once',
      [{ kind: 'error' }],
      false,
      'data: one\n\nevent: error\ndata: upstream_unavailable\n\n',
    ],
  ] as const) {
    test(`that breaks ${what}, and never with its end`, async (context) => {
      const failure = { outcome: 'connection', message: 'reset' } as const;
      const stream = scriptedStream(relayed ? { rawProtocol: 'openai-chat' } : {});
      const { url } = await serving(context, stream);
      const opening = open(url);
      await stream.started;
      stream.push([...text('one'), ...said.map(({ kind }) => ({ kind, failure }))], Buffer.from('raw'));
      stream.close(failure);
      assert.equal(await (await opening).body, expected);
    });
  }

  test('whose writing throws is broken off, and its vendor told', async (context) => {
    const stream = scriptedStream();
    const { url } = await serving(context, { ...stream, reply: { ...stream.reply } }, {});
    const opening = open(url);
    await stream.started;
    stream.push(text('one'));
    const { body } = await opening;
    const broken = assert.rejects(body, { code: 'ECONNRESET' });
    // A wrong event, such as only a fault of ours makes.
    stream.push([
      Object.defineProperty({ kind: 'text', text: '' }, 'text', {
        get: () => {
          throw new Error('x');
        },
      }),
    ] as never);
    await stream.cancelled;
    await broken;
  });

  test('stops the reading of its vendor while the client does not read, and holds little meanwhile', async (context) => {
    const chunk = 'x'.repeat(16_384);
    let resumed = 0;
    const stream = scriptedStream({ onResume: () => pump() });
    let pushed = 0;
    const TOTAL = 4096;
    const pump = (): void => {
      resumed += 1;
      while (!stream.isPaused() && pushed < TOTAL) {
        pushed += 1;
        stream.push(text(chunk));
      }
      if (pushed === TOTAL && !stream.isPaused()) stream.close();
    };
    const { port } = await serving(context, stream);
    const socket = await connected(port);
    socket.pause();
    askedOn(socket);
    await stream.started;
    pump();
    // The kernel's buffers take some; what they do not take stays with the vendor: of 64 MiB, most of it.
    const settled = await quiet(() => pushed);
    assert(settled < TOTAL / 4, `${settled} of ${TOTAL} reads were taken`);
    let received = 0;
    socket.on('data', (bytes) => {
      received += bytes.length;
      if (received > TOTAL * chunk.length) socket.end();
    });
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    assert.equal(pushed, TOTAL);
    assert(resumed > 2);
  });

  test('ends at the vendor within 100 ms of the client leaving, and so does a call without an answer', async (context) => {
    const stream = scriptedStream();
    const { port, gateway } = await serving(context, stream);
    const socket = await connected(port);
    askedOn(socket);
    await stream.started;
    stream.push(text('one'));
    await new Promise((resolve) => socket.once('data', resolve));
    const leftAt = performance.now();
    socket.destroy();
    assert((await stream.cancelled) - leftAt < 100);
    assert.equal(gateway.asked[0]?.signal.aborted, true);
  });

  test('that nobody reads any more is cut at the bound of silence', async (context) => {
    const pump = (): void => {
      while (!stream.isPaused()) stream.push(text('x'.repeat(65_536)));
    };
    const stream = scriptedStream({ onResume: pump });
    const { port } = await serving(context, stream, { keepaliveTimeoutMs: 200 });
    const socket = await connected(port);
    socket.pause();
    askedOn(socket);
    await stream.started;
    pump();
    await stream.cancelled;
    socket.destroy();
  });

  test('of a slow model outlives the bound of silence', async (context) => {
    const stream = scriptedStream();
    const { url } = await serving(context, stream, { keepaliveTimeoutMs: 50 });
    const opening = open(url);
    await stream.started;
    stream.push(text('one'));
    const { body } = await opening;
    await new Promise((resolve) => setTimeout(resolve, 250));
    stream.push(text('two'));
    stream.close();
    assert.equal(await body, 'data: one\n\ndata: two\n\n');
  });

  test('that has not begun outlives it too, and so does a whole answer', async (context) => {
    const answer = Promise.withResolvers<GatewayReply>();
    const gateway = scriptedGateway({ call: () => answer.promise });
    const { url } = await serve(context, answering(), { modelRoutes: plainRoutes(gateway), keepaliveTimeoutMs: 50 });
    const opening = open(url);
    await new Promise((resolve) => setTimeout(resolve, 250));
    answer.resolve(whole());
    assert.match(await (await opening).body, /"id":"reply-1"/);
  });

  test('ends before a drain is over, on a connection that promised to stay', async (context) => {
    const stream = scriptedStream();
    const { port, transport } = await serving(context, stream);
    const socket = await connected(port);
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
    askedOn(socket);
    await stream.started;
    stream.push(text('one'));
    await new Promise((resolve) => socket.once('data', resolve));
    assert.doesNotMatch(received, /connection: close/i);
    const gone = new Promise((resolve) => socket.once('close', resolve));
    const drained = transport.drain(60_000);
    stream.push(text('two'));
    stream.close();
    await Promise.all([drained, gone]);
    assert.match(received, /data: two\n\n\r\n0\r\n/);
  });

  test('is cut at the bound of a drain, and its vendor told', async (context) => {
    const stream = scriptedStream();
    const { url, transport } = await serving(context, stream);
    const opening = open(url);
    await stream.started;
    stream.push(text('one'));
    const { body } = await opening;
    const broken = assert.rejects(body, { code: 'ECONNRESET' });
    await transport.drain(20);
    await broken;
    await stream.cancelled;
  });

  test('comes whole over HTTP/1.0, which has no chunks', async (context) => {
    const stream = scriptedStream({ reads: readsOf(['one']), ends: 'well' });
    const { port } = await serving(context, stream);
    const socket = await connected(port);
    const chunks: Buffer[] = [];
    socket.on('data', (bytes) => chunks.push(bytes));
    const body = '{"stream":true}';
    socket.write(
      `POST ${PATH} HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await new Promise((resolve) => socket.once('close', resolve));
    assert.match(Buffer.concat(chunks).toString(), /\r\n\r\ndata: one\n\ndata: end [\w-]+\n\n$/);
  });
});
