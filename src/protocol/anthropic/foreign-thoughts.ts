/**
 * A history that came in Anthropic's protocol may hold turns that another vendor answered. Anthropic refuses thoughts
 * that it did not sign, so they stay behind where the body passes as it is.
 */
import type { GenerationRequest, Message } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { listAt, textAt } from '../vendor-document.ts';
import { carriesOver } from './thinking.ts';

/**
 * @param model others than Claude, which compatible servers serve, sign nothing and get back what nobody signed
 * @returns the body; the same one where nothing in it is foreign
 */
export function withoutForeignThoughts(request: GenerationRequest, model: string): JsonObject {
  const { body } = request;
  if (!request.messages.some((message) => holdsUnsigned(message, request))) return body;
  const isForeign = (block: Json): boolean => {
    if (!isJsonObject(block) || block['type'] !== 'thinking') return false;
    const signature = textAt(block, 'signature') ?? '';
    return signature === '' ? model.includes('claude') : !carriesOver(request, { signature });
  };
  const messages = listAt(body, 'messages').flatMap((turn) => {
    if (!isJsonObject(turn) || turn['role'] !== 'assistant' || !Array.isArray(turn['content'])) return [turn];
    const content = listAt(turn, 'content').filter((block) => !isForeign(block));
    // A turn that held nothing else says nothing, and the API refuses it.
    return content.length === 0 ? [] : [{ ...turn, content }];
  });
  return { ...body, messages };
}

const holdsUnsigned = (message: Message, request: GenerationRequest): boolean =>
  message.role === 'assistant' &&
  message.content.some((part) => part.kind === 'reasoning' && !carriesOver(request, part));
