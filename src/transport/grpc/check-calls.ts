/** Calls of tools and their results, turn by turn: what every vendor would refuse is refused here, by name. */
import type { Message } from '../../core/generation.ts';
import { invalid, shown } from '../../protocol/fields.ts';

/**
 * Each result answers a call that waits for one, and each call is answered before somebody else speaks.
 * @throws Failure `invalid_request`
 */
export function checkCalls(messages: readonly Message[]): readonly Message[] {
  /** Id → where it was called. */
  const waiting = new Map<string, string>();
  for (const [turn, message] of messages.entries()) {
    const at = `messages[${turn}]`;
    if (message.role === 'tool') {
      for (const [index, { callId }] of message.results.entries()) {
        if (waiting.delete(callId)) continue;
        throw invalid(
          `${at}.results[${index}].call_id`,
          `no tool call before it waits for a result of ${shown(callId)}`,
        );
      }
      continue;
    }
    requireNone(waiting);
    if (message.role !== 'assistant') continue;
    for (const [index, part] of message.content.entries()) {
      if (part.kind !== 'tool_call') continue;
      const where = `${at}.content[${index}].tool_call`;
      if (waiting.has(part.id)) throw invalid(`${where}.id`, `there is another call with the id ${shown(part.id)}`);
      waiting.set(part.id, where);
    }
  }
  requireNone(waiting);
  return messages;
}

function requireNone(waiting: ReadonlyMap<string, string>): void {
  for (const [id, at] of waiting) throw invalid(at, `the tool call ${shown(id)} has no result behind it`);
}
