/**
 * What an answer, or a piece of it, holds. `content` is a string, or a list of parts as Mistral's thinking models write
 * it; calls of tools are whole or in pieces.
 */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { countAt, listAt, objectAt, textAt } from '../vendor-document.ts';

export interface Piece {
  readonly kind: 'text' | 'reasoning';
  readonly text: string;
}

/** Nothing that is empty. */
export function readPieces(message: JsonObject): readonly Piece[] {
  const pieces: Piece[] = [];
  const add = (kind: Piece['kind'], text: string | undefined): void => {
    if (text !== undefined && text !== '') pieces.push({ kind, text });
  };
  // `reasoning_content` is DeepSeek's, and with it vLLM's and others'; `reasoning` is OpenRouter's, Groq's and Ollama's.
  add('reasoning', textAt(message, 'reasoning_content') ?? textAt(message, 'reasoning'));
  const content = textAt(message, 'content');
  if (content !== undefined) add('text', content);
  else for (const item of listAt(message, 'content')) addPart(item, add);
  // What was said aloud; the sound itself is only in the bytes.
  if (content === undefined) add('text', textAt(objectAt(message, 'audio'), 'transcript'));
  return pieces;
}

function addPart(item: Json, add: (kind: Piece['kind'], text: string | undefined) => void): void {
  if (!isJsonObject(item)) return;
  if (item['type'] === 'text') add('text', textAt(item, 'text'));
  if (item['type'] !== 'thinking') return;
  for (const thought of listAt(item, 'thinking')) if (isJsonObject(thought)) add('reasoning', textAt(thought, 'text'));
}

export interface CallPiece {
  /** Empty where the piece has none. */
  readonly id: string;
  /** Absent where the endpoint does not count. */
  readonly index?: number;
  readonly name?: string;
  /** JSON text, or a part of it; of a custom tool, what it is given. */
  readonly arguments: string;
  readonly isCustom?: true;
}

/** `tool_calls`, and `function_call`, which was its name when there was only one. */
export function readCalls(message: JsonObject): readonly CallPiece[] {
  const said = listAt(message, 'tool_calls');
  const before = objectAt(message, 'function_call');
  if (said.length === 0 && before === undefined) return NO_CALLS;
  const calls: CallPiece[] = [];
  for (const item of said) {
    if (!isJsonObject(item)) continue;
    const custom = objectAt(item, 'custom');
    const call = objectAt(item, 'function') ?? custom;
    if (call === undefined) continue;
    const index = countAt(item, 'index');
    calls.push({
      id: textAt(item, 'id') ?? '',
      ...(index === undefined ? undefined : { index }),
      ...nameOf(call),
      arguments: custom === undefined ? argumentsOf(call) : (textAt(custom, 'input') ?? ''),
      ...(custom === undefined ? undefined : { isCustom: true }),
    });
  }
  if (before !== undefined) {
    calls.push({ id: textAt(before, 'name') ?? '', index: 0, ...nameOf(before), arguments: argumentsOf(before) });
  }
  return calls;
}

const NO_CALLS: readonly CallPiece[] = [];

function nameOf(call: JsonObject): { readonly name?: string } {
  const name = textAt(call, 'name');
  return name === undefined ? {} : { name };
}

/** Some endpoints write the object itself. */
function argumentsOf(call: JsonObject): string {
  const said = call['arguments'];
  if (typeof said === 'string') return said;
  return isJsonObject(said) ? JSON.stringify(said) : '';
}
