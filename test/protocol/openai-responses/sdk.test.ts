import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import OpenAI from 'openai';
import { Failure } from '../../../src/core/failure.ts';
import type { GenerationRequest } from '../../../src/core/generation.ts';
import { isJsonObject, type Json } from '../../../src/core/json.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { openAiResponsesFront } from '../../../src/protocol/openai-responses/front.ts';
import { openAiResponsesVendor } from '../../../src/protocol/openai-responses/vendor.ts';

const EVENTS: readonly StreamEvent[] = [
  { kind: 'start', id: 'chatcmpl-1', model: 'm-1' },
  { kind: 'reasoning', text: 'H' },
  { kind: 'reasoning', text: 'm.' },
  { kind: 'text', text: 'Hel' },
  { kind: 'text', text: 'lo' },
  { kind: 'tool_call', index: 0, id: 'call_1', name: 'f' },
  { kind: 'tool_arguments', index: 0, text: '{"x"' },
  { kind: 'tool_call', index: 1, id: 'call_2', name: 'f' },
  { kind: 'tool_arguments', index: 0, text: ':1}' },
  { kind: 'finish', reason: 'tool_calls' },
  { kind: 'usage', tokens: { input: 20, output: 5, cacheRead: 4, reasoning: 2 } },
  { kind: 'end' },
];

const IDENTITY = { id: 'i', createdS: 1 };

/** What the front door does with a request, in the words of the test: what comes back is scripted. */
function answered(request: GenerationRequest, isCut: boolean): { readonly type: string; readonly text: string } {
  if (!request.stream) {
    const reply = openAiResponsesFront.writeReply(
      {
        kind: 'generation',
        id: 'msg_1',
        model: 'm-1',
        content: [
          { kind: 'text', text: '{"x":1}' },
          { kind: 'tool_call', id: 'call_1', name: 'f', arguments: '{"x":1}' },
        ],
        finish: 'tool_calls',
        usage: { kind: 'exact', tokens: { input: 20, output: 5 } },
      },
      request,
      IDENTITY,
    );
    return { type: 'application/json', text: JSON.stringify(reply) };
  }
  const writer = openAiResponsesFront.createStreamWriter(request, IDENTITY);
  const events = isCut ? EVENTS.slice(0, 5) : EVENTS;
  const begun = events.map((event) => writer.write(event)).join('');
  const end = isCut ? writer.fail(new Failure('upstream_unavailable', 'cut half-way')) : '';
  return { type: 'text/event-stream', text: begun + end };
}

describe("OpenAI's own client of responses", () => {
  let server: Server;
  let client: OpenAI;

  before(async () => {
    server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        try {
          // JSON.parse makes nothing but JSON.
          const body = JSON.parse(Buffer.concat(chunks).toString()) as Json;
          const request = openAiResponsesFront.readRequest(body);
          const { type, text } = answered(request, request.model === 'cut');
          outgoing.writeHead(200, { 'content-type': type }).end(text);
        } catch (reason) {
          const failure = Failure.from(reason);
          const document = openAiResponsesFront.writeError(failure, 400);
          outgoing.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(document));
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on a port has an address of this kind.
    const { port } = server.address() as AddressInfo;
    client = new OpenAI({ apiKey: 'k', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('puts our stream together', async () => {
    const final = await client.responses.stream({ model: 'm', input: 'Hello!' }).finalResponse();
    assert.deepEqual([final.id, final.status, final.output_text], ['resp_chatcmpl-1', 'completed', 'Hello']);
    assert.deepEqual(
      final.output.map(({ type }) => type),
      ['reasoning', 'message', 'function_call', 'function_call'],
    );
    const calls = final.output.flatMap((item) =>
      item.type === 'function_call' ? [[item.call_id, item.arguments]] : [],
    );
    assert.deepEqual(calls, [
      ['call_1', '{"x":1}'],
      ['call_2', '{}'],
    ]);
    assert.deepEqual([final.usage?.total_tokens, final.usage?.input_tokens_details.cached_tokens], [25, 4]);
  });

  it('puts together from our pieces what the items say when they are done', async () => {
    const pieces = new Map<number, string>();
    const done = new Map<number, string>();
    for await (const event of await client.responses.create({ model: 'm', input: 'Hello!', stream: true })) {
      switch (event.type) {
        case 'response.output_text.delta':
        case 'response.reasoning_summary_text.delta':
        case 'response.function_call_arguments.delta':
          pieces.set(event.output_index, (pieces.get(event.output_index) ?? '') + event.delta);
          break;
        case 'response.output_text.done':
        case 'response.reasoning_summary_text.done':
          done.set(event.output_index, event.text);
          break;
        case 'response.function_call_arguments.done':
          done.set(event.output_index, event.arguments);
      }
    }
    assert.deepEqual([...pieces].sort(), [...done].sort());
    assert.deepEqual([...pieces.values()], ['Hm.', 'Hello', '{"x":1}', '{}']);
  });

  it('throws where our stream says that it failed', async () => {
    const stream = await client.responses.create({ model: 'cut', input: 'Hello!', stream: true });
    let said = '';
    await assert.rejects(
      async () => {
        for await (const event of stream) if (event.type === 'response.output_text.delta') said += event.delta;
      },
      (error) => error instanceof OpenAI.APIError && error.code === 'upstream_unavailable',
    );
    assert.equal(said, 'Hello');
  });

  it('reads a whole response, and parses what was asked for in JSON', async () => {
    const response = await client.responses.parse({
      model: 'm',
      input: 'Hello!',
      text: { format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: true } },
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: true }],
    });
    assert.deepEqual([response.status, response.output_text], ['completed', '{"x":1}']);
    assert.deepEqual(response.output_parsed, { x: 1 });
  });

  it('gets its own output back as input, and we read it', async () => {
    const first = await client.responses.create({ model: 'm', input: 'Hello!' });
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: 'Hello!' },
      // An output item is an input item too; the types of the two are apart.
      ...(first.output as OpenAI.Responses.ResponseInput),
      { type: 'function_call_output', call_id: 'call_1', output: '1' },
    ];
    const second = await client.responses.create({ model: 'm', input });
    assert.equal(second.status, 'completed');
  });

  it('throws for a request that we refuse, and shows the field', async () => {
    await assert.rejects(client.responses.create({ model: 'm', input: 'x', max_output_tokens: 15 }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.param, 'max_output_tokens');
      return true;
    });
  });

  it('is answered with documents that our own reader understands', async () => {
    const response = await client.responses.create({ model: 'm', input: 'Hello!' });
    const document = JSON.parse(JSON.stringify(response));
    assert.ok(isJsonObject(document));
    assert.equal(openAiResponsesVendor.readReply(document).finish, 'tool_calls');
  });
});
