/** Content of messages and of results of tools: a string, or a list of parts. */
import type { AudioPart, DocumentPart, ImagePart, RefusalPart, TextPart, UserPart } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { asList, asObject, invalid, otherFields, requiredText, shown, textField, tooLarge } from '../fields.ts';
import { checkBase64, MAX_AUDIO_BYTES } from '../media-source.ts';
import { readBreakpoint } from './cache-breakpoint.ts';
import { readFile, readImage } from './read-media.ts';

const MAX_PARTS = 4096;

/**
 * Instructions.
 * @param unkept gets parts that are no text, such as images
 */
export function readTexts(content: Json | undefined, at: string, unkept: string[]): readonly TextPart[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  const texts: TextPart[] = [];
  for (const { part, type, where } of partsOf(content, at)) {
    if (type === 'input_text') texts.push(readText(part, where, unkept));
    else if (INPUTS.has(type)) unkept.push(`${where} (${type})`);
    else throw invalid(`${where}.type`, `must be input_text, not ${shown(type)}`);
  }
  return texts;
}

/** Of an assistant, who may have refused. */
export function readSaid(content: Json | undefined, at: string, unkept: string[]): readonly (TextPart | RefusalPart)[] {
  if (content === '') return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return partsOf(content, at).map(({ part, type, where }) => {
    if (type === 'output_text') return readText(part, where, unkept);
    if (type === 'refusal') return { kind: 'refusal', text: requiredText(part, 'refusal', where) };
    throw invalid(`${where}.type`, `must be output_text or refusal, not ${shown(type)}`);
  });
}

/** @param unkept gets files that only their vendor has */
export function readUserContent(content: Json | undefined, at: string, unkept: string[]): readonly UserPart[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  const parts: UserPart[] = [];
  for (const { part, type, where } of partsOf(content, at)) {
    const read = type === 'input_audio' ? readAudio(part, where) : readShown(part, type, where, unkept);
    if (read !== undefined) parts.push(read);
  }
  return parts;
}

/** What a tool brought. */
export function readResultContent(
  content: Json | undefined,
  at: string,
  unkept: string[],
): readonly (TextPart | ImagePart | DocumentPart)[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (Array.isArray(content) && content.length === 0) return [];
  const parts: (TextPart | ImagePart | DocumentPart)[] = [];
  for (const { part, type, where } of partsOf(content, at)) {
    const read = readShown(part, type, where, unkept);
    if (read !== undefined) parts.push(read);
  }
  return parts;
}

const INPUTS: ReadonlySet<string> = new Set(['input_audio', 'input_file', 'input_image']);

interface Place {
  readonly part: JsonObject;
  readonly type: string;
  readonly where: string;
}

function partsOf(content: Json | undefined, at: string): readonly Place[] {
  if (content === undefined || content === null) throw invalid(at, 'is required');
  if (isJsonObject(content)) throw invalid(at, 'must be a string or a list of parts');
  const parts = asList(content, at);
  if (parts.length === 0) throw invalid(at, 'must not be empty');
  if (parts.length > MAX_PARTS) throw tooLarge(at, `must have at most ${MAX_PARTS} parts, not ${parts.length}`);
  return parts.map((item, index) => {
    const where = `${at}[${index}]`;
    const part = asObject(item, where);
    return { part, type: requiredText(part, 'type', where), where };
  });
}

function readShown(
  part: JsonObject,
  type: string,
  at: string,
  unkept: string[],
): TextPart | ImagePart | DocumentPart | undefined {
  switch (type) {
    case 'input_text':
      return readText(part, at, unkept);
    case 'input_image':
      return readImage(part, at, unkept);
    case 'input_file':
      return readFile(part, at, unkept);
    default:
      throw invalid(`${at}.type`, `must be input_text, input_image or input_file, not ${shown(type)}`);
  }
}

/** Annotations and probabilities are what an answer had; sending them back changes nothing. */
const TEXT_FIELDS: ReadonlySet<string> = new Set([
  'annotations',
  'logprobs',
  'prompt_cache_breakpoint',
  'text',
  'type',
]);

function readText(part: JsonObject, at: string, unkept: string[]): TextPart {
  const text = requiredText(part, 'text', at);
  for (const name of otherFields(part, TEXT_FIELDS)) unkept.push(`${at}.${name}`);
  return { kind: 'text', text, ...readBreakpoint(part) };
}

const AUDIO = { what: 'audio', maxBytes: MAX_AUDIO_BYTES };

function readAudio(part: JsonObject, at: string): AudioPart {
  const where = `${at}.input_audio`;
  const audio = asObject(part['input_audio'], where);
  const format = textField(audio, 'format', where) ?? '';
  if (!/^[a-z0-9-]{1,16}$/.test(format)) {
    throw invalid(`${where}.format`, `must be a format such as wav or mp3, not ${shown(format)}`);
  }
  return { kind: 'audio', format, data: checkBase64(requiredText(audio, 'data', where), AUDIO, `${where}.data`) };
}
