/**
 * Items of `output` → parts of an answer. Of the vendor's own tools, such as its search of the web, only what the model
 * said with them is read; the rest is in the bytes.
 */
import type { AssistantPart } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { listAt, textAt } from '../vendor-document.ts';
import { SUMMARY_BREAK } from './read-reasoning-item.ts';
import { markEncrypted } from './thought-signature.ts';

export function readItems(output: readonly Json[]): readonly AssistantPart[] {
  const parts: AssistantPart[] = [];
  for (const item of output) if (isJsonObject(item)) readItem(item, parts);
  return parts;
}

function readItem(item: JsonObject, parts: AssistantPart[]): void {
  switch (item['type']) {
    case 'message':
      for (const part of readSaid(item)) parts.push(part);
      return;
    case 'function_call': {
      const id = callIdOf(item);
      parts.push({ kind: 'tool_call', id, name: textAt(item, 'name') ?? '', arguments: argumentsOf(item) });
      return;
    }
    case 'reasoning': {
      const text = thoughtOf(item);
      const encrypted = encryptedOf(item);
      if (text === '' && encrypted === undefined) return;
      parts.push({
        kind: 'reasoning',
        text,
        ...(encrypted === undefined ? undefined : { signature: markEncrypted(encrypted) }),
      });
      return;
    }
    default:
      return;
  }
}

/** Kinds of items that are read; of others the vendor has more every year. */
const READ: ReadonlySet<Json | undefined> = new Set(['message', 'function_call', 'reasoning']);

/** Whether there are items that `readItems` leaves out; a custom tool's input is any text and no JSON. */
export const hasOthers = (output: readonly Json[]): boolean =>
  output.some((item) => isJsonObject(item) && !READ.has(item['type']));

/** Of a message; nothing that is empty. */
export function readSaid(item: JsonObject): readonly { readonly kind: 'text' | 'refusal'; readonly text: string }[] {
  const said: { readonly kind: 'text' | 'refusal'; readonly text: string }[] = [];
  for (const part of listAt(item, 'content')) {
    if (!isJsonObject(part)) continue;
    const isRefusal = part['type'] === 'refusal';
    if (!isRefusal && part['type'] !== 'output_text') continue;
    const text = textAt(part, isRefusal ? 'refusal' : 'text') ?? '';
    if (text !== '') said.push({ kind: isRefusal ? 'refusal' : 'text', text });
  }
  return said;
}

/** Its summary, or the thought itself where the model shows it. */
export function thoughtOf(item: JsonObject): string {
  const summary = textsOf(listAt(item, 'summary'));
  return summary === '' ? textsOf(listAt(item, 'content')) : summary;
}

const textsOf = (parts: readonly Json[]): string =>
  parts.map((part) => (isJsonObject(part) ? (textAt(part, 'text') ?? '') : '')).join(SUMMARY_BREAK);

/** @returns undefined where there is none */
export function encryptedOf(item: JsonObject): string | undefined {
  const encrypted = textAt(item, 'encrypted_content');
  return encrypted === '' ? undefined : encrypted;
}

export const isToolCall = (item: Json): item is JsonObject =>
  isJsonObject(item) && (item['type'] === 'function_call' || item['type'] === 'custom_tool_call');

/** Whether the caller is to do something before the model goes on. */
export const isForCaller = (item: Json): boolean =>
  isJsonObject(item) && typeof item['type'] === 'string' && FOR_CALLER.has(item['type']);

const FOR_CALLER: ReadonlySet<string> = new Set([
  'apply_patch_call',
  'computer_call',
  'custom_tool_call',
  'function_call',
  'local_shell_call',
  'mcp_approval_request',
]);

export const saysRefusal = (item: Json): boolean =>
  isJsonObject(item) && item['type'] === 'message' && readSaid(item).some(({ kind }) => kind === 'refusal');

export const callIdOf = (item: JsonObject): string => textAt(item, 'call_id') ?? textAt(item, 'id') ?? '';

/** Of a custom tool, what it is given. */
export const argumentsOf = (item: JsonObject): string => textAt(item, 'arguments') ?? textAt(item, 'input') ?? '';
