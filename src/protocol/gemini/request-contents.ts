/**
 * Messages → `systemInstruction` and `contents`. Instructions from anywhere stand in the first, in their order. A
 * result of a tool is named after its call, which is looked up by its id. Thoughts are not sent back: Google wants only
 * their signatures, each at the part that came behind it.
 */
import type { AssistantPart, Message, ToolResult, UserPart } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { toolInput } from '../anthropic/tool-input.ts';
import { writeAudio, writeFile } from './media.ts';
import type { ModelGeneration } from './model-generation.ts';
import { unmarkSignature } from './thought-signature.ts';

/** Told what cannot be said, by name. */
export type Refuse = (name: string) => void;

export interface WrittenContents {
  readonly system: readonly JsonObject[];
  readonly contents: readonly JsonObject[];
}

/**
 * From 3 on a call without the signature that came with it is refused; this is Google's word for a call that another
 * model made. Source: https://ai.google.dev/gemini-api/docs/thought-signatures.
 */
const FOREIGN_CALL = 'skip_thought_signature_validator';

export function writeContents(
  messages: readonly Message[],
  generation: ModelGeneration,
  refuse: Refuse,
): WrittenContents {
  let system: JsonObject[] = [];
  const contents: JsonObject[] = [];
  const names = new Map<string, string>();
  const add = (role: 'user' | 'model', parts: readonly JsonObject[]): void => {
    if (parts.length > 0) contents.push({ role, parts });
  };
  for (const message of messages) {
    switch (message.role) {
      case 'system':
        for (const { text } of message.content) if (text !== '') system.push({ text });
        break;
      case 'user':
        add('user', message.content.flatMap(writeUserPart));
        break;
      case 'assistant':
        add('model', writeAssistantParts(message.content, generation, names));
        break;
      case 'tool':
        add(
          'user',
          message.results.map((result) => writeResult(result, names.get(result.callId), generation, refuse)),
        );
        break;
    }
  }
  // Nothing but instructions: they are what is asked.
  if (contents.length === 0 && system.length > 0) {
    add('user', system);
    system = [];
  }
  if (contents.length === 0) refuse('messages without content');
  return { system, contents };
}

function writeUserPart(part: UserPart): readonly JsonObject[] {
  switch (part.kind) {
    case 'text':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'image':
    case 'document':
      return [writeFile(part)];
    case 'audio':
      return [writeAudio(part)];
  }
}

function writeAssistantParts(
  content: readonly AssistantPart[],
  generation: ModelGeneration,
  names: Map<string, string>,
): readonly JsonObject[] {
  const parts: JsonObject[] = [];
  let signature: string | undefined;
  let calls = 0;
  const push = (part: JsonObject): void => {
    parts.push(signature === undefined ? part : { ...part, thoughtSignature: signature });
    signature = undefined;
  };
  for (const part of content) {
    switch (part.kind) {
      case 'text':
      case 'refusal':
        if (part.text !== '') push({ text: part.text });
        break;
      case 'reasoning':
        signature = part.signature === undefined ? signature : unmarkSignature(part.signature);
        break;
      case 'tool_call': {
        names.set(part.id, part.name);
        // Of calls made together the first one carries the signature.
        if (calls === 0 && generation.version >= 300) signature ??= FOREIGN_CALL;
        calls += 1;
        push({ functionCall: { id: part.id, name: part.name, args: toolInput(part.arguments) } });
        break;
      }
    }
  }
  if (signature !== undefined) signLast(parts, signature);
  return parts;
}

/** In a stream, the signature of a text comes behind it. */
function signLast(parts: JsonObject[], thoughtSignature: string): void {
  const last = parts.at(-1);
  if (last !== undefined && last['text'] !== undefined && last['thoughtSignature'] === undefined)
    parts.splice(-1, 1, { ...last, thoughtSignature });
  else parts.push({ text: '', thoughtSignature });
}

function writeResult(
  result: ToolResult,
  name: string | undefined,
  generation: ModelGeneration,
  refuse: Refuse,
): JsonObject {
  if (name === undefined) refuse('a tool result whose call is not in the history');
  const texts: string[] = [];
  const files: JsonObject[] = [];
  for (const part of result.content) {
    if (part.kind === 'text') texts.push(part.text);
    else files.push(writeFile(part));
  }
  if (files.length > 0 && generation.version > 0 && generation.version < 300) refuse('images in tool results');
  const text = texts.join('\n');
  return {
    functionResponse: {
      id: result.callId,
      name,
      response: result.isError === true ? { error: text } : { output: text },
      ...(files.length === 0 ? undefined : { parts: files }),
    },
  };
}
