/** An item `reasoning` → a thought: its summary, or the thought itself where a vendor shows it, and its encrypted form. */
import type { ReasoningPart } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { asObject, listField, requiredText, textField } from '../fields.ts';
import { markEncrypted } from './thought-signature.ts';

const MAX_PARTS = 4096;
/** Parts of a summary are paragraphs. */
export const SUMMARY_BREAK = '\n\n';

/** @returns undefined where the item only names a thought that its vendor keeps */
export function readReasoningItem(item: JsonObject, at: string): ReasoningPart | undefined {
  const summary = textsOf(item, 'summary', at);
  const text = summary === '' ? textsOf(item, 'content', at) : summary;
  const encrypted = textField(item, 'encrypted_content', at);
  if (text === '' && encrypted === undefined) return undefined;
  return {
    kind: 'reasoning',
    text,
    ...(encrypted === undefined ? undefined : { signature: markEncrypted(encrypted) }),
  };
}

function textsOf(item: JsonObject, name: string, at: string): string {
  const parts = listField(item, name, at, { maxItems: MAX_PARTS }) ?? [];
  const texts = parts.map((part: Json, index) => {
    const where = `${at}.${name}[${index}]`;
    return requiredText(asObject(part, where), 'text', where);
  });
  return texts.join(SUMMARY_BREAK);
}
