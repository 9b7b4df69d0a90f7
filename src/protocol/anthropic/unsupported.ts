/** What of a request Anthropic's Messages API cannot say, by name. */
import type { GenerationRequest, Message } from '../../core/generation.ts';
import { asksForThought } from './thinking.ts';

const IMAGE_TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const DOCUMENT_TYPES: readonly string[] = ['application/pdf', 'text/plain'];

/** @returns names, each once, in the words of the request where it has them */
export function unsupported(request: GenerationRequest): readonly string[] {
  const names = new Set<string>(request.unkept);
  const { frequencyPenalty, presencePenalty, seed, temperature } = request.sampling;
  // Zero is what the API does anyway.
  if ((frequencyPenalty ?? 0) !== 0) names.add('frequency_penalty');
  if ((presencePenalty ?? 0) !== 0) names.add('presence_penalty');
  if (seed !== undefined) names.add('seed');
  if ((temperature ?? 0) > 1) names.add('temperature above 1');
  if (request.output.kind === 'json') names.add('JSON output without a schema');
  if (asksForThought(request.reasoning)) addThinkingRules(request, names);
  let spoken = false;
  for (const message of request.messages) {
    spoken ||= speaks(message);
    addMedia(message, names);
  }
  if (!spoken) names.add('request without a word');
  return [...names];
}

/** Empty text is no word, and nobody else's thought is written. */
function speaks(message: Message): boolean {
  switch (message.role) {
    case 'tool':
      return true;
    case 'system':
    case 'user':
    case 'assistant':
      return message.content.some((part) => (part.kind === 'text' ? part.text !== '' : part.kind !== 'reasoning'));
  }
}

/** With thinking on, the API keeps its own sampling and cannot be made to call a tool. */
export function addThinkingRules(request: GenerationRequest, names: Set<string>): void {
  const { temperature, topP, topK } = request.sampling;
  if (temperature !== undefined && temperature !== 1) names.add('temperature beside reasoning');
  if (topP !== undefined && topP < 0.95) names.add('top_p below 0.95 beside reasoning');
  if (topK !== undefined) names.add('top_k beside reasoning');
  const forced = request.toolChoice?.kind;
  if (forced === 'required' || forced === 'tool') names.add('forced tool choice beside reasoning');
}

function addMedia(message: Message, names: Set<string>): void {
  if (message.role === 'system' || message.role === 'assistant') return;
  const parts = message.role === 'user' ? message.content : message.results.flatMap(({ content }) => content);
  for (const part of parts) {
    switch (part.kind) {
      case 'text':
        break;
      case 'audio':
        names.add('audio input');
        break;
      case 'image':
        if (part.source.kind === 'base64' && !IMAGE_TYPES.includes(part.source.mediaType)) {
          names.add(`image of type ${part.source.mediaType.slice(0, 64)}`);
        }
        break;
      case 'document':
        if (part.source.kind === 'base64' && !DOCUMENT_TYPES.includes(part.source.mediaType)) {
          names.add(`document of type ${part.source.mediaType.slice(0, 64)}`);
        }
        break;
    }
  }
}
