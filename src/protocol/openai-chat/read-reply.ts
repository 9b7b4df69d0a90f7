/** A chat completion → a reply. Source: API reference, "The chat completion object"; vendors add what they like. */
import type { AssistantPart } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { GenerationReply } from '../../core/reply.ts';
import { invalid } from '../fields.ts';
import { listAt, objectAt, textAt } from '../vendor-document.ts';
import { readFinish } from './finish-reason.ts';
import { readCalls, readPieces } from './read-content.ts';
import { readUsage } from './usage.ts';

/** @throws Failure `invalid_request` where the document is no reply */
export function readReply(body: Json): GenerationReply {
  if (!isJsonObject(body)) throw invalid('', 'must be an object');
  const choices = listAt(body, 'choices');
  const choice = choices.find((item) => isJsonObject(item) && (item['index'] ?? 0) === 0) ?? choices[0];
  if (!isJsonObject(choice)) throw invalid('choices', 'must hold a choice');
  const message = objectAt(choice, 'message');
  if (message === undefined) throw invalid('choices[0].message', 'must be an object');
  const content: AssistantPart[] = [...readPieces(message)];
  const refusal = textAt(message, 'refusal');
  if (refusal !== undefined && refusal !== '') content.push({ kind: 'refusal', text: refusal });
  const calls = readCalls(message);
  for (const [index, { id, name, arguments: text, isCustom }] of calls.entries()) {
    if (isCustom === true) continue;
    content.push({ kind: 'tool_call', id: id === '' ? `call_${index}` : id, name: name ?? '', arguments: text });
  }
  const tokens = readUsage(body['usage'], body['service_tier']);
  return {
    kind: 'generation',
    id: textAt(body, 'id') ?? '',
    model: textAt(body, 'model') ?? '',
    content,
    finish: readFinish(textAt(choice, 'finish_reason') ?? 'stop', {
      toolCalls: calls.length > 0,
      refusal: content.some(({ kind }) => kind === 'refusal'),
    }),
    usage: tokens === undefined ? { kind: 'unknown' } : { kind: 'exact', tokens },
    ...(calls.some(({ isCustom }) => isCustom === true) || hasMedia(message) ? { opaque: true } : undefined),
  };
}

/** Sound, and pictures as some endpoints write them. */
const hasMedia = (message: JsonObject): boolean =>
  objectAt(message, 'audio') !== undefined || listAt(message, 'images').length > 0;
