/** Images, files and sound as parts of a content: bytes beside the text, or where to fetch them. */
import type { AudioPart, DocumentPart, ImagePart } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';

/** Google wants the type of what it fetches; where the ending does not tell, it is left to Google. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['html', 'text/html'],
  ['csv', 'text/csv'],
]);

/** What an image's `detail` and a document's name would say has no place here; neither changes what is read. */
export function writeFile({ source }: ImagePart | DocumentPart): JsonObject {
  if (source.kind === 'base64') return { inlineData: { mimeType: source.mediaType, data: source.data } };
  const ending = /\.([a-z0-9]{1,8})(?:[?#]|$)/i.exec(source.url)?.[1]?.toLowerCase();
  const mimeType = ending === undefined ? undefined : TYPES.get(ending);
  return { fileData: { ...(mimeType === undefined ? undefined : { mimeType }), fileUri: source.url } };
}

export const writeAudio = (part: AudioPart): JsonObject => ({
  inlineData: { mimeType: `audio/${part.format}`, data: part.data },
});
