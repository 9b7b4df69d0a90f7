/** The Gemini API of Google AI Studio, by key. Source: https://ai.google.dev/api. */
import { readBatchEmbedContents, writeBatchEmbedContents } from '../../protocol/gemini/embeddings.ts';
import type { BaseUrl } from '../base-url.ts';
import type { KeyHeader } from '../credentials.ts';
import type { Credentials, Vendor } from '../vendor.ts';
import { createGoogleVendor } from './generate-content.ts';

export interface GeminiOptions {
  readonly baseUrl: BaseUrl;
  readonly credentials: Credentials;
}

/** v1beta has all that v1 has, and models before they are stable. */
export const GEMINI_URL = 'https://generativelanguage.googleapis.com/v1beta';
export const GEMINI_KEY: KeyHeader = { name: 'x-goog-api-key', scheme: '' };

export function createGeminiVendor({ baseUrl, credentials }: GeminiOptions): Vendor {
  return createGoogleVendor({
    name: 'gemini',
    origin: baseUrl.origin,
    credentials,
    pathOf: (model, operation) => `${baseUrl.prefix}/models/${encodeURIComponent(model)}${operation}`,
    embeddings: {
      operation: ':batchEmbedContents',
      write: writeBatchEmbedContents,
      read: readBatchEmbedContents,
    },
  });
}
