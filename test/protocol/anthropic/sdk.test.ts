/** Anthropic's own SDK against what is written here, over a socket of this machine. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { Failure } from '../../../src/core/failure.ts';
import type { GenerationReply, StreamEvent } from '../../../src/core/reply.ts';
import { anthropicFront } from '../../../src/protocol/anthropic/front.ts';
import { writeReply } from '../../../src/protocol/anthropic/write-reply.ts';
import { createStreamWriter } from '../../../src/protocol/anthropic/write-stream.ts';

const PARAMS = { model: 'auto', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };

/** Serves one answer to a client of the SDK. */
async function served<Result>(
  answer: (response: ServerResponse) => void,
  ask: (client: Anthropic) => Promise<Result>,
): Promise<Result> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    return await ask(
      new Anthropic({ apiKey: 'k', baseURL: `http://127.0.0.1:${port}`, maxRetries: 0, timeout: 10_000 }),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const streaming = (pieces: readonly string[]) => (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const piece of pieces) response.write(piece);
  response.end();
};

function written(events: readonly StreamEvent[]): readonly string[] {
  const writer = createStreamWriter({ id: 'msg_ours', createdS: 0 });
  return events.map((event) => writer.write(event));
}

const EVENTS: readonly StreamEvent[] = [
  { kind: 'start', id: 'msg_1', model: 'served-model' },
  { kind: 'usage', tokens: { input: 30, output: 1, cacheRead: 20 } },
  { kind: 'reasoning', text: 'They ask ' },
  { kind: 'reasoning', text: 'for weather.' },
  { kind: 'reasoning_signature', signature: 'c2ln' },
  { kind: 'reasoning_redacted', data: 'aGlkZGVu' },
  { kind: 'text', text: 'I will ' },
  { kind: 'text', text: 'look, 世界.' },
  { kind: 'tool_call', index: 0, id: 'a', name: 'get_weather' },
  { kind: 'tool_arguments', index: 0, text: '{"place":' },
  { kind: 'tool_call', index: 1, id: 'b', name: 'get_time' },
  { kind: 'tool_arguments', index: 0, text: '"Oslo"}' },
  { kind: 'tool_call', index: 2, id: 'c', name: 'get_time' },
  { kind: 'tool_arguments', index: 2, text: '{"zone":{"x":[1]}}' },
  { kind: 'finish', reason: 'tool_calls' },
  { kind: 'usage', tokens: { input: 30, output: 17, cacheRead: 20, reasoning: 4 } },
  { kind: 'end' },
];

const CONTENT = [
  { type: 'thinking', thinking: 'They ask for weather.', signature: 'c2ln' },
  { type: 'redacted_thinking', data: 'aGlkZGVu' },
  { type: 'text', text: 'I will look, 世界.' },
  { type: 'tool_use', id: 'a', name: 'get_weather', input: { place: 'Oslo' } },
  { type: 'tool_use', id: 'b', name: 'get_time', input: {} },
  { type: 'tool_use', id: 'c', name: 'get_time', input: { zone: { x: [1] } } },
];

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("Anthropic's SDK", () => {
  it('gathers the message of a stream', async () => {
    const message = await served(streaming(written(EVENTS)), (client) => client.messages.stream(PARAMS).finalMessage());
    assert.deepEqual(plain(message.content), CONTENT);
    assert.deepEqual(
      [message.id, message.model, message.stop_reason, message.stop_sequence],
      ['msg_1', 'served-model', 'tool_use', null],
    );
    assert.equal(message.usage.input_tokens, 10);
    assert.equal(message.usage.cache_read_input_tokens, 20);
    assert.equal(message.usage.output_tokens, 17);
    assert.equal(message.usage.output_tokens_details?.thinking_tokens, 4);
  });

  it('takes a whole message', async () => {
    const reply: GenerationReply = {
      kind: 'generation',
      id: 'msg_1',
      model: 'm',
      content: [
        { kind: 'text', text: 'Hi' },
        { kind: 'tool_call', id: 'a', name: 'f', arguments: '{"x":1}' },
      ],
      finish: 'tool_calls',
      usage: { kind: 'exact', tokens: { input: 3, output: 4 } },
    };
    const body = JSON.stringify(writeReply(reply));
    const message = await served(
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      (client) => client.messages.create(PARAMS),
    );
    assert.deepEqual(message.content, [
      { type: 'text', text: 'Hi' },
      { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
    ]);
    assert.equal(message.stop_reason, 'tool_use');
    assert.equal(message.usage.output_tokens, 4);
  });

  it('throws where a stream fails behind its first words', async () => {
    const writer = createStreamWriter({ id: 'x', createdS: 0 });
    const pieces = [
      ...EVENTS.slice(0, 8).map((event) => writer.write(event)),
      writer.fail(new Failure('upstream_unavailable', 'the vendor broke off')),
    ];
    const asked = served(streaming(pieces), (client) => client.messages.stream(PARAMS).finalMessage());
    await assert.rejects(asked, (reason) => {
      assert.ok(reason instanceof APIError);
      assert.equal(reason.type, 'api_error');
      assert.match(reason.message, /the vendor broke off/);
      return true;
    });
  });

  const CLASSES: readonly (readonly [number, string])[] = [
    [400, 'BadRequestError'],
    [401, 'AuthenticationError'],
    [402, 'PaymentRequiredError'],
    [403, 'PermissionDeniedError'],
    [404, 'NotFoundError'],
    [413, 'ContentTooLargeError'],
    [429, 'RateLimitError'],
    [500, 'InternalServerError'],
    [503, 'ServiceUnavailableError'],
    [504, 'GatewayTimeoutError'],
    [529, 'OverloadedError'],
  ];
  for (const [status, name] of CLASSES) {
    it(`throws its ${name} for a failure of status ${status}`, async () => {
      const failure = new Failure('access_denied', 'the rule says no', {
        details: { rule: 'access.x', decisionId: 'd1' },
      });
      const body = JSON.stringify(anthropicFront.writeError(failure, status));
      const asked = served(
        (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
        (client) => client.messages.create(PARAMS),
      );
      await assert.rejects(asked, (reason) => {
        assert.ok(reason instanceof APIError);
        assert.equal(reason.name, name);
        assert.equal(reason.status, status);
        assert.match(reason.message, /the rule says no/);
        return true;
      });
    });
  }
});
