/** `content` of an answer or of a piece of it: a string, or a list of parts as Mistral's thinking models write it. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { listAt, textAt } from '../vendor-document.ts';

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
  return pieces;
}

function addPart(item: Json, add: (kind: Piece['kind'], text: string | undefined) => void): void {
  if (!isJsonObject(item)) return;
  if (item['type'] === 'text') add('text', textAt(item, 'text'));
  if (item['type'] !== 'thinking') return;
  for (const thought of listAt(item, 'thinking')) if (isJsonObject(thought)) add('reasoning', textAt(thought, 'text'));
}

/** JSON text; some endpoints write the object itself. */
export function argumentsOf(call: JsonObject | undefined): string {
  const said = call?.['arguments'];
  if (typeof said === 'string') return said;
  return isJsonObject(said) ? JSON.stringify(said) : '';
}
