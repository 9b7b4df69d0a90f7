/**
 * `system` and `messages` of a request → messages. Every result answers a call of the assistant's turn right before it,
 * once, and stands before whatever else that turn says; every call is answered before the assistant speaks again.
 */
import type { AssistantPart, Message, ToolResult, UserPart } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { asObject, invalid, listField, shown } from '../fields.ts';
import {
  type Block,
  readContent,
  readRedactedThinking,
  readShownPart,
  readText,
  readThinking,
  readToolResult,
  readToolUse,
} from './read-blocks.ts';
import type { Unkept } from './unkept.ts';

/** Anthropic's own bound. */
const MAX_MESSAGES = 100_000;

/** @returns at least one message that is not `system` */
export function readMessages(body: JsonObject, unkept: Unkept): readonly Message[] {
  const list = listField(body, 'messages', '', { maxItems: MAX_MESSAGES });
  if (list === undefined) throw invalid('messages', 'is required');
  if (list.length === 0) throw invalid('messages', 'must have at least one message');
  const messages: Message[] = [];
  const system = body['system'] ?? undefined;
  if (system !== undefined) messages.push({ role: 'system', content: readSystem(readContent(system, 'system')) });
  const turns = createTurns(unkept);
  for (const [index, item] of list.entries()) {
    const at = `messages[${index}]`;
    const message = asObject(item, at);
    const blocks = readContent(message['content'], `${at}.content`);
    switch (message['role']) {
      case 'user':
        messages.push(...turns.user(blocks));
        break;
      case 'assistant':
        messages.push(...turns.assistant(blocks, at));
        break;
      case 'system':
        messages.push({ role: 'system', content: readSystem(blocks) });
        break;
      default:
        throw invalid(`${at}.role`, `must be one of user, assistant, system, not ${shown(message['role'])}`);
    }
  }
  turns.end();
  return messages;
}

const readSystem = (blocks: readonly Block[]) =>
  blocks.map((block) => {
    if (block.type === 'text') return readText(block);
    throw invalid(`${block.at}.type`, `must be text, not ${shown(block.type)}`);
  });

function createTurns(unkept: Unkept) {
  /** Calls of the assistant's last turn that have no result yet, and where each stands. */
  const waiting = new Map<string, string>();
  let last: 'none' | 'user' | 'assistant' = 'none';
  /** The user's turn has said something beside results. */
  let talked = false;
  let lastAt = '';

  return {
    user(blocks: readonly Block[]): readonly Message[] {
      if (last !== 'user') talked = false;
      last = 'user';
      const results: ToolResult[] = [];
      const content: UserPart[] = [];
      for (const block of blocks) {
        if (block.type === 'tool_result') results.push(answer(block));
        else {
          talked = true;
          content.push(...readUserPart(block, unkept));
        }
      }
      return [
        ...(results.length === 0 ? [] : [{ role: 'tool', results } as const]),
        ...(content.length === 0 ? [] : [{ role: 'user', content } as const]),
      ];
    },

    assistant(blocks: readonly Block[], at: string): readonly Message[] {
      if (last === 'user') requireAnswers();
      last = 'assistant';
      lastAt = at;
      const content = blocks.flatMap((block) => readAssistantPart(block, unkept).map((part) => called(part, block.at)));
      return content.length === 0 ? [] : [{ role: 'assistant', content }];
    },

    end(): void {
      if (last === 'none') throw invalid('messages', 'must have a message that is not of the system');
      if (last === 'user') requireAnswers();
      // The answer would go on where this message stops, which no other vendor does.
      else unkept.add(lastAt, 'prefill');
    },
  };

  function called(part: AssistantPart, at: string): AssistantPart {
    if (part.kind !== 'tool_call') return part;
    if (waiting.has(part.id)) throw invalid(`${at}.id`, `another tool_use has the id ${shown(part.id)}`);
    waiting.set(part.id, at);
    return part;
  }

  function answer(block: Block): ToolResult {
    const result = readToolResult(block, unkept);
    const { at } = block;
    if (!waiting.delete(result.callId)) {
      throw invalid(
        `${at}.tool_use_id`,
        `no tool_use of id ${shown(result.callId)} waits for a result in the turn before`,
      );
    }
    if (talked) throw invalid(at, 'tool_result blocks must stand before everything else of their turn');
    return result;
  }

  function requireAnswers(): void {
    for (const [id, at] of waiting)
      throw invalid(at, `the tool_use of id ${shown(id)} has no tool_result in the next turn`);
  }
}

function readUserPart(block: Block, unkept: Unkept): readonly UserPart[] {
  switch (block.type) {
    case 'tool_use':
    case 'thinking':
    case 'redacted_thinking':
      throw invalid(`${block.at}.type`, `a block of type ${block.type} is the assistant's`);
    default:
      return readShownPart(block, unkept);
  }
}

function readAssistantPart(block: Block, unkept: Unkept): readonly AssistantPart[] {
  switch (block.type) {
    case 'text':
      return [readText(block)];
    case 'thinking':
      return [readThinking(block)];
    case 'redacted_thinking':
      return [readRedactedThinking(block)];
    case 'tool_use':
      return [readToolUse(block)];
    case 'tool_result':
    case 'image':
    case 'document':
      throw invalid(`${block.at}.type`, `a block of type ${block.type} is the user's`);
    default:
      unkept.add(block.at, block.type);
      return [];
  }
}
