/**
 * Content blocks of a request, as Anthropic spells them → parts. Blocks without a word here, such as results of tools
 * that ran at Anthropic, are named as not kept. A file that was uploaded to Anthropic lies in an account that is not
 * the caller's, and is refused.
 */
import type {
  CacheMark,
  DocumentPart,
  ImagePart,
  MediaSource,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResult,
} from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import {
  asList,
  asObject,
  asText,
  booleanField,
  invalid,
  objectField,
  requiredText,
  shown,
  textField,
  tooLarge,
  unsupported,
  wordField,
} from '../fields.ts';
import { DOCUMENTS, IMAGES, mediaFromBase64, mediaFromUrl } from '../media-source.ts';
import type { Unkept } from './unkept.ts';

const MAX_BLOCKS = 10_000;

/** A block that is known to be an object with a type. */
export interface Block {
  readonly type: string;
  readonly fields: JsonObject;
  readonly at: string;
}

/** @param content a string counts as one block of text */
export function readContent(content: JsonObject[string], at: string): readonly Block[] {
  if (typeof content === 'string') return [{ type: 'text', fields: { type: 'text', text: content }, at }];
  if (content === undefined || content === null) throw invalid(at, 'is required');
  if (!Array.isArray(content)) throw invalid(at, 'must be a string or a list of blocks');
  if (content.length > MAX_BLOCKS) throw tooLarge(at, `must have at most ${MAX_BLOCKS} blocks, not ${content.length}`);
  return asList(content, at).map((item, index) => {
    const place = `${at}[${index}]`;
    const fields = asObject(item, place);
    return { type: requiredText(fields, 'type', place), fields, at: place };
  });
}

export const readText = ({ fields, at }: Block): TextPart => ({
  kind: 'text',
  text: requiredText(fields, 'text', at),
  ...readCache(fields, at),
});

export function readImage({ fields, at }: Block): ImagePart {
  const place = `${at}.source`;
  const source = asObject(fields['source'], place);
  switch (source['type']) {
    case 'base64':
      return { kind: 'image', source: readBase64(source, IMAGES, place), ...readCache(fields, at) };
    case 'url':
      return { kind: 'image', source: readUrl(source, IMAGES, place), ...readCache(fields, at) };
    default:
      throw wrongSource(source, place, 'base64, url');
  }
}

/** @returns undefined where its source has no word here; it was named then */
export function readDocument({ fields, at }: Block, unkept: Unkept): DocumentPart | undefined {
  const place = `${at}.source`;
  const source = asObject(fields['source'], place);
  const name = textField(fields, 'title', at);
  if (textField(fields, 'context', at) !== undefined) unkept.add(`${at}.context`);
  if (booleanField(objectField(fields, 'citations', at) ?? {}, 'enabled', `${at}.citations`) === true) {
    unkept.add(`${at}.citations`);
  }
  const rest = { ...(name === undefined ? undefined : { name }), ...readCache(fields, at) };
  switch (source['type']) {
    case 'base64':
      return { kind: 'document', source: readBase64(source, DOCUMENTS, place), ...rest };
    case 'url':
      return { kind: 'document', source: readUrl(source, DOCUMENTS, place), ...rest };
    case 'text': {
      const data = Buffer.from(requiredText(source, 'data', place), 'utf8').toString('base64');
      return { kind: 'document', source: { kind: 'base64', mediaType: 'text/plain', data }, ...rest };
    }
    case 'content':
      unkept.add(place, 'content');
      return undefined;
    default:
      throw wrongSource(source, place, 'base64, url, text');
  }
}

export function readToolUse({ fields, at }: Block): ToolCallPart {
  return {
    kind: 'tool_call',
    id: nonEmpty(fields, 'id', at),
    name: nonEmpty(fields, 'name', at),
    arguments: JSON.stringify(asObject(fields['input'], `${at}.input`)),
    ...readCache(fields, at),
  };
}

export function readToolResult({ fields, at }: Block, unkept: Unkept): ToolResult {
  const place = `${at}.content`;
  const content = fields['content'] ?? undefined;
  const isError = booleanField(fields, 'is_error', at);
  return {
    callId: nonEmpty(fields, 'tool_use_id', at),
    content: content === undefined ? [] : readContent(content, place).flatMap((block) => readShownPart(block, unkept)),
    ...(isError === undefined ? undefined : { isError }),
    ...readCache(fields, at),
  };
}

/** What a model is shown, by the user or as a tool's result. */
export function readShownPart(block: Block, unkept: Unkept): readonly (TextPart | ImagePart | DocumentPart)[] {
  switch (block.type) {
    case 'text':
      return [readText(block)];
    case 'image':
      return [readImage(block)];
    case 'document': {
      const part = readDocument(block, unkept);
      return part === undefined ? [] : [part];
    }
    default:
      unkept.add(block.at, block.type);
      return [];
  }
}

export function readThinking({ fields, at }: Block): ReasoningPart {
  const signature = textField(fields, 'signature', at) ?? '';
  return {
    kind: 'reasoning',
    text: requiredText(fields, 'thinking', at),
    ...(signature === '' ? undefined : { signature }),
  };
}

export const readRedactedThinking = ({ fields, at }: Block): ReasoningPart => ({
  kind: 'reasoning',
  text: '',
  redacted: requiredText(fields, 'data', at),
});

/** @param fields of a block or a tool, which stands at `at` */
export function readCache(fields: JsonObject, at: string): { readonly cache: CacheMark } | undefined {
  const control = objectField(fields, 'cache_control', at);
  if (control === undefined) return undefined;
  const place = `${at}.cache_control`;
  if (control['type'] !== 'ephemeral')
    throw invalid(`${place}.type`, `must be ephemeral, not ${shown(control['type'])}`);
  return { cache: { lifetime: wordField(control, 'ttl', place, ['5m', '1h']) ?? '5m' } };
}

function readBase64(source: JsonObject, rule: typeof IMAGES, at: string): MediaSource {
  const mediaType = requiredText(source, 'media_type', at);
  return mediaFromBase64(mediaType, requiredText(source, 'data', at), rule, `${at}.data`);
}

function readUrl(source: JsonObject, rule: typeof IMAGES, at: string): MediaSource {
  return mediaFromUrl(requiredText(source, 'url', at), rule, `${at}.url`);
}

function wrongSource(source: JsonObject, at: string, known: string): Error {
  const type = source['type'];
  if (type === 'file') {
    return unsupported(`${at}.type`, 'an uploaded file belongs to one account of one vendor: send its data or its URL');
  }
  return invalid(`${at}.type`, `must be one of ${known}, not ${shown(type)}`);
}

function nonEmpty(fields: JsonObject, name: string, at: string): string {
  const text = asText(fields[name], `${at}.${name}`);
  if (text === '') throw invalid(`${at}.${name}`, 'must not be empty');
  return text;
}
