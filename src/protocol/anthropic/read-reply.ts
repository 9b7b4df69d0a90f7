/** Anthropic's message object → a reply. Blocks of tools that run at Anthropic have no word here. */
import { Failure } from '../../core/failure.ts';
import type { AssistantPart } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { GenerationReply } from '../../core/reply.ts';
import { listAt, objectAt, textAt } from '../vendor-document.ts';
import { readStopReason } from './stop-reason.ts';
import { readUsage } from './usage.ts';

/** @throws Failure `invalid_request` where the document is no complete message */
export function readReply(body: Json): GenerationReply {
  if (!isJsonObject(body)) throw noReply('it is not an object');
  const { type, content, stop_reason: stopReason } = body;
  if (type !== undefined && type !== 'message') throw noReply(`its type is ${clip(type)}`);
  if (!Array.isArray(content)) throw noReply('it has no content');
  if (typeof stopReason !== 'string') throw noReply(`its stop_reason is ${clip(stopReason ?? null)}`);
  const stopSequence = textAt(body, 'stop_sequence');
  const blocks = listAt(body, 'content');
  const parts = blocks.flatMap((block) => readBlock(block) ?? []);
  return {
    kind: 'generation',
    id: textAt(body, 'id') ?? '',
    model: textAt(body, 'model') ?? '',
    content: [...parts, ...readRefusal(body)],
    finish: readStopReason(stopReason),
    ...(stopSequence === undefined ? undefined : { stopSequence }),
    usage: readUsage(objectAt(body, 'usage')),
    ...(parts.length < blocks.length ? { opaque: true } : undefined),
  };
}

/** @param holder of `stop_details`: a message, or the delta of a stream */
export function readRefusal(holder: JsonObject): readonly { readonly kind: 'refusal'; readonly text: string }[] {
  const text = textAt(objectAt(holder, 'stop_details'), 'explanation') ?? '';
  return text === '' ? [] : [{ kind: 'refusal', text }];
}

function readBlock(block: Json): AssistantPart | undefined {
  if (!isJsonObject(block)) throw noReply('a content block is not an object');
  switch (block['type']) {
    case 'text':
      return { kind: 'text', text: textAt(block, 'text') ?? '' };
    case 'thinking': {
      const signature = textAt(block, 'signature') ?? '';
      const text = textAt(block, 'thinking') ?? '';
      return { kind: 'reasoning', text, ...(signature === '' ? undefined : { signature }) };
    }
    case 'redacted_thinking':
      return { kind: 'reasoning', text: '', redacted: textAt(block, 'data') ?? '' };
    case 'tool_use': {
      const id = textAt(block, 'id');
      const name = textAt(block, 'name');
      if (id === undefined || name === undefined) throw noReply('a tool_use block has no id or no name');
      return { kind: 'tool_call', id, name, arguments: JSON.stringify(block['input'] ?? {}) };
    }
    default:
      return undefined;
  }
}

const noReply = (why: string): Failure => new Failure('invalid_request', `the vendor's reply is no message: ${why}`);

const clip = (value: Json): string => JSON.stringify(value).slice(0, 64);
