/**
 * Ids of tool calls as Mistral takes them: exactly nine letters and digits. Calls that another vendor made get ids that
 * are made of theirs, so that a call and its result still match.
 */
import { createHash } from 'node:crypto';
import { isJsonObject, type Json } from '../../core/json.ts';

/** @param messages of a chat completion */
export function withNineCharIds(messages: Json | undefined): Json | undefined {
  if (!Array.isArray(messages)) return messages;
  return messages.map((message: Json) => {
    if (!isJsonObject(message)) return message;
    const { tool_call_id: answered, tool_calls: calls } = message;
    return {
      ...message,
      ...(typeof answered === 'string' ? { tool_call_id: nineCharId(answered) } : undefined),
      ...(Array.isArray(calls) ? { tool_calls: calls.map(withNineCharId) } : undefined),
    };
  });
}

function withNineCharId(call: Json): Json {
  if (!isJsonObject(call) || typeof call['id'] !== 'string') return call;
  return { ...call, id: nineCharId(call['id']) };
}

const nineCharId = (id: string): string =>
  /^[A-Za-z0-9]{9}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 9);
