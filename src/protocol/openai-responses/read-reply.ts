/** A response object → a reply. Source: API reference, "The response object"; vendors add what they like. */
import { isJsonObject, type Json } from '../../core/json.ts';
import type { GenerationReply } from '../../core/reply.ts';
import { invalid, shown } from '../fields.ts';
import { listAt, textAt } from '../vendor-document.ts';
import { readFinish } from './finish-reason.ts';
import { hasOthers, isForCaller, readItems } from './read-items.ts';
import { incompleteReason, readFailed } from './response-meter.ts';
import { readUsage } from './usage.ts';

/** @throws Failure `invalid_request` where the document is no reply, or one that failed or is not over */
export function readReply(body: Json): GenerationReply {
  if (!isJsonObject(body)) throw invalid('', 'must be an object');
  const status = textAt(body, 'status') ?? 'completed';
  if (status === 'failed') throw invalid('error', readFailed(body).message);
  // What is not over, or given up, is no answer, whatever stands in it so far.
  if (status !== 'completed' && status !== 'incomplete') throw invalid('status', `is ${shown(status)}`);
  if (!Array.isArray(body['output'])) throw invalid('output', 'must be a list of items');
  const output = listAt(body, 'output');
  const content = readItems(output);
  const tokens = readUsage(body['usage'], body['service_tier']);
  return {
    kind: 'generation',
    id: textAt(body, 'id') ?? '',
    model: textAt(body, 'model') ?? '',
    content,
    finish: readFinish(status === 'incomplete' ? incompleteReason(body) : undefined, {
      toolCalls: output.some(isForCaller),
      refusal: content.some(({ kind }) => kind === 'refusal'),
    }),
    usage: tokens === undefined ? { kind: 'unknown' } : { kind: 'exact', tokens },
    ...(hasOthers(output) ? { opaque: true } : undefined),
  };
}
