/**
 * Anthropic's own API: Messages and the counting of tokens.
 * Source: https://docs.anthropic.com/en/api/overview, "Authentication" and "Versions".
 */
import { Failure } from '../../core/failure.ts';
import type { GenerationRequest, ModelRequest } from '../../core/generation.ts';
import { anthropicSame } from '../../protocol/anthropic/same.ts';
import { readTokenCountReply, writeTokenCountRequest } from '../../protocol/anthropic/token-count.ts';
import { anthropicVendor } from '../../protocol/anthropic/vendor.ts';
import type { BaseUrl } from '../base-url.ts';
import { askGeneration, type Spoken, unsayable } from '../spoken.ts';
import type { Credentials, Question, Vendor } from '../vendor.ts';

export interface AnthropicOptions {
  readonly baseUrl: BaseUrl;
  /** Of the header `anthropic-version`. */
  readonly apiVersion: string;
  readonly credentials: Credentials;
}

export const ANTHROPIC_URL = 'https://api.anthropic.com/v1';
export const ANTHROPIC_VERSION = '2023-06-01';

const MESSAGES: Spoken = { protocol: 'anthropic-messages', vendor: anthropicVendor, same: anthropicSame };

export function createAnthropicVendor({ baseUrl, apiVersion, credentials }: AnthropicOptions): Vendor {
  const headers = ['anthropic-version', apiVersion];
  const { origin } = baseUrl;
  const messages = { origin, path: `${baseUrl.prefix}/messages` };
  const countTokens = { origin, path: `${baseUrl.prefix}/messages/count_tokens` };
  const headersFor = ({ protocol, betas }: GenerationRequest): readonly string[] =>
    betas === undefined || protocol !== MESSAGES.protocol ? headers : [...headers, 'anthropic-beta', betas.join(',')];
  return {
    credentials,
    unsupported,
    ask(call): Question {
      const { request, model } = call;
      switch (request.kind) {
        case 'generation':
          return askGeneration(MESSAGES, request, call, model, { ...messages, headers: headersFor(request) });
        case 'token_count':
          return {
            ...countTokens,
            headers: headersFor(request.generation),
            body: writeTokenCountRequest(request, model),
            answer: { kind: 'whole', read: readTokenCountReply },
            readError: anthropicVendor.readError,
          };
        case 'embedding':
          throw new Failure('unsupported', 'Anthropic has no embeddings');
      }
    },
  };
}

function unsupported(request: ModelRequest): readonly string[] {
  switch (request.kind) {
    case 'generation':
      return unsayable(MESSAGES, request);
    case 'token_count':
      return unsayable(MESSAGES, request.generation);
    case 'embedding':
      return ['embeddings'];
  }
}
