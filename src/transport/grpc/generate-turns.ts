/** Messages of a conversation → the turns of a request. What does not fit is refused by name before a token is spent. */
import type {
  AssistantPart,
  CacheMark,
  ImagePart,
  MediaSource,
  Message,
  TextPart,
  ToolResult,
  UserPart,
} from '../../core/generation.ts';
import { invalid, shown, tooLarge, wordField } from '../../protocol/fields.ts';
import {
  checkBase64,
  DOCUMENTS,
  IMAGES,
  MAX_AUDIO_BYTES,
  type MediaRule,
  mediaFromBase64,
  mediaFromUrl,
} from '../../protocol/media-source.ts';
import type { MediaMessage, PartMessage, ToolResultMessage, TurnMessage } from './gateway-messages.ts';

const MAX_TURNS = 4096;
const MAX_PARTS = 4096;

/** @throws Failure `invalid_request`, `too_large` */
export function readTurns(turns: readonly TurnMessage[] | undefined): readonly Message[] {
  if (turns === undefined || turns.length === 0) throw invalid('messages', 'must not be empty');
  return bounded(turns, 'messages', MAX_TURNS).map((turn, index) => readTurn(turn, `messages[${index}]`));
}

function readTurn({ role, content, results }: TurnMessage, at: string): Message {
  if (role === 'tool') {
    if (results === undefined) throw invalid(`${at}.results`, 'is required with the role tool');
    if (content !== undefined) throw invalid(`${at}.content`, 'is not allowed with the role tool');
    const all = bounded(results, `${at}.results`, MAX_PARTS);
    return { role, results: all.map((result, index) => readResult(result, `${at}.results[${index}]`)) };
  }
  if (results !== undefined) throw invalid(`${at}.results`, 'is allowed with the role tool alone');
  const where = `${at}.content`;
  switch (role) {
    case 'system':
      return { role, content: partsOf(content, where).map((part, index) => readText(part, `${where}[${index}]`)) };
    case 'user':
      return { role, content: partsOf(content, where).map((part, index) => readUserPart(part, `${where}[${index}]`)) };
    case 'assistant':
      return { role, content: partsOf(content, where).map((part, index) => readSaid(part, `${where}[${index}]`)) };
    default:
      throw invalid(`${at}.role`, `must be system, user, assistant or tool, not ${shown(role)}`);
  }
}

function partsOf(parts: readonly PartMessage[] | undefined, at: string): readonly PartMessage[] {
  if (parts === undefined || parts.length === 0) throw invalid(at, 'must not be empty');
  return bounded(parts, at, MAX_PARTS);
}

function bounded<Item>(items: readonly Item[], at: string, maxItems: number): readonly Item[] {
  if (items.length <= maxItems) return items;
  throw tooLarge(at, `must have at most ${maxItems} items, not ${items.length}`);
}

const KINDS = ['text', 'image', 'document', 'audio', 'tool_call', 'reasoning', 'refusal'] as const;
type Kind = (typeof KINDS)[number];

/** @returns which of the oneof is there */
function kindOf(part: PartMessage, at: string): Kind {
  const [kind, ...others] = KINDS.filter((name) => part[name] !== undefined);
  if (kind === undefined) throw invalid(at, `must have one of ${KINDS.join(', ')}`);
  if (others.length > 0) throw invalid(at, `has ${[kind, ...others].join(' and ')}, must have one of them`);
  return kind;
}

function readText(part: PartMessage, at: string): TextPart {
  const kind = kindOf(part, at);
  if (part.text === undefined) throw invalid(at, `must be text, not ${kind}`);
  return { kind: 'text', text: part.text, ...readCache(part.cache, at) };
}

