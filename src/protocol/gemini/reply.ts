/** A reply of generateContent → content, end and usage. */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import { Failure } from '../../core/failure.ts';
import type { AssistantPart } from '../../core/generation.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { GenerationReply, StreamEvent } from '../../core/reply.ts';
import { clipped, listAt, objectAt, textAt } from '../vendor-document.ts';
import { blocked, readFinish } from './finish-reason.ts';
import { readPart } from './read-parts.ts';
import { readUsage } from './usage.ts';

/** What a reply is called where it does not say so itself. */
export interface ReplyName {
  readonly id: string;
  readonly model: string;
}

/**
 * @returns a failure where Google blocked the prompt, or says that its model's output is of no use
 * @throws Failure `invalid_request` where the document is no reply
 */
export function readGenerateContent(body: Json, name: ReplyName): GenerationReply | AttemptFailure {
  if (!isJsonObject(body)) throw noReply('it is no object');
  const blockReason = textAt(objectAt(body, 'promptFeedback'), 'blockReason');
  if (blockReason !== undefined) return blocked(blockReason);
  const candidate = listAt(body, 'candidates')[0];
  if (!isJsonObject(candidate)) throw noReply('it has no candidate');
  const reason = textAt(candidate, 'finishReason');
  if (reason === undefined) throw noReply('its candidate has no finishReason');
  const id = textAt(body, 'responseId') || name.id;
  const state = { id, calls: 0, isThinking: false };
  const events: StreamEvent[] = [];
  for (const part of listAt(objectAt(candidate, 'content'), 'parts')) {
    const fault = readPart(part, state, events);
    if (fault !== undefined) throw noReply(fault);
  }
  const finish = readFinish(reason, state.calls > 0, textAt(candidate, 'finishMessage'));
  if (finish.kind === 'failed') return finish.failure;
  const tokens = readUsage(body);
  return {
    kind: 'generation',
    id,
    model: textAt(body, 'modelVersion') || name.model,
    content: joined(events),
    finish: finish.reason,
    usage: tokens === undefined ? { kind: 'unknown' } : { kind: 'exact', tokens },
  };
}

const noReply = (why: string): Failure =>
  new Failure('invalid_request', clipped(`no reply of generateContent: ${why}`));

/** Pieces of one thought and one text belong together; a call stands alone. */
function joined(events: readonly StreamEvent[]): readonly AssistantPart[] {
  const parts: AssistantPart[] = [];
  for (const event of events) {
    const last = parts.at(-1);
    switch (event.kind) {
      case 'text':
        if (last?.kind === 'text') parts.splice(-1, 1, { kind: 'text', text: last.text + event.text });
        else parts.push({ kind: 'text', text: event.text });
        break;
      case 'reasoning':
        if (last?.kind === 'reasoning' && last.signature === undefined)
          parts.splice(-1, 1, { kind: 'reasoning', text: last.text + event.text });
        else parts.push({ kind: 'reasoning', text: event.text });
        break;
      case 'reasoning_signature':
        if (last?.kind === 'reasoning') parts.splice(-1, 1, { ...last, signature: event.signature });
        break;
      case 'tool_call':
        parts.push({ kind: 'tool_call', id: event.id, name: event.name, arguments: '' });
        break;
      case 'tool_arguments':
        if (last?.kind === 'tool_call') parts.splice(-1, 1, { ...last, arguments: event.text });
        break;
      default:
        // Parts make no other events.
        break;
    }
  }
  return parts;
}
