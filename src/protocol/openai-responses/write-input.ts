/**
 * Turns → `input`. Marks for a cache are left out, since OpenAI caches unasked; so are thoughts, but those that OpenAI
 * encrypted for itself, and the flag that a tool failed, which its result says.
 */
import type { AssistantPart, Message, ToolResult, UserPart } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { urlOf } from '../media-source.ts';
import { shortCallId } from '../tool-call-id.ts';
import { summaryContent, wholeArguments } from './output-items.ts';
import { unmarkEncrypted } from './thought-signature.ts';

export function writeInput(messages: readonly Message[]): readonly JsonObject[] {
  const items: JsonObject[] = [];
  for (const message of messages) {
    switch (message.role) {
      case 'system':
      case 'user':
        items.push({ role: message.role, content: writeParts(message.content) });
        break;
      case 'assistant':
        writeAssistant(message.content, items);
        break;
      case 'tool':
        for (const result of message.results) items.push(writeResult(result));
    }
  }
  return items;
}

/** One text alone is a string. */
function writeParts(parts: readonly UserPart[]): Json {
  const [first] = parts;
  if (first === undefined) return '';
  return parts.length === 1 && first.kind === 'text' ? first.text : parts.map(writePart);
}

function writePart(part: UserPart): JsonObject {
  switch (part.kind) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image':
      return { type: 'input_image', image_url: urlOf(part.source), detail: part.detail ?? 'auto' };
    case 'document':
      return part.source.kind === 'url'
        ? { type: 'input_file', file_url: part.source.url }
        : { type: 'input_file', filename: part.name ?? 'document', file_data: urlOf(part.source) };
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: part.format } };
  }
}

/** OpenAI's bound. */
const MAX_ID_CHARS = 64;

/** Texts that follow one another are one message. */
function writeAssistant(content: readonly AssistantPart[], items: JsonObject[]): void {
  let said: JsonObject[] = [];
  const close = (): void => {
    if (said.length > 0) items.push({ type: 'message', role: 'assistant', content: said });
    said = [];
  };
  for (const part of content) {
    switch (part.kind) {
      case 'text':
        said.push({ type: 'output_text', text: part.text });
        break;
      case 'refusal':
        said.push({ type: 'refusal', refusal: part.text });
        break;
      case 'tool_call':
        close();
        items.push({
          type: 'function_call',
          call_id: shortCallId(part.id, MAX_ID_CHARS),
          name: part.name,
          arguments: wholeArguments(part.arguments),
        });
        break;
      case 'reasoning': {
        const encrypted = unmarkEncrypted(part.signature ?? '');
        if (encrypted === undefined) break;
        close();
        const summary = part.text === '' ? [] : [summaryContent(part.text)];
        items.push({ type: 'reasoning', summary, encrypted_content: encrypted });
      }
    }
  }
  close();
}

function writeResult({ callId, content }: ToolResult): JsonObject {
  return { type: 'function_call_output', call_id: shortCallId(callId, MAX_ID_CHARS), output: writeParts(content) };
}
