/**
 * Messages → Anthropic's `system` and turns. Instructions are hoisted from wherever they stand, in their order; turns of
 * one role that follow one another become one, so that all results of a turn's calls stand directly behind it, before
 * whatever the user says then.
 */
import type { AssistantPart, GenerationRequest, Message } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { carriesOver } from './thinking.ts';
import { writeText, writeToolResult, writeToolUse, writeUserBlock } from './write-blocks.ts';

export interface Turns {
  readonly system: readonly JsonObject[];
  readonly messages: readonly JsonObject[];
}

export function writeTurns(request: GenerationRequest): Turns {
  const system: JsonObject[] = [];
  const turns: { readonly role: 'user' | 'assistant'; readonly content: JsonObject[] }[] = [];
  for (const message of request.messages) {
    if (message.role === 'system') {
      for (const part of message.content) {
        system.push(...writeText(part.text, part.cache));
      }
      continue;
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = writeBlocks(message, request);
    // An empty turn says nothing, and the API refuses it.
    if (blocks.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: blocks });
  }
  // Nothing but instructions: they are what is asked.
  if (turns.length === 0 && system.length > 0) return { system: [], messages: [{ role: 'user', content: system }] };
  return { system, messages: turns.map(({ role, content }) => ({ role, content })) };
}

function writeBlocks(message: Exclude<Message, { role: 'system' }>, request: GenerationRequest): JsonObject[] {
  switch (message.role) {
    case 'user':
      return message.content.flatMap(writeUserBlock);
    case 'tool':
      return message.results.map(writeToolResult);
    case 'assistant':
      return message.content.flatMap((part) => writeAssistantBlock(part, request));
  }
}

/** @returns nothing for empty text, and for a thought that Anthropic did not sign: it would refuse it */
function writeAssistantBlock(part: AssistantPart, request: GenerationRequest): readonly JsonObject[] {
  switch (part.kind) {
    case 'text':
      return writeText(part.text, part.cache);
    case 'refusal':
      return writeText(part.text, undefined);
    case 'tool_call':
      return [writeToolUse(part)];
    case 'reasoning':
      if (!carriesOver(request, part)) return [];
      return part.redacted === undefined
        ? [{ type: 'thinking', thinking: part.text, signature: part.signature ?? '' }]
        : [{ type: 'redacted_thinking', data: part.redacted }];
  }
}
