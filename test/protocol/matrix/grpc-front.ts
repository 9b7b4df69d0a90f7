/** The gRPC door as a front of the matrix: messages go through their encoding, and are read as a client does. */
import type { AssistantPart } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { FINISH_REASONS, type GenerationReply, type StreamEvent } from '../../../src/core/reply.ts';
import type { MeteredUsage } from '../../../src/core/usage.ts';
import type {
  GenerateEventMessage,
  GenerateRequestMessage,
  GenerateResponseMessage,
  PartMessage,
  TokenUsageMessage,
} from '../../../src/transport/grpc/gateway-messages.ts';
import { createEventWriter, responseMessage } from '../../../src/transport/grpc/generate-reply.ts';
import { readGenerateRequest } from '../../../src/transport/grpc/generate-request.ts';
import { codecOf } from '../../../src/transport/grpc/wire.ts';
import type { Front } from './front.ts';

const requestCodec = codecOf<GenerateRequestMessage>('turnpike.v1.GenerateRequest');
const responseCodec = codecOf<GenerateResponseMessage>('turnpike.v1.GenerateResponse');
const eventCodec = codecOf<GenerateEventMessage>('turnpike.v1.GenerateEvent');

/** What stands for the status OK, which only a whole stream has. */
const OK = 'OK\n';

const BASIS: GenerateRequestMessage = {
  model: 'auto',
  max_output_tokens: 1000,
  messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
};

export function grpcFront(): Front {
  return {
    name: 'grpc',
    readRequest(body) {
      const { stream, ...said } = body;
      // Bodies of the table are spelled as the proto spells them.
      const message = { ...BASIS, ...(withBytes(said) as GenerateRequestMessage) };
      return readGenerateRequest(requestCodec.decode(requestCodec.encode(message)), stream === true);
    },
    throughReply: (reply) => readResponse(responseCodec.decode(responseCodec.encode(responseMessage(reply)))),
    createStreamWriter() {
      const messageOf = createEventWriter();
      return { write: (event) => writeEvent(messageOf(event), event), fail: () => 'UNAVAILABLE\n' };
    },
    readStream: (text) => text.split('\n').slice(0, -1).flatMap(readLine),
    endMarker: /^OK$/m,
  };
}

/** `{"$bytes": "<base64>"}` in a table stands for bytes. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  const { $bytes: bytes } = value as { readonly $bytes?: unknown };
  if (typeof bytes === 'string') return Buffer.from(bytes, 'base64');
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withBytes(item)]));
}

/** One line a message, so that it can be cut and compared as the text of the other doors is. */
function writeEvent(message: GenerateEventMessage | undefined, event: StreamEvent): string {
  if (message !== undefined) return `${eventCodec.encode(message).toString('base64')}\n`;
  return event.kind === 'end' ? OK : '';
}

function readLine(line: string): readonly StreamEvent[] {
  if (`${line}\n` === OK) return [{ kind: 'end' }];
  if (line === 'UNAVAILABLE') return [];
  return [readEvent(eventCodec.decode(Buffer.from(line, 'base64')))];
}

function readEvent(message: GenerateEventMessage): StreamEvent {
  const { start, tool_call: call, tool_arguments: pieces, usage, finish } = message;
  if (start !== undefined) return { kind: 'start', id: start.id ?? '', model: start.model ?? '' };
  if (message.text !== undefined) return { kind: 'text', text: message.text };
  if (message.reasoning !== undefined) return { kind: 'reasoning', text: message.reasoning };
  if (message.reasoning_signature !== undefined)
    return { kind: 'reasoning_signature', signature: message.reasoning_signature };
  if (message.reasoning_redacted !== undefined) return { kind: 'reasoning_redacted', data: message.reasoning_redacted };
  if (message.refusal !== undefined) return { kind: 'refusal', text: message.refusal };
  if (call !== undefined)
    return { kind: 'tool_call', index: call.index ?? 0, id: call.id ?? '', name: call.name ?? '' };
  if (pieces !== undefined) return { kind: 'tool_arguments', index: pieces.index ?? 0, text: pieces.text ?? '' };
  if (usage !== undefined) {
    const metered = readUsage(usage);
    if (metered.kind !== 'unknown') return { kind: 'usage', tokens: metered.tokens };
  }
  if (finish !== undefined) return { kind: 'finish', reason: reasonOf(finish.reason), ...stopOf(finish.stop_sequence) };
  throw new Error(`an event that says nothing: ${JSON.stringify(message)}`);
}

function readResponse(message: GenerateResponseMessage): GenerationReply {
  return {
    kind: 'generation',
    id: message.id ?? '',
    model: message.model ?? '',
    content: (message.content ?? []).map(readPart),
    finish: reasonOf(message.finish),
    ...stopOf(message.stop_sequence),
    usage: readUsage(message.usage),
  };
}

function readPart({ text, tool_call: call, reasoning, refusal }: PartMessage): AssistantPart {
  if (text !== undefined) return { kind: 'text', text };
  if (refusal !== undefined) return { kind: 'refusal', text: refusal };
  if (call !== undefined)
    return { kind: 'tool_call', id: call.id ?? '', name: call.name ?? '', arguments: call.arguments ?? '' };
  if (reasoning !== undefined) return { kind: 'reasoning', ...reasoning, text: reasoning.text ?? '' };
  throw new Error('a part that says nothing');
}

const stopOf = (stopSequence: string | undefined) => (stopSequence === undefined ? undefined : { stopSequence });

function reasonOf(word: string): GenerationReply['finish'] {
  const reason = FINISH_REASONS.find((known) => known === word);
  if (reason === undefined) throw new Error(`no reason to finish: ${word}`);
  return reason;
}

function readUsage(message: TokenUsageMessage): MeteredUsage {
  const {
    kind,
    cache_read,
    cache_write,
    cache_write_1h,
    input_audio,
    output_audio,
    input_image,
    output_image,
    ...rest
  } = message;
  if (kind !== 'exact' && kind !== 'estimated') return { kind: 'unknown' };
  const { input = 0, output = 0, reasoning, tier } = rest;
  const tokens = {
    input,
    output,
    cacheRead: cache_read,
    cacheWrite: cache_write,
    cacheWrite1h: cache_write_1h,
    reasoning,
    inputAudio: input_audio,
    outputAudio: output_audio,
    inputImage: input_image,
    outputImage: output_image,
    tier,
  };
  const said = Object.entries(tokens).filter(([, count]) => count !== undefined);
  // Absent counts are left out, and those two are always there.
  return { kind, tokens: Object.fromEntries(said) as unknown as Extract<MeteredUsage, { tokens: unknown }>['tokens'] };
}

export const bytes = (base64: string): JsonObject => ({ $bytes: base64 });
