/** Parts of messages → Anthropic's content blocks. */
import type { CacheMark, MediaSource, ToolCallPart, ToolResult, UserPart } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { writeToolId } from './tool-id.ts';
import { toolInput } from './tool-input.ts';

/** @returns nothing for audio, which Anthropic does not hear, and for empty text, which it refuses */
export function writeUserBlock(part: UserPart): readonly JsonObject[] {
  switch (part.kind) {
    case 'text':
      return writeText(part.text, part.cache);
    case 'image':
      return [{ type: 'image', source: writeSource(part.source), ...writeCache(part.cache) }];
    case 'document':
      return [
        {
          type: 'document',
          source: writeDocumentSource(part.source),
          ...(part.name === undefined ? undefined : { title: part.name }),
          ...writeCache(part.cache),
        },
      ];
    case 'audio':
      return [];
  }
}

export const writeText = (text: string, cache: CacheMark | undefined): readonly JsonObject[] =>
  text === '' ? [] : [{ type: 'text', text, ...writeCache(cache) }];

export function writeToolUse(part: ToolCallPart): JsonObject {
  return {
    type: 'tool_use',
    id: writeToolId(part.id),
    name: part.name,
    input: toolInput(part.arguments),
    ...writeCache(part.cache),
  };
}

export function writeToolResult(result: ToolResult): JsonObject {
  const blocks = result.content.flatMap(writeUserBlock);
  return {
    type: 'tool_result',
    tool_use_id: writeToolId(result.callId),
    ...(blocks.length === 0 ? undefined : { content: blocks }),
    ...(result.isError === true ? { is_error: true } : undefined),
    ...writeCache(result.cache),
  };
}

export function writeCache(cache: CacheMark | undefined): JsonObject | undefined {
  if (cache === undefined) return undefined;
  return { cache_control: cache.lifetime === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } };
}

const writeSource = (source: MediaSource): JsonObject =>
  source.kind === 'url'
    ? { type: 'url', url: source.url }
    : { type: 'base64', media_type: source.mediaType, data: source.data };

function writeDocumentSource(source: MediaSource): JsonObject {
  if (source.kind === 'base64' && source.mediaType === 'text/plain') {
    return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') };
  }
  return writeSource(source);
}
