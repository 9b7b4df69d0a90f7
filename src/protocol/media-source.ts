/**
 * Where images and files come from, looked at before a token is spent: a data URL or base64 of a bounded size and a
 * type that some vendor reads, or an address of the web. Nobody here fetches anything.
 */
import type { MediaSource } from '../core/generation.ts';
import { isBase64 } from './base64-text.ts';
import { invalid, shown, tooLarge } from './fields.ts';

export interface MediaRule {
  /** For sentences: `an image`. */
  readonly what: string;
  readonly types: ReadonlySet<string>;
  /** Decoded. */
  readonly maxBytes: number;
}

const MIB = 1024 * 1024;

export const IMAGES: MediaRule = {
  what: 'an image',
  types: new Set(['image/png', 'image/jpeg', 'image/jpg', 'image/gif', 'image/webp']),
  maxBytes: 20 * MIB,
};

export const DOCUMENTS: MediaRule = {
  what: 'a document',
  types: new Set([
    'application/json',
    'application/msword',
    'application/pdf',
    'application/vnd.ms-excel',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'text/csv',
    'text/html',
    'text/markdown',
    'text/plain',
  ]),
  maxBytes: 32 * MIB,
};

export const MAX_AUDIO_BYTES: number = 25 * MIB;
const MAX_URL_CHARS = 8192;

/** @param url `data:<type>;base64,…`, or an address with https or http */
export function mediaFromUrl(url: string, rule: MediaRule, at: string): MediaSource {
  if (/^data:/i.test(url.slice(0, 5))) return mediaFromDataUrl(url, rule, at);
  if (url.length > MAX_URL_CHARS) throw tooLarge(at, `an address must have at most ${MAX_URL_CHARS} characters`);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw invalid(at, `must be an https or http address or a data URL, not ${shown(url)}`);
  }
  return { kind: 'url', url };
}

export function mediaFromBase64(mediaType: string, data: string, rule: MediaRule, at: string): MediaSource {
  const type = mediaType.toLowerCase();
  if (!rule.types.has(type)) {
    throw invalid(at, `${rule.what} must be one of ${[...rule.types].join(', ')}, not ${shown(mediaType)}`);
  }
  checkBase64(data, rule, at);
  return { kind: 'base64', mediaType: type === 'image/jpg' ? 'image/jpeg' : type, data };
}

/** Its size first, then its alphabet: standard base64, padded or not. */
export function checkBase64(data: string, rule: Pick<MediaRule, 'what' | 'maxBytes'>, at: string): string {
  if (data.length > Math.ceil(rule.maxBytes / 3) * 4) {
    throw tooLarge(at, `${rule.what} must have at most ${rule.maxBytes / MIB} MiB`);
  }
  if (!isBase64(data)) throw invalid(at, `${rule.what} must be base64`);
  return data;
}

function mediaFromDataUrl(url: string, rule: MediaRule, at: string): MediaSource {
  // A media type with its parameters is short; what is not there by then is not there.
  const head = /^data:([^;,]{1,127})(?:;[^;,]{1,127}){0,4};base64,/i.exec(url.slice(0, 700));
  if (head?.[1] === undefined) throw invalid(at, 'a data URL must be data:<type>;base64,<data>');
  return mediaFromBase64(head[1], url.slice(head[0].length), rule, at);
}

/** The same as one address: its own, or a data URL. */
export const urlOf = (source: MediaSource): string =>
  source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
