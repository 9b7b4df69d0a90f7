/** Images and files of a request: an address, data of their own, or the id of a file that only OpenAI has. */
import type { DocumentPart, ImagePart, MediaSource } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { invalid, textField, wordField } from '../fields.ts';
import { DOCUMENTS, IMAGES, mediaFromBase64, mediaFromUrl } from '../media-source.ts';
import { readBreakpoint } from './cache-breakpoint.ts';

/** `original` is finer than `high`, and of no other vendor. */
const DETAILS = ['auto', 'low', 'high', 'original'] as const;

/** @returns undefined where it is kept by its id only, which `unkept` names */
export function readImage(part: JsonObject, at: string, unkept: string[]): ImagePart | undefined {
  const url = oneOf(part, ['image_url', 'file_id'], at, unkept);
  if (url === undefined) return undefined;
  const detail = wordField(part, 'detail', at, DETAILS);
  return {
    kind: 'image',
    source: mediaFromUrl(url.text, IMAGES, `${at}.image_url`),
    ...(detail === undefined ? undefined : { detail: detail === 'original' ? 'high' : detail }),
    ...readBreakpoint(part),
  };
}

/** As `readImage`. */
export function readFile(part: JsonObject, at: string, unkept: string[]): DocumentPart | undefined {
  const said = oneOf(part, ['file_data', 'file_url', 'file_id'], at, unkept);
  if (said === undefined) return undefined;
  const name = textField(part, 'filename', at);
  return {
    kind: 'document',
    source: sourceOf(said, name ?? '', at),
    ...(name === undefined ? undefined : { name }),
    ...readBreakpoint(part),
  };
}

interface Given {
  readonly name: string;
  readonly text: string;
}

function oneOf(part: JsonObject, names: readonly string[], at: string, unkept: string[]): Given | undefined {
  let given: Given | undefined;
  for (const name of names) {
    const text = textField(part, name, at);
    if (text === undefined) continue;
    if (given !== undefined) throw invalid(`${at}.${name}`, `stands beside ${given.name}: give one of them`);
    given = { name, text };
  }
  if (given === undefined) throw invalid(at, `must have one of ${names.join(', ')}`);
  if (given.name !== 'file_id') return given;
  unkept.push(`${at}.file_id`);
  return undefined;
}

function sourceOf({ name, text }: Given, fileName: string, at: string): MediaSource {
  const where = `${at}.${name}`;
  const isData = /^data:/i.test(text.slice(0, 5));
  if (name === 'file_data' && !isData) return mediaFromBase64(typeOfName(fileName) ?? PDF, text, DOCUMENTS, where);
  // Clients that do not know a type say this one; then the name of the file says it.
  const isUntyped = isData && text.startsWith(UNTYPED);
  const type = isUntyped ? typeOfName(fileName) : undefined;
  return mediaFromUrl(type === undefined ? text : `data:${type}${text.slice(UNTYPED.length)}`, DOCUMENTS, where);
}

const PDF = 'application/pdf';
const UNTYPED = 'data:application/octet-stream';

function typeOfName(name: string): string | undefined {
  return TYPES.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase());
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['csv', 'text/csv'],
  ['htm', 'text/html'],
  ['html', 'text/html'],
  ['json', 'application/json'],
  ['md', 'text/markdown'],
  ['pdf', PDF],
  ['txt', 'text/plain'],
]);
