/** A reply → a chat completion. What was thought is `reasoning_content`, as most clients that show it know it. */
import type { GenerationRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { GenerationReply } from '../../core/reply.ts';
import type { ReplyIdentity } from '../protocol.ts';
import { writeFinish } from './finish-reason.ts';
import { writeUsage } from './usage.ts';

export function writeReply(reply: GenerationReply, request: GenerationRequest, identity?: ReplyIdentity): JsonObject {
  const { message, refused } = writeMessage(reply);
  const { usage } = reply;
  const tier = usage.kind === 'unknown' ? undefined : usage.tokens.tier;
  return {
    id: reply.id === '' ? (identity?.id ?? '') : reply.id,
    object: 'chat.completion',
    created: identity?.createdS ?? Math.floor(Date.now() / 1000),
    model: reply.model === '' ? (request.model ?? '') : reply.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: writeFinish(reply.finish, { refusal: refused }) }],
    ...(usage.kind === 'unknown' ? undefined : { usage: writeUsage(usage.tokens) }),
    ...(tier === undefined ? undefined : { service_tier: tier }),
  };
}

function writeMessage({ content }: GenerationReply): { readonly message: JsonObject; readonly refused: boolean } {
  let text: string | null = null;
  let refusal: string | null = null;
  let thought = '';
  const calls: JsonObject[] = [];
  for (const part of content) {
    switch (part.kind) {
      case 'text':
        text = (text ?? '') + part.text;
        break;
      case 'refusal':
        refusal = (refusal ?? '') + part.text;
        break;
      case 'reasoning':
        thought += part.text;
        break;
      case 'tool_call':
        calls.push({ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } });
    }
  }
  const message: JsonObject = {
    role: 'assistant',
    // As OpenAI does: empty where there is nothing at all.
    content: text ?? (calls.length === 0 && refusal === null ? '' : null),
    refusal,
    ...(thought === '' ? undefined : { reasoning_content: thought }),
    ...(calls.length === 0 ? undefined : { tool_calls: calls }),
  };
  return { message, refused: refusal !== null };
}
