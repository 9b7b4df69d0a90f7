/** What a dialect of chat completions cannot say of a request, by the name that its caller knows. */
import type { GenerationRequest, Message, UserPart } from '../../core/generation.ts';
import { hasLongName, LONG_NAME } from '../tool-schema.ts';
import type { ChatDialect } from './dialect.ts';

/** OpenAI's formats of sound. */
const AUDIO_FORMATS: ReadonlySet<string> = new Set(['mp3', 'wav']);

/** @returns each name once; empty: it can say all of it */
export function unsupported(request: GenerationRequest, dialect: ChatDialect): readonly string[] {
  const names = new Set<string>();
  // Of the same protocol they go along in the body.
  if (request.protocol !== 'openai-chat') for (const name of request.unkept) names.add(name);
  if (request.sampling.topK !== undefined && !dialect.topK) names.add('top_k');
  if ((request.sampling.stop?.length ?? 0) > dialect.stops) names.add(`more than ${dialect.stops} stop sequences`);
  if (request.tools.some(hasLongName)) names.add(LONG_NAME);
  if (request.output.kind === 'json_schema' && !dialect.jsonSchema) names.add('output with a JSON Schema');
  if (wantsEffort(request) && !dialect.reasoningEffort) names.add('reasoning effort');
  if (request.parallelToolCalls === false && !dialect.parallelToolCalls) names.add('one tool call at a time');
  for (const message of request.messages) look(message, dialect, names);
  return [...names];
}

const wantsEffort = ({ reasoning }: GenerationRequest): boolean =>
  reasoning !== undefined &&
  ((reasoning.effort !== undefined && reasoning.effort !== 'none') || (reasoning.budgetTokens ?? 0) > 0);

function look(message: Message, dialect: ChatDialect, names: Set<string>): void {
  switch (message.role) {
    case 'system':
    case 'assistant':
      return;
    case 'user':
      for (const part of message.content) lookAt(part, dialect, names);
      return;
    case 'tool':
      for (const { content } of message.results) {
        for (const part of content) if (part.kind !== 'text') names.add(`${part.kind} in the result of a tool`);
      }
  }
}

function lookAt(part: UserPart, dialect: ChatDialect, names: Set<string>): void {
  switch (part.kind) {
    case 'text':
    case 'image':
      return;
    case 'document':
      if (!dialect.files) names.add('documents');
      else if (part.source.kind === 'url') names.add('document by URL');
      return;
    case 'audio':
      if (!dialect.files) names.add('audio');
      else if (!AUDIO_FORMATS.has(part.format)) names.add(`audio of format ${part.format}`);
  }
}