function readUserPart(part: PartMessage, at: string): UserPart {
  const kind = kindOf(part, at);
  const { image, document, audio } = part;
  if (image !== undefined) return readImage(image, part.cache, at);
  if (document !== undefined) {
    const source = readSource(document, DOCUMENTS, `${at}.document`);
    const { name } = document;
    return { kind: 'document', source, ...(name === undefined ? undefined : { name }), ...readCache(part.cache, at) };
  }
  if (audio !== undefined) return readAudio(audio, `${at}.audio`);
  if (part.text === undefined) throw invalid(at, `must be text, image, document or audio, not ${kind}`);
  return readText(part, at);
}

function readImage(image: NonNullable<PartMessage['image']>, cache: string | undefined, at: string): ImagePart {
  const detail = wordField({ detail: image.detail }, 'detail', `${at}.image`, ['auto', 'low', 'high']);
  return {
    kind: 'image',
    source: readSource(image, IMAGES, `${at}.image`),
    ...(detail === undefined ? undefined : { detail }),
    ...readCache(cache, at),
  };
}

function readSource({ data, url, media_type: mediaType }: MediaMessage, rule: MediaRule, at: string): MediaSource {
  if (data === undefined && url === undefined) throw invalid(at, 'must have data or url');
  if (data !== undefined && url !== undefined) throw invalid(at, 'has data and url, must have one of them');
  if (url !== undefined) return mediaFromUrl(url, rule, `${at}.url`);
  if (mediaType === undefined) throw invalid(`${at}.media_type`, 'is required with data');
  return mediaFromBase64(mediaType, base64Of(data), rule, `${at}.data`);
}

const AUDIO = { what: 'audio', maxBytes: MAX_AUDIO_BYTES };

function readAudio({ format = '', data }: NonNullable<PartMessage['audio']>, at: string): UserPart {
  if (!/^[a-z0-9-]{1,16}$/.test(format)) {
    throw invalid(`${at}.format`, `must be a format such as wav or mp3, not ${shown(format)}`);
  }
  return { kind: 'audio', format, data: checkBase64(base64Of(data), AUDIO, `${at}.data`) };
}

function base64Of(data: Uint8Array | undefined): string {
  if (data === undefined) return '';
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}

function readSaid(part: PartMessage, at: string): AssistantPart {
  const kind = kindOf(part, at);
  const { tool_call: call, reasoning, refusal } = part;
  if (call !== undefined) {
    const { id = '', name = '', arguments: written = '' } = call;
    if (id === '') throw invalid(`${at}.tool_call.id`, 'is required');
    if (name === '') throw invalid(`${at}.tool_call.name`, 'is required');
    return { kind: 'tool_call', id, name, arguments: written, ...readCache(part.cache, at) };
  }
  if (reasoning !== undefined) {
    const { text = '', signature, redacted } = reasoning;
    return {
      kind: 'reasoning',
      text,
      ...(signature === undefined ? undefined : { signature }),
      ...(redacted === undefined ? undefined : { redacted }),
    };
  }
  if (refusal !== undefined) return { kind: 'refusal', text: refusal };
  if (part.text === undefined) throw invalid(at, `must be text, tool_call, reasoning or refusal, not ${kind}`);
  return readText(part, at);
}

function readResult(
  { call_id: callId = '', content = [], is_error: isError, cache }: ToolResultMessage,
  at: string,
): ToolResult {
  if (callId === '') throw invalid(`${at}.call_id`, 'is required');
  const parts = bounded(content, `${at}.content`, MAX_PARTS);
  return {
    callId,
    content: parts.map((part, index) => readResultPart(part, `${at}.content[${index}]`)),
    ...(isError === undefined ? undefined : { isError }),
    ...readCache(cache, at),
  };
}

function readResultPart(part: PartMessage, at: string): ToolResult['content'][number] {
  const read = readUserPart(part, at);
  if (read.kind === 'audio') throw invalid(at, 'must be text, image or document, not audio');
  return read;
}

/** Spread beside what is marked; nothing where nothing is. */
export function readCache(cache: string | undefined, at: string): { readonly cache: CacheMark } | undefined {
  const lifetime = wordField({ cache }, 'cache', at, ['5m', '1h']);
  return lifetime === undefined ? undefined : { cache: { lifetime } };
}
