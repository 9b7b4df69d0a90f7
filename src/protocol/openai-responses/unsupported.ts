/** What the Responses API cannot say of a request, by the name that its caller knows. */
import type { GenerationRequest } from '../../core/generation.ts';

/** @returns each name once; empty: it can say all of it */
export function unsupported({ protocol, unkept, sampling, messages }: GenerationRequest): readonly string[] {
  // Of the same protocol they go along in the body.
  const names = new Set<string>(protocol === 'openai-responses' ? [] : unkept);
  if (sampling.topK !== undefined) names.add('top_k');
  if (sampling.seed !== undefined) names.add('seed');
  if (sampling.stop !== undefined) names.add('stop');
  if ((sampling.frequencyPenalty ?? 0) !== 0) names.add('frequency_penalty');
  if ((sampling.presencePenalty ?? 0) !== 0) names.add('presence_penalty');
  for (const message of messages) {
    if (message.role !== 'user') continue;
    for (const part of message.content) if (part.kind === 'audio') names.add('audio');
  }
  return [...names];
}
