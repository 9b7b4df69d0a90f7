/**
 * Gemini on Vertex AI: Google's models, and tuned ones behind an endpoint. Models of other makers there speak protocols
 * of their own (Claude Anthropic's, Llama OpenAI's) and are not reached this way.
 * Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference.
 */
import { readPredict, writePredict } from '../../protocol/gemini/embeddings.ts';
import type { BaseUrl } from '../base-url.ts';
import { createGoogleVendor } from '../gemini/generate-content.ts';
import type { Credentials, Vendor } from '../vendor.ts';

export interface VertexOptions {
  readonly baseUrl: BaseUrl;
  readonly project: string;
  /** Such as `europe-west4`, `us`, `eu` or `global`. */
  readonly location: string;
  readonly credentials: Credentials;
}

/** The version that Google's own client speaks. */
export function vertexUrl(location: string): string {
  if (location === 'global') return 'https://aiplatform.googleapis.com/v1beta1';
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com/v1beta1`;
  return `https://${location}-aiplatform.googleapis.com/v1beta1`;
}

export function createVertexVendor({ baseUrl, project, location, credentials }: VertexOptions): Vendor {
  const home = `${baseUrl.prefix}/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}`;
  return createGoogleVendor({
    name: 'vertex',
    origin: baseUrl.origin,
    credentials,
    pathOf: (model, operation) => `${home}/${modelPath(model)}${operation}`,
    embeddings: { operation: ':predict', write: writePredict, read: readPredict },
  });
}

/** @param model `gemini-2.5-pro`, or `endpoints/123` of a tuned one */
const modelPath = (model: string): string =>
  model.startsWith('endpoints/')
    ? `endpoints/${encodeURIComponent(model.slice('endpoints/'.length))}`
    : `publishers/google/models/${encodeURIComponent(model)}`;
