/** A reply of Converse → content, end and usage. It names neither itself nor its model: whoever asked knows both. */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import { Failure } from '../../core/failure.ts';
import type { AssistantPart } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { GenerationReply } from '../../core/reply.ts';
import { listAt, objectAt, textAt } from '../vendor-document.ts';
import { readStop } from './stop-reason.ts';
import { readUsage } from './usage.ts';

export interface ReplyName {
  /** Of the request, as AWS calls it. */
  readonly id: string;
  readonly model: string;
}

/**
 * @returns a failure where the vendor says that its model's output is of no use
 * @throws Failure `invalid_request` where the document is no reply
 */
export function readConverse(body: Json, name: ReplyName): GenerationReply | AttemptFailure {
  const document = isJsonObject(body) ? body : undefined;
  const message = objectAt(objectAt(document, 'output'), 'message');
  const stop = document === undefined ? undefined : readStop(document);
  if (document === undefined || message === undefined || stop === undefined)
    throw new Failure('invalid_request', 'no reply of Converse: it has no output.message or no stopReason');
  if (stop.kind === 'failed') return stop.failure;
  const content: AssistantPart[] = [];
  for (const block of listAt(message, 'content')) readBlock(block, content);
  const tokens = readUsage(document);
  return {
    kind: 'generation',
    ...name,
    content,
    finish: stop.reason,
    ...(stop.stopSequence === undefined ? undefined : { stopSequence: stop.stopSequence }),
    usage: tokens === undefined ? { kind: 'unknown' } : { kind: 'exact', tokens },
  };
}

function readBlock(block: Json, content: AssistantPart[]): void {
  if (!isJsonObject(block))
    throw new Failure('invalid_request', 'no reply of Converse: a block of content is no object');
  const text = textAt(block, 'text');
  if (text !== undefined) content.push({ kind: 'text', text });
  const toolUse = objectAt(block, 'toolUse');
  if (toolUse !== undefined) content.push(readToolUse(toolUse));
  const reasoning = objectAt(block, 'reasoningContent');
  if (reasoning !== undefined) content.push(readReasoning(reasoning));
  for (const cited of listAt(objectAt(block, 'citationsContent'), 'content')) {
    if (isJsonObject(cited)) content.push({ kind: 'text', text: textAt(cited, 'text') ?? '' });
  }
}

function readToolUse(toolUse: JsonObject): AssistantPart {
  const id = textAt(toolUse, 'toolUseId');
  const name = textAt(toolUse, 'name');
  if (id === undefined || name === undefined)
    throw new Failure('invalid_request', 'no reply of Converse: a toolUse has no toolUseId or no name');
  return { kind: 'tool_call', id, name, arguments: JSON.stringify(toolUse['input'] ?? {}) };
}

function readReasoning(reasoning: JsonObject): AssistantPart {
  const redacted = textAt(reasoning, 'redactedContent');
  if (redacted !== undefined) return { kind: 'reasoning', text: '', redacted };
  const thought = objectAt(reasoning, 'reasoningText');
  const signature = textAt(thought, 'signature');
  const text = textAt(thought, 'text') ?? '';
  return { kind: 'reasoning', text, ...(signature === undefined ? undefined : { signature }) };
}
