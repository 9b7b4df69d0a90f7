/** Bytes that are no good request, on real sockets: each gets one clear problem, and the server goes on. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { createHttpTransport } from '../../../src/transport/http/server.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import type { ScriptedFlows } from '../../contract/scripted-flows.ts';
import { post, problemOf, rawExchange } from './support/raw.ts';
import { answering } from './support/scripted.ts';

const QUESTION = '{"call":{"operation":"chat"}}';
const CANARY = 'tp_search_CANARYCANARYCANARYCANARYCANARY00';

describe('bad input over HTTP', () => {
  let flows: ScriptedFlows;
  let transport: Transport;
  let port = 0;
  before(async () => {
    flows = answering();
    transport = createHttpTransport(flows, {
      host: '127.0.0.1',
      port: 0,
      nowMs: Date.now,
      maxBodyBytes: 4096,
      metrics: async () => ({ contentType: 'text/plain', body: '' }),
    });
    port = Number((await transport.start()).split(':')[1]);
  });
  beforeEach(() => flows.received.splice(0));
  after(() => transport.drain(0));

  const send = (bytes: string | Uint8Array) => rawExchange(port, (socket) => socket.write(bytes));
  const mustGoOn = async (): Promise<void> => {
    const [response] = await send(post('/v1/decide', QUESTION));
    assert.equal(response?.status, 200);
  };

  const bytesPost = (body: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from(post('/v1/decide', ' '.repeat(body.length)).slice(0, -body.length), 'latin1'), body]);

  const CASES: readonly (readonly [string, string | Uint8Array, number, string, RegExp])[] = [
    [
      'malformed JSON',
      post('/v1/decide', '{"call":}'),
      400,
      'invalid_request',
      /^body: malformed JSON at line 1 column 9: expected a value$/,
    ],
    ['an empty body', post('/v1/decide', ''), 400, 'invalid_request', /^body: is empty, must be JSON$/],
    ['bad UTF-8', bytesPost(Buffer.from([0x22, 0xff, 0x22])), 400, 'invalid_request', /^body: is not valid UTF-8$/],
    ['deep nesting', post('/v1/decide', '['.repeat(3000)), 413, 'too_large', /^body: nested deeper than 64$/],
    [
      'a body longer than its bound',
      post('/v1/decide', `"${'x'.repeat(5000)}"`),
      413,
      'too_large',
      /^body: of 5002 bytes, at most 4096 bytes$/,
    ],
    ['no such path', post('/v2/decide', QUESTION), 404, 'not_found', /^path: no route of that name/],
    [
      'another method',
      post('/v1/decide', QUESTION).replace('POST', 'PATCH'),
      405,
      'method_not_allowed',
      /^method PATCH: not allowed here, use POST$/,
    ],
    [
      'no content type',
      post('/v1/decide', QUESTION).replace('content-type', 'x-type'),
      415,
      'unsupported_media_type',
      /^content-type: must be application\/json \(actual: none\)$/,
    ],
    [
      'garbage',
      '\u0000\u0001\u0002 not http at all\r\n\r\n',
      400,
      'invalid_request',
      /^the bytes are not an HTTP\/1.1 request$/,
    ],
    [
      'a TLS handshake on a plain port',
      Buffer.from('16030100', 'hex'),
      400,
      'invalid_request',
      /^the bytes are not an HTTP\/1.1 request$/,
    ],
    [
      'HTTP/2 without asking',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      400,
      'invalid_request',
      /^the bytes are not an HTTP\/1.1 request$/,
    ],
    [
      'headers longer than their bound',
      `GET /livez HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'too_large',
      /^headers: more or longer than their bound$/,
    ],
    [
      'a header with a control character',
      'GET /livez HTTP/1.1\r\nhost: x\r\nx-a: \u0001\r\n\r\n',
      400,
      'invalid_request',
      /^the bytes are not/,
    ],
    [
      'two lengths',
      'POST /v1/decide HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}',
      400,
      'invalid_request',
      /^the bytes are not/,
    ],
    [
      'a length and chunks, which smuggle',
      'POST /v1/decide HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'invalid_request',
      /^the bytes are not/,
    ],
    [
      'a length that is no number',
      'POST /v1/decide HTTP/1.1\r\nhost: x\r\ncontent-length: 0x10\r\n\r\n',
      400,
      'invalid_request',
      /^the bytes are not/,
    ],
    [
      'a chunk whose size is no number',
      'POST /v1/decide HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      400,
      'invalid_request',
      /^the bytes are not/,
    ],
    [
      'an expectation that nobody has',
      post('/v1/decide', QUESTION, ['connection: close', 'expect: 200-ok']),
      417,
      'invalid_request',
      /^header expect: only 100-continue/,
    ],
    ['no host', 'GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'invalid_request', /^header host: missing$/],
    [
      'more headers than their number',
      `GET /livez HTTP/1.1\r\nhost: x\r\n${Array.from({ length: 150 }, (_, index) => `a${index}: b`).join('\r\n')}\r\n\r\n`,
      431,
      'too_large',
      /^headers: more or longer than their bound$/,
    ],
    [
      'CONNECT to elsewhere',
      'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n',
      405,
      'method_not_allowed',
      /^method CONNECT: this is no proxy$/,
    ],
  ];

  for (const [what, bytes, status, code, detail] of CASES) {
    test(`${what} gets ${status}, and the server goes on`, async () => {
      const responses = await send(bytes);
      assert.equal(responses.length, 1);
      const [response] = responses;
      assert.equal(response?.status, status);
      assert.equal(response.headers.get('content-type'), 'application/problem+json');
      const problem = problemOf(response);
      assert.equal(problem.code, code);
      assert.equal(problem.status, status);
      assert.match(String(problem.detail), detail);
      assert.deepEqual(flows.received, []);
      await mustGoOn();
    });
  }

  test('an upgrade is read over: the request is answered as what it is', async () => {
    const [response] = await send(
      'GET /livez HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: h2c\r\n\r\n',
    );
    assert.equal(response?.status, 200);
  });

  test('requests in one breath are answered in their order', async () => {
    const first = post('/v1/decide', QUESTION, []);
    const second = post('/v1/data/a', '{"input":2}', []);
    const third = post('/v1/nowhere', '{}', ['connection: close']);
    const responses = await send(first + second + third);
    assert.deepEqual(
      responses.map(({ status }) => status),
      [200, 200, 404],
    );
    assert.match(responses[1]?.body ?? '', /"input":2/);
  });

  test('garbage behind a good request does not take its answer', async () => {
    const responses = await send(`${post('/v1/decide', QUESTION, [])}\u0000garbage\r\n\r\n`);
    assert.deepEqual(
      responses.map(({ status }) => status),
      [200, 400],
    );
    await mustGoOn();
  });

  test('a client that leaves in the middle of its body is not evaluated', async () => {
    const cut = post('/v1/decide', QUESTION).slice(0, -5);
    const before = flows.endings.length;
    await rawExchange(port, (socket) => socket.write(cut, () => socket.destroy()));
    await flows.ended(before + 1);
    assert.equal(flows.endings[before]?.code, 'cancelled');
    assert.deepEqual(flows.received, []);
    await mustGoOn();
  });

  test('a client that closes its side in the middle of its body is not evaluated', async () => {
    const before = flows.endings.length;
    await rawExchange(port, (socket) => socket.end(post('/v1/decide', QUESTION).slice(0, -5)));
    await flows.ended(before + 1);
    assert.equal(flows.endings[before]?.code, 'cancelled');
    assert.deepEqual(flows.received, []);
    await mustGoOn();
  });

  test('an endless chunked body is cut at its bound, and its sender still reads why', async () => {
    const head =
      'POST /v1/decide HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
    const [response] = await rawExchange(port, (socket) => {
      socket.write(head);
      const more = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', more);
      more();
    });
    assert.equal(response?.status, 413);
    assert.equal(problemOf(response).detail, 'body: longer than its bound, at most 4096 bytes');
    await mustGoOn();
  });

  test('a declared length past the bound is refused without reading, and its sender still reads why', async () => {
    const head =
      'POST /v1/decide HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 6000000\r\n\r\n';
    let cutOff: Error | null | undefined = new Error('never sent');
    const [response] = await rawExchange(port, (socket) => {
      // As many clients do: everything is sent before the first byte of an answer is read.
      socket.pause();
      socket.write(head);
      socket.write('x'.repeat(6_000_000), (error) => {
        cutOff = error;
        socket.resume();
      });
    });
    assert.equal(cutOff ?? undefined, undefined);
    assert.equal(response?.status, 413);
    assert.equal(problemOf(response).detail, 'body: of 6000000 bytes, at most 4096 bytes');
  });

  for (const [what, head, statuses] of [
    [
      'a body that is wanted is asked for',
      post('/v1/decide', QUESTION, ['connection: close', 'expect: 100-continue']),
      [100, 200],
    ],
    [
      'a body that is too long is not asked for',
      post('/v1/decide', 'x'.repeat(9000), ['expect: 100-continue']).slice(0, 200),
      [413],
    ],
    [
      'a body of another type is not asked for',
      post('/v1/decide', QUESTION, ['expect: 100-continue'])
        .replace('application/json', 'text/plain')
        .replace(QUESTION, ''),
      [415],
    ],
  ] as const) {
    test(`with expect: 100-continue, ${what}`, async () => {
      const responses = await send(head);
      assert.deepEqual(
        responses.map(({ status }) => status),
        statuses,
      );
    });
  }

  test('whatever bytes come, the answer is whole responses or none, and the server goes on', async () => {
    const good = post('/v1/decide', QUESTION);
    const mutated = fc
      .tuple(fc.nat(good.length), fc.nat(20), fc.uint8Array({ maxLength: 20 }))
      .map(([at, cut, insert]) =>
        Buffer.concat([Buffer.from(good.slice(0, at)), insert, Buffer.from(good.slice(at + cut))]),
      );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated), async (bytes) => {
        // Half-closed behind the bytes, so that a request that waits for more ends.
        const responses = await rawExchange(port, (socket) => socket.end(bytes));
        for (const { status, body } of responses) {
          assert.ok(status >= 200 && status < 500, `${status} ${body}`);
          if (status >= 400) assert.equal(typeof problemOf({ status, body, headers: new Map() }).code, 'string');
        }
      }),
      { numRuns: 300 },
    );
    await mustGoOn();
  });

  test('no secret of a request stands in any answer', async () => {
    const places: readonly string[] = [
      post('/v1/decide', QUESTION, ['connection: close', `authorization: Bearer ${CANARY}`]),
      post('/v1/decide', `{"call":${CANARY}}`),
      post('/v1/decide', `"${CANARY}`),
      post(`/v1/nowhere/${CANARY}`, QUESTION),
      post(`/v1/decide?key=${CANARY}`, '{'),
      post('/v1/data/a', `{"input":${CANARY}`, ['connection: close', `authorization: ${CANARY}`]),
      post('/v1/decide', QUESTION, ['connection: close', `x-turnpike-timeout-ms: ${CANARY}`]),
      post('/v1/decide', QUESTION, ['connection: close', `expect: ${CANARY}`]),
      `GET /livez HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${CANARY}\u0001\r\n\r\n`,
      `GET /livez HTTP/1.1\r\nhost: x\r\nauthorization: ${CANARY.repeat(500)}\r\n\r\n`,
      `${CANARY}\r\n\r\n`,
    ];
    for (const bytes of places) {
      const responses = await send(bytes);
      assert.equal(
        JSON.stringify(responses.map(({ body, headers }) => [body, [...headers]])).includes('CANARY'),
        false,
        bytes,
      );
    }
  });
});
