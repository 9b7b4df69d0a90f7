/** What a target must be able to do for a request, in the words of the catalogue's capabilities. */
import type { GenerationRequest, Message, ModelRequest } from './generation.ts';

/** @returns of `tools`, `vision`, `documents`, `audio`, `json`, in this order */
export function needsOf(request: ModelRequest): readonly string[] {
  switch (request.kind) {
    case 'generation':
      return needsOfGeneration(request);
    case 'token_count':
      return needsOfGeneration(request.generation);
    case 'embedding':
      return NONE;
  }
}

const NONE: readonly string[] = [];

interface Media {
  vision: boolean;
  documents: boolean;
  audio: boolean;
}

function needsOfGeneration({ messages, tools, output }: GenerationRequest): readonly string[] {
  const media: Media = { vision: false, documents: false, audio: false };
  for (const message of messages) look(message, media);
  const needs: string[] = [];
  if (tools.length > 0) needs.push('tools');
  if (media.vision) needs.push('vision');
  if (media.documents) needs.push('documents');
  if (media.audio) needs.push('audio');
  if (output.kind !== 'text') needs.push('json');
  return needs;
}

function look(message: Message, media: Media): void {
  switch (message.role) {
    case 'system':
    case 'assistant':
      return;
    case 'user':
      for (const part of message.content) mark(part.kind, media);
      return;
    case 'tool':
      for (const { content } of message.results) for (const part of content) mark(part.kind, media);
  }
}

function mark(kind: 'text' | 'image' | 'document' | 'audio', media: Media): void {
  switch (kind) {
    case 'text':
      return;
    case 'image':
      media.vision = true;
      return;
    case 'document':
      media.documents = true;
      return;
    case 'audio':
      media.audio = true;
  }
}
