/** A reply → Anthropic's message object. */
import type { AssistantPart } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { GenerationReply } from '../../core/reply.ts';
import { writeStopReason } from './stop-reason.ts';
import { toolInput } from './tool-input.ts';
import { writeUsage } from './usage.ts';

/** A refusal in words has no block of its own here: it is text, and `stop_reason` says that it was one. */
export function writeReply(reply: GenerationReply): JsonObject {
  const refused = reply.content.some((part) => part.kind === 'refusal');
  return {
    id: reply.id,
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content: reply.content.map(writeBlock),
    stop_reason: writeStopReason(reply.finish, refused),
    stop_sequence: reply.stopSequence ?? null,
    usage: writeUsage(reply.usage.kind === 'unknown' ? undefined : reply.usage.tokens),
  };
}

function writeBlock(part: AssistantPart): JsonObject {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: part.text };
    case 'tool_call':
      return { type: 'tool_use', id: part.id, name: part.name, input: toolInput(part.arguments) };
    case 'reasoning':
      return part.redacted === undefined
        ? { type: 'thinking', thinking: part.text, signature: part.signature ?? '' }
        : { type: 'redacted_thinking', data: part.redacted };
  }
}
