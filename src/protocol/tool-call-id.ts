/** Ids of tool calls that a vendor made up and another one is told, where that one takes only short ids. */
import { createHash } from 'node:crypto';

const HASH_CHARS = 32;

/**
 * @param maxChars at least 37
 * @returns the id, or where it is too long another one that is made of it, so that a call and its result still match
 */
export function shortCallId(id: string, maxChars: number): string {
  return id.length <= maxChars ? id : `call_${createHash('sha256').update(id).digest('hex').slice(0, HASH_CHARS)}`;
}
