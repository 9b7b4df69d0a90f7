import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import OpenAI from 'openai';
import { Failure } from '../../../src/core/failure.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { openAiChatFront } from '../../../src/protocol/openai-chat/front.ts';
import { openAiEmbeddingsFront } from '../../../src/protocol/openai-embeddings/embeddings.ts';
import { embedding } from '../../support/model-requests.ts';
import { TOKENS } from './streams.ts';

/** OpenAI's client, with one answer to whatever it asks. */
function client(body: string, status = 200, type = 'application/json'): OpenAI {
  const fetch = async () => new Response(body, { status, headers: { 'content-type': type } });
  return new OpenAI({ apiKey: 'k', baseURL: 'http://127.0.0.1:1/v1', maxRetries: 0, fetch });
}

const ASKED = {
  model: 'm',
  messages: [{ role: 'user' as const, content: 'Hello!' }],
  stream_options: { include_usage: true },
};
const EVENTS: readonly StreamEvent[] = [
  { kind: 'start', id: 'id-1', model: 'm-1' },
  { kind: 'text', text: 'Hel' },
  { kind: 'text', text: 'lo' },
  { kind: 'tool_call', index: 0, id: 'call_1', name: 'f' },
  { kind: 'tool_arguments', index: 0, text: '{"x"' },
  { kind: 'tool_arguments', index: 0, text: ':1}' },
  { kind: 'tool_call', index: 1, id: 'call_2', name: 'g' },
  { kind: 'tool_arguments', index: 1, text: '{}' },
  { kind: 'finish', reason: 'tool_calls' },
  { kind: 'usage', tokens: TOKENS },
  { kind: 'end' },
];

const streamed = (events: readonly StreamEvent[]) => {
  const writer = openAiChatFront.createStreamWriter(
    openAiChatFront.readRequest({ ...ASKED, stream: true } satisfies JsonObject),
    { id: 'i', createdS: 1 },
  );
  return { writer, text: events.map((event) => writer.write(event)).join('') };
};

describe("OpenAI's own client", () => {
  it('puts our stream together', async () => {
    const { text } = streamed(EVENTS);
    const stream = client(text, 200, 'text/event-stream').chat.completions.stream(ASKED);
    const { id, choices, usage } = await stream.finalChatCompletion();
    assert.equal(id, 'id-1');
    assert.equal(choices[0]?.message.content, 'Hello');
    assert.equal(choices[0]?.finish_reason, 'tool_calls');
    const calls = choices[0]?.message.tool_calls?.map((call) => (call.type === 'function' ? call.function : call.type));
    assert.deepEqual(calls, [
      { name: 'f', arguments: '{"x":1}' },
      { name: 'g', arguments: '{}' },
    ]);
    assert.deepEqual([usage?.prompt_tokens, usage?.completion_tokens], [20, 5]);
  });

  it('throws where our stream says that it failed', async () => {
    const { writer, text } = streamed(EVENTS.slice(0, 2));
    const failed = text + writer.fail(new Failure('upstream_unavailable', 'cut half-way'));
    const stream = await client(failed, 200, 'text/event-stream').chat.completions.create({ ...ASKED, stream: true });
    let said = '';
    await assert.rejects(
      async () => {
        for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? '';
      },
      (error) => error instanceof OpenAI.APIError && error.code === 'upstream_unavailable',
    );
    assert.equal(said, 'Hel');
  });

  const ERRORS = [
    { status: 400, code: 'invalid_request', thrown: OpenAI.BadRequestError },
    { status: 401, code: 'unauthenticated', thrown: OpenAI.AuthenticationError },
    { status: 403, code: 'access_denied', thrown: OpenAI.PermissionDeniedError },
    { status: 404, code: 'not_found', thrown: OpenAI.NotFoundError },
    { status: 429, code: 'throttled', thrown: OpenAI.RateLimitError },
    { status: 503, code: 'upstream_unavailable', thrown: OpenAI.InternalServerError },
  ] as const;
  for (const { status, code, thrown } of ERRORS) {
    it(`throws ${thrown.name} for ${code} under ${status}, and shows the field and the sentence`, async () => {
      const document = openAiChatFront.writeError(new Failure(code, 'a sentence', { details: { param: 'n' } }), status);
      const asking = client(JSON.stringify(document), status).chat.completions.create({ ...ASKED, stream: false });
      await assert.rejects(asking, (error) => {
        assert.ok(error instanceof thrown);
        assert.equal(error.param, 'n');
        assert.match(error.message, /a sentence/);
        return true;
      });
    });
  }

  it('decodes vectors that we wrote in base64, as it asks for them', async () => {
    const vectors = [
      [1, -2, 0.5],
      [0, 0.25, 3],
    ];
    const document = openAiEmbeddingsFront.writeReply(
      { kind: 'embedding', model: 'm', vectors, usage: { kind: 'unknown' } },
      embedding({ encoding: 'base64' }),
    );
    const { data } = await client(JSON.stringify(document)).embeddings.create({ model: 'm', input: ['a', 'b'] });
    assert.deepEqual(
      data.map((item) => [...item.embedding]),
      vectors,
    );
  });
});
