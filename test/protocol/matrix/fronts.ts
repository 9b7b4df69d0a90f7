/** Every front door: how it reads a request, writes a reply and a stream, and how its own clients read those again. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { anthropicFront } from '../../../src/protocol/anthropic/front.ts';
import { anthropicVendor } from '../../../src/protocol/anthropic/vendor.ts';
import { OPENAI_DIALECT } from '../../../src/protocol/openai-chat/dialect.ts';
import { openAiChatFront } from '../../../src/protocol/openai-chat/front.ts';
import { openAiChatVendor } from '../../../src/protocol/openai-chat/vendor.ts';
import { openAiResponsesFront } from '../../../src/protocol/openai-responses/front.ts';
import { openAiResponsesVendor } from '../../../src/protocol/openai-responses/vendor.ts';
import type { FrontProtocol, StreamReader, VendorProtocol } from '../../../src/protocol/protocol.ts';
import { createSseParser } from '../../../src/protocol/sse.ts';
import type { Front, FrontName } from './front.ts';
import { grpcFront } from './grpc-front.ts';

const IDENTITY = { id: 'answer-1', createdS: 1_700_000_000 };

export const FRONTS: readonly Front[] = [
  sseFront('chat', openAiChatFront, openAiChatVendor(OPENAI_DIALECT), /^data: \[DONE\]$/m, {
    model: 'auto',
    max_completion_tokens: 1000,
    messages: [{ role: 'user', content: 'Hi' }],
  }),
  sseFront('responses', openAiResponsesFront, openAiResponsesVendor, /^event: response\.(?:completed|incomplete)$/m, {
    model: 'auto',
    max_output_tokens: 1000,
    input: 'Hi',
  }),
  sseFront('anthropic', anthropicFront, anthropicVendor, /^event: message_stop$/m, {
    model: 'auto',
    max_tokens: 20_000,
    messages: [{ role: 'user', content: 'Hi' }],
  }),
  grpcFront(),
];

function sseFront(
  name: FrontName,
  front: FrontProtocol,
  client: VendorProtocol,
  endMarker: RegExp,
  basis: JsonObject,
): Front {
  return {
    name,
    readRequest: (body) => front.readRequest({ ...basis, ...body }),
    throughReply: (reply, request) => client.readReply(overTheWire(front.writeReply(reply, request, IDENTITY))),
    createStreamWriter: (request) => front.createStreamWriter(request, IDENTITY),
    readStream: (text) => readSse(client.createStreamReader(), text),
    endMarker,
  };
}

const overTheWire = (document: JsonObject): JsonObject => JSON.parse(JSON.stringify(document));

function readSse(reader: StreamReader, text: string): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  createSseParser((type, data) => events.push(...reader.read(type, data))).feed(Buffer.from(text));
  return [...events, ...(reader.ended?.() ?? [])];
}

/** Of a request that is to be streamed; a client of chat completions must ask for the usage. */
export const streamedBody = ({ name }: Front): JsonObject =>
  name === 'chat' ? { stream: true, stream_options: { include_usage: true } } : { stream: true };
