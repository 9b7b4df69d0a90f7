/**
 * Turns → `messages`. Marks for a cache are left out, since OpenAI and those like it cache unasked; so are signed and
 * encrypted thoughts, which are of use only to the vendor that made them, and the flag that a tool failed, which its
 * result says.
 */
import type { AssistantPart, Message, ToolResult, UserPart } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { urlOf } from '../media-source.ts';
import { shortCallId } from '../tool-call-id.ts';
import type { ChatDialect } from './dialect.ts';

export function writeMessages(messages: readonly Message[], dialect: ChatDialect): readonly JsonObject[] {
  const written: JsonObject[] = [];
  for (const message of messages) {
    switch (message.role) {
      case 'system':
        written.push({ role: dialect.instructions, content: writeParts(message.content) });
        break;
      case 'user':
        written.push({ role: 'user', content: writeParts(message.content) });
        break;
      case 'assistant':
        written.push(writeAssistant(message.content, dialect));
        break;
      case 'tool':
        for (const result of message.results) written.push(writeResult(result));
    }
  }
  return written;
}

/** One text alone is a string, which every endpoint takes. */
function writeParts(parts: readonly UserPart[]): Json {
  const [first] = parts;
  if (first === undefined) return '';
  return parts.length === 1 && first.kind === 'text' ? first.text : parts.map(writePart);
}

function writePart(part: UserPart): JsonObject {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image': {
      const detail = part.detail === undefined ? undefined : { detail: part.detail };
      return { type: 'image_url', image_url: { url: urlOf(part.source), ...detail } };
    }
    case 'document':
      return { type: 'file', file: { filename: part.name ?? 'document', file_data: urlOf(part.source) } };
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: part.format } };
  }
}

function writeAssistant(content: readonly AssistantPart[], dialect: ChatDialect): JsonObject {
  let text: string | undefined;
  let thought = '';
  let refusal: string | undefined;
  const calls: JsonObject[] = [];
  for (const part of content) {
    switch (part.kind) {
      case 'text':
        text = (text ?? '') + part.text;
        break;
      case 'reasoning':
        thought += part.text;
        break;
      case 'refusal':
        refusal = (refusal ?? '') + part.text;
        break;
      case 'tool_call':
        calls.push({
          id: callId(part.id),
          type: 'function',
          function: { name: part.name, arguments: argumentsOf(part.arguments) },
        });
    }
  }
  return {
    role: 'assistant',
    content: text ?? (calls.length > 0 || refusal !== undefined ? null : ''),
    ...(dialect.thoughtsBack && thought !== '' ? { reasoning_content: thought } : undefined),
    ...(refusal === undefined ? undefined : { refusal }),
    ...(calls.length === 0 ? undefined : { tool_calls: calls }),
  };
}

/** OpenAI's bound. */
const MAX_ID_CHARS = 40;

const callId = (id: string): string => shortCallId(id, MAX_ID_CHARS);

/** A call without arguments is one of an empty object; some endpoints parse what they get. */
const argumentsOf = (text: string): string => (text.trim() === '' ? '{}' : text);

function writeResult({ callId: id, content }: ToolResult): JsonObject {
  return { role: 'tool', tool_call_id: callId(id), content: writeParts(content) };
}
