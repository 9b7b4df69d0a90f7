/** What no model call is: refused by name, in the words of the protocol, and never by hanging or by asking anybody. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { composeFrontDoors } from '../../../src/compose-front-doors.ts';
import { Failure, type FailureCode } from '../../../src/core/failure.ts';
import { createHttpTransport } from '../../../src/transport/http/server.ts';
import { type ScriptedGateway, scriptedGateway, whole } from '../../support/scripted-gateway.ts';
import { post, rawExchange } from './support/raw.ts';
import { answering } from './support/scripted.ts';
import { serve } from './support/served.ts';

const LIMIT = 4096;
const CHAT = '{"model":"auto","messages":[{"role":"user","content":"hi"}],"max_tokens":9}';
const ROUTES = {
  '/v1/chat/completions': CHAT,
  '/v1/embeddings': '{"model":"auto","input":"hi"}',
  '/v1/messages': CHAT,
  '/v1/messages/count_tokens': CHAT.replace(',"max_tokens":9', ''),
} as const;

const TABLE: readonly (readonly [string, string, readonly string[], number, RegExp])[] = [
  ['a body past its bound', `{"a":"${'x'.repeat(LIMIT)}"}`, [], 413, /^body: of \d+ bytes, at most 4096 bytes$/],
  ['a type that is no JSON', CHAT, ['content-type: text/plain'], 415, /^content-type: must be application\/json/],
  ['a compressed body', CHAT, ['content-encoding: gzip'], 415, /^content-encoding: must be identity/],
  ['no JSON', '{"messages":', [], 400, /malformed JSON at line 1 column 13/],
  ['nothing', '', [], 400, /^body: is empty/],
  ['bytes that are no text', '{"a":"\xff"}', [], 400, /^body: is not valid UTF-8$/],
  ['nesting without end', '['.repeat(2000), [], 413, /^body: nested deeper than 64$/],
  ['a list', '[]', [], 400, /body|must be an object/],
  ['a number', '1e999', [], 400, /must be an object/],
  ['prototype-named keys', '{"__proto__":{"messages":[]},"constructor":1}', [], 400, /is required|must/],
  ['a deadline that is none', CHAT, ['x-turnpike-timeout-ms: soon'], 400, /^header x-turnpike-timeout-ms/],
];

describe('bad input of a model call', { timeout: 60_000 }, () => {
  let gateway: ScriptedGateway;
  let port = 0;
  let drain = async (): Promise<void> => undefined;
  before(async () => {
    gateway = scriptedGateway();
    const transport = createHttpTransport(answering(), {
      host: '127.0.0.1',
      port: 0,
      nowMs: Date.now,
      metrics: async () => ({ contentType: 'text/plain', body: '' }),
      modelRoutes: composeFrontDoors(gateway, { maxBodyBytes: LIMIT, nowMs: Date.now }),
    });
    port = Number((await transport.start()).split(':').at(-1));
    drain = () => transport.drain(0);
  });
  after(() => drain());

  for (const [path, good] of Object.entries(ROUTES)) {
    test(`${path} takes what is good`, async () => {
      const [response] = await rawExchange(port, (socket) => socket.write(post(path, good)));
      assert.equal(response?.status, 200, response?.body);
    });

    for (const [what, body, headers, status, says] of TABLE) {
      test(`${path} refuses ${what}`, async () => {
        const before = gateway.asked.length;
        const bytes = Buffer.from(raw(path, body, headers), 'latin1');
        const [response] = await rawExchange(port, (socket) => socket.write(bytes));
        assert.equal(response?.status, status, response?.body);
        assert.equal(response.headers.get('content-type'), 'application/json');
        const { error } = JSON.parse(response.body);
        assert.match(error.message, says);
        assert.equal(response.headers.get('x-should-retry'), 'false');
        assert.equal(gateway.asked.length, before);
      });
    }
  }

  test('a body without end is refused at its bound', async () => {
    const head =
      'POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
    const [response] = await rawExchange(port, (socket) => {
      socket.write(head);
      const chunk = `1000\r\n${' '.repeat(4096)}\r\n`;
      for (let sent = 0; sent < 4; sent += 1) socket.write(chunk);
      socket.write('0\r\n\r\n');
    });
    assert.equal(response?.status, 413);
    assert.equal(JSON.parse(response.body).error.type, 'request_too_large');
  });

  test('another method, and a path that is no route, are told so', async () => {
    const url = `http://127.0.0.1:${port}`;
    assert.equal((await fetch(`${url}/v1/chat/completions`)).status, 405);
    assert.equal((await fetch(`${url}/v1/chat`, { method: 'POST' })).status, 404);
    assert.equal((await fetch(`${url}/v1/v1/v1/messages`, { method: 'POST' })).status, 404);
    assert.equal((await fetch(`${url}/v1/v1/decide`, { method: 'POST' })).status, 404);
  });
});

describe('faults behind a model call', { timeout: 30_000 }, () => {
  for (const [what, reason, code] of [
    ['a fault of ours', new TypeError('secret of the house'), 'internal'],
    ['a failure', new Failure('upstream_unavailable', 'nobody answers'), 'upstream_unavailable'],
  ] as const satisfies readonly (readonly [string, Error, FailureCode])[]) {
    test(`${what} is told without what is ours alone`, async (context) => {
      const gateway = scriptedGateway({
        call: () => {
          throw reason;
        },
      });
      const modelRoutes = composeFrontDoors(gateway, { maxBodyBytes: LIMIT, nowMs: Date.now });
      const { url } = await serve(context, answering(), { modelRoutes });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body: CHAT });
      const text = await response.text();
      assert.equal(JSON.parse(text).error.code, code);
      assert(!text.includes('secret'));
      assert(!text.includes('at '), 'no stack');
    });
  }

  test('a header that cannot be said is left out, and the answer is not', async (context) => {
    const gateway = scriptedGateway({ call: () => whole(undefined, { target: 'simulated/k\u00e4se\r\nx: y' }) });
    const modelRoutes = composeFrontDoors(gateway, { maxBodyBytes: LIMIT, nowMs: Date.now });
    const { url } = await serve(context, answering(), { modelRoutes });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body: CHAT });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('x-turnpike-target'), null);
    assert.equal(response.headers.get('x-turnpike-attempts'), '2');
  });

  test('too much in flight is told in the words of the protocol', async (context) => {
    const held = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const gateway = scriptedGateway({
      call: async () => {
        arrived.resolve();
        await held.promise;
        return whole();
      },
    });
    const modelRoutes = composeFrontDoors(gateway, { maxBodyBytes: LIMIT, nowMs: Date.now });
    const { url } = await serve(context, answering(), { modelRoutes, maxInFlight: 1 });
    const ask = () =>
      fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: CHAT });
    const first = ask();
    await arrived.promise;
    const second = await ask();
    assert.equal(second.status, 503);
    assert.equal(second.headers.get('x-should-retry'), 'true');
    assert.equal(second.headers.get('retry-after'), '1');
    assert.equal(Object((await second.json()) as unknown).error.type, 'overloaded_error');
    held.resolve();
    assert.equal((await first).status, 200);
  });
});

/** A POST whose headers replace those that it would have, in Latin-1. */
function raw(path: string, body: string, headers: readonly string[]): string {
  const said = new Map([['content-type', 'content-type: application/json']]);
  for (const header of headers) said.set(header.slice(0, header.indexOf(':')), header);
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: x',
    'connection: close',
    ...said.values(),
    `content-length: ${body.length}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
