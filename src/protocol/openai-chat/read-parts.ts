/** Content of messages: a string, or a list of parts. */
import type { RefusalPart, TextPart, UserPart } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import {
  asList,
  asObject,
  asText,
  invalid,
  objectField,
  otherFields,
  requiredText,
  shown,
  textField,
  tooLarge,
  wordField,
} from '../fields.ts';
import { checkBase64, DOCUMENTS, IMAGES, MAX_AUDIO_BYTES, mediaFromBase64, mediaFromUrl } from '../media-source.ts';
import { readCacheMark } from './cache-mark.ts';

const MAX_PARTS = 4096;

/** @param at of the content */
export function readTexts(content: Json | undefined, at: string, unkept: string[]): readonly TextPart[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return partsOf(content, at).map((item, index) => {
    const part = asObject(item, `${at}[${index}]`);
    const type = requiredText(part, 'type', `${at}[${index}]`);
    if (type === 'text') return readText(part, `${at}[${index}]`, unkept);
    throw invalid(`${at}[${index}].type`, `must be text, not ${shown(type)}`);
  });
}

/** Of an assistant, who may have refused. */
export function readSaid(content: Json | undefined, at: string, unkept: string[]): readonly (TextPart | RefusalPart)[] {
  if (content === null || content === undefined || content === '') return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return asList(content, at).map((item, index) => {
    const where = `${at}[${index}]`;
    const part = asObject(item, where);
    const type = requiredText(part, 'type', where);
    if (type === 'refusal') return { kind: 'refusal', text: requiredText(part, 'refusal', where) };
    if (type === 'text') return readText(part, where, unkept);
    throw invalid(`${where}.type`, `must be text or refusal, not ${shown(type)}`);
  });
}

/** @param unkept gets files that only their vendor has */
export function readUserContent(content: Json | undefined, at: string, unkept: string[]): readonly UserPart[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  const parts: UserPart[] = [];
  for (const [index, item] of partsOf(content, at).entries()) {
    const where = `${at}[${index}]`;
    const part = readUserPart(asObject(item, where), where, unkept);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

function partsOf(content: Json | undefined, at: string): readonly Json[] {
  if (content === undefined || content === null) throw invalid(at, 'is required');
  if (isJsonObject(content)) throw invalid(at, 'must be a string or a list of parts');
  const parts = asList(content, at);
  if (parts.length === 0) throw invalid(at, 'must not be empty');
  if (parts.length > MAX_PARTS) throw tooLarge(at, `must have at most ${MAX_PARTS} parts, not ${parts.length}`);
  return parts;
}

const TEXT_FIELDS: ReadonlySet<string> = new Set(['type', 'text', 'cache_control']);

function readText(part: JsonObject, at: string, unkept: string[]): TextPart {
  const text = requiredText(part, 'text', at);
  for (const name of otherFields(part, TEXT_FIELDS)) unkept.push(`${at}.${name}`);
  const cache = readCacheMark(part);
  return cache === undefined ? { kind: 'text', text } : { kind: 'text', text, cache };
}

function readUserPart(part: JsonObject, at: string, unkept: string[]): UserPart | undefined {
  const type = requiredText(part, 'type', at);
  switch (type) {
    case 'text':
      return readText(part, at, unkept);
    case 'image_url':
      return readImage(part, at);
    case 'input_audio':
      return readAudio(part, at);
    case 'file':
      return readFile(part, at, unkept);
    default:
      throw invalid(`${at}.type`, `must be text, image_url, input_audio or file, not ${shown(type)}`);
  }
}

const DETAILS = ['auto', 'low', 'high'] as const;

function readImage(part: JsonObject, at: string): UserPart {
  const where = `${at}.image_url`;
  const said = part['image_url'];
  // Several clients give the address alone.
  const image: JsonObject = typeof said === 'string' ? { url: said } : asObject(said, where);
  const source = mediaFromUrl(requiredText(image, 'url', where), IMAGES, `${where}.url`);
  const detail = wordField(image, 'detail', where, DETAILS);
  const cache = readCacheMark(part);
  return {
    kind: 'image',
    source,
    ...(detail === undefined ? undefined : { detail }),
    ...(cache === undefined ? undefined : { cache }),
  };
}

const AUDIO = { what: 'audio', maxBytes: MAX_AUDIO_BYTES };

function readAudio(part: JsonObject, at: string): UserPart {
  const where = `${at}.input_audio`;
  const audio = asObject(part['input_audio'], where);
  const format = requiredText(audio, 'format', where);
  if (!/^[a-z0-9-]{1,16}$/.test(format)) {
    throw invalid(`${where}.format`, `must be a format such as wav or mp3, not ${shown(format)}`);
  }
  return { kind: 'audio', format, data: checkBase64(requiredText(audio, 'data', where), AUDIO, `${where}.data`) };
}

function readFile(part: JsonObject, at: string, unkept: string[]): UserPart | undefined {
  const where = `${at}.file`;
  const file = objectField(part, 'file', at);
  if (file === undefined) throw invalid(where, 'is required');
  if (file['file_id'] !== undefined && file['file_id'] !== null) {
    asText(file['file_id'], `${where}.file_id`);
    unkept.push(`${where}.file_id`);
    return undefined;
  }
  const data = requiredText(file, 'file_data', where);
  const source = data.startsWith('data:')
    ? mediaFromUrl(data, DOCUMENTS, `${where}.file_data`)
    : mediaFromBase64('application/pdf', data, DOCUMENTS, `${where}.file_data`);
  const name = textField(file, 'filename', where);
  const cache = readCacheMark(part);
  return {
    kind: 'document',
    source,
    ...(name === undefined ? undefined : { name }),
    ...(cache === undefined ? undefined : { cache }),
  };
}
