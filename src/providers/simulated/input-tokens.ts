/** Tokens of a prompt as the simulated vendor counts them: four letters are one. */
import type { EmbeddingRequest, GenerationRequest, Message } from '../../core/generation.ts';

export function inputTokensOf(request: GenerationRequest): number {
  let letters = 0;
  for (const message of request.messages) letters += lettersOf(message);
  for (const tool of request.tools) letters += tool.name.length + (tool.description?.length ?? 0);
  return Math.max(1, Math.ceil(letters / 4));
}

export function embeddingTokensOf({ inputs }: EmbeddingRequest): number {
  return inputs.reduce(
    (sum, input) => sum + (typeof input === 'string' ? Math.ceil(input.length / 4) : input.length),
    0,
  );
}

function lettersOf(message: Message): number {
  let letters = 4;
  if (message.role === 'tool') {
    for (const { content } of message.results) for (const part of content) letters += lettersOfPart(part);
    return letters;
  }
  for (const part of message.content) letters += lettersOfPart(part);
  return letters;
}

const MEDIA_LETTERS = 1024;

function lettersOfPart(part: Exclude<Message, { role: 'tool' }>['content'][number]): number {
  switch (part.kind) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return part.text.length;
    case 'tool_call':
      return part.name.length + part.arguments.length;
    case 'image':
    case 'document':
    case 'audio':
      return MEDIA_LETTERS;
  }
}
