/** Replies, and the events of streams, in the words of core → messages. */
import type { AssistantPart } from '../../core/generation.ts';
import type { GenerationReply, StreamEvent } from '../../core/reply.ts';
import type { MeteredUsage, TokenCounts } from '../../core/usage.ts';
import type {
  GenerateEventMessage,
  GenerateResponseMessage,
  PartMessage,
  TokenUsageMessage,
} from './gateway-messages.ts';

export function responseMessage({
  id,
  model,
  content,
  finish,
  stopSequence,
  usage,
}: GenerationReply): GenerateResponseMessage {
  return {
    id,
    model,
    content: content.map(partMessage),
    finish,
    ...(stopSequence === undefined ? undefined : { stop_sequence: stopSequence }),
    usage: usageMessage(usage),
  };
}

function partMessage(part: AssistantPart): PartMessage {
  switch (part.kind) {
    case 'text':
      return { text: part.text };
    case 'tool_call':
      return { tool_call: { id: part.id, name: part.name, arguments: part.arguments } };
    case 'reasoning': {
      const { text, signature, redacted } = part;
      return {
        reasoning: {
          text,
          ...(signature === undefined ? undefined : { signature }),
          ...(redacted === undefined ? undefined : { redacted }),
        },
      };
    }
    case 'refusal':
      return { refusal: part.text };
  }
}

/** Of one stream: an event → its message; undefined for what the status of the call says. */
export type EventWriter = (event: StreamEvent) => GenerateEventMessage | undefined;

type Piece = Extract<StreamEvent, { readonly text: string }>;

/**
 * Vendors may cut a text within a character that is two units of UTF-16 long. Half of one has no bytes in UTF-8, so it
 * waits for the next piece of the same text; where none comes, it was no character, and is left out.
 */
export function createEventWriter(): EventWriter {
  /** The half that waits, by the text that it is of. */
  const held = new Map<string, string>();
  return (event) => {
    if (!isPiece(event)) return eventMessage(event);
    const isCut = isHighSurrogate(event.text.charCodeAt(event.text.length - 1));
    if (!isCut && held.size === 0) return eventMessage(event);
    const name = event.kind === 'tool_arguments' ? `${event.kind} ${event.index}` : event.kind;
    const text = (held.get(name) ?? '') + event.text;
    if (isCut) held.set(name, text.slice(-1));
    else held.delete(name);
    const whole = isCut ? text.slice(0, -1) : text;
    return whole === '' && isCut ? undefined : eventMessage({ ...event, text: whole });
  };
}

const isPiece = (event: StreamEvent): event is Piece => 'text' in event;

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

function eventMessage(event: StreamEvent): GenerateEventMessage | undefined {
  switch (event.kind) {
    case 'start':
      return { start: { id: event.id, model: event.model } };
    case 'text':
      return { text: event.text };
    case 'reasoning':
      return { reasoning: event.text };
    case 'reasoning_signature':
      return { reasoning_signature: event.signature };
    case 'reasoning_redacted':
      return { reasoning_redacted: event.data };
    case 'refusal':
      return { refusal: event.text };
    case 'tool_call':
      return { tool_call: { index: event.index, id: event.id, name: event.name } };
    case 'tool_arguments':
      return { tool_arguments: { index: event.index, text: event.text } };
    case 'usage':
      return { usage: usageMessage({ kind: 'exact', tokens: event.tokens }) };
    case 'finish': {
      const { reason, stopSequence } = event;
      return { finish: { reason, ...(stopSequence === undefined ? undefined : { stop_sequence: stopSequence }) } };
    }
    case 'output':
    case 'error':
    case 'end':
      return undefined;
  }
}

function usageMessage(usage: MeteredUsage): TokenUsageMessage {
  return usage.kind === 'unknown' ? usage : { kind: usage.kind, ...countsMessage(usage.tokens) };
}

/** Absent counts stay absent: the encoder leaves out what is undefined. */
function countsMessage(tokens: TokenCounts): Omit<TokenUsageMessage, 'kind'> {
  const counts = {
    input: tokens.input,
    output: tokens.output,
    cache_read: tokens.cacheRead,
    cache_write: tokens.cacheWrite,
    cache_write_1h: tokens.cacheWrite1h,
    reasoning: tokens.reasoning,
    input_audio: tokens.inputAudio,
    output_audio: tokens.outputAudio,
    input_image: tokens.inputImage,
    output_image: tokens.outputImage,
    tier: tokens.tier,
  };
  // Every name of it is one of the message's, and what is undefined is not written.
  return counts as Omit<TokenUsageMessage, 'kind'>;
}
