/** Images, files and sound as blocks of Converse: bytes, or an object in S3. */
import type { AudioPart, DocumentPart, ImagePart, MediaSource } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';

/** Told what cannot be said, by name. */
export type Refuse = (name: string) => void;

const IMAGE_FORMATS: ReadonlyMap<string, string> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpeg'],
  ['image/jpg', 'jpeg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
]);

const DOCUMENT_FORMATS: ReadonlyMap<string, string> = new Map([
  ['application/pdf', 'pdf'],
  ['text/csv', 'csv'],
  ['application/msword', 'doc'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['text/html', 'html'],
  ['text/plain', 'txt'],
  ['text/markdown', 'md'],
]);

const AUDIO_FORMATS: ReadonlySet<string> = new Set(
  'aac flac m4a mka mkv mp3 mp4 mpeg mpga ogg opus pcm wav webm x-aac'.split(' '),
);

export function writeImage(part: ImagePart, refuse: Refuse): JsonObject {
  return { image: { format: formatOf('image', part.source, IMAGE_FORMATS, refuse), source: sourceOf(part, refuse) } };
}

/** @param names those that were given in this request, which Converse wants to differ */
export function writeDocument(part: DocumentPart, names: Set<string>, refuse: Refuse): JsonObject {
  const format = formatOf('document', part.source, DOCUMENT_FORMATS, refuse);
  return { document: { format, name: nameOf(part.name, names), source: sourceOf(part, refuse) } };
}

export function writeAudio(part: AudioPart, refuse: Refuse): JsonObject {
  if (!AUDIO_FORMATS.has(part.format)) refuse(`audio of format ${part.format.slice(0, 64)}`);
  return { audio: { format: part.format, source: { bytes: part.data } } };
}

function sourceOf(part: ImagePart | DocumentPart, refuse: Refuse): JsonObject {
  const { source } = part;
  if (source.kind === 'base64') return { bytes: source.data };
  if (!source.url.startsWith('s3://')) refuse(`${part.kind} by URL`);
  return { s3Location: { uri: source.url } };
}

function formatOf(kind: string, source: MediaSource, formats: ReadonlyMap<string, string>, refuse: Refuse): string {
  if (source.kind === 'base64') {
    const format = formats.get(source.mediaType);
    if (format === undefined) refuse(`${kind} of type ${source.mediaType.slice(0, 64)}`);
    return format ?? '';
  }
  const ending = /\.([a-z0-9]{1,8})$/i.exec(source.url)?.[1]?.toLowerCase().replace('jpg', 'jpeg');
  if (ending !== undefined && [...formats.values()].includes(ending)) return ending;
  refuse(`${kind} by URL without an ending that tells its format`);
  return '';
}

/** Letters, digits, single spaces, hyphens, parentheses and brackets; 200 at most. */
function nameOf(given: string | undefined, names: Set<string>): string {
  const cleaned = (given ?? 'document')
    .replace(/[^A-Za-z0-9 ()[\]-]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, 180);
  const base = cleaned === '' ? 'document' : cleaned;
  let name = base;
  for (let count = 2; names.has(name); count += 1) name = `${base} ${count}`;
  names.add(name);
  return name;
}
