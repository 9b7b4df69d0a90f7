/**
 * Amazon Bedrock: Converse and ConverseStream for generations, InvokeModel for embeddings, CountTokens. May import
 * core, protocol and the one road of vendors behind HTTP. Fails by name before anything is sent, and as AWS says after.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html.
 */
import { randomUUID } from 'node:crypto';
import { Failure } from '../../core/failure.ts';
import type { GenerationRequest, ModelRequest } from '../../core/generation.ts';
import type { ProviderCall } from '../../executor/provider.ts';
import { readEmbedding, writeEmbedding } from '../../protocol/bedrock/embeddings.ts';
import { readError } from '../../protocol/bedrock/read-error.ts';
import { readConverse } from '../../protocol/bedrock/reply.ts';
import { type WrittenRequest, writeConverse } from '../../protocol/bedrock/request.ts';
import { createConverseReader } from '../../protocol/bedrock/stream.ts';
import { countTokensBody, readTokenCount } from '../../protocol/bedrock/token-count.ts';
import type { BaseUrl } from '../base-url.ts';
import type { Credentials, HeaderOf, Question, Vendor } from '../vendor.ts';
import { FrameReader } from './frame-reader.ts';

export interface BedrockOptions {
  readonly baseUrl: BaseUrl;
  readonly credentials: Credentials;
}

/** @param region such as `eu-central-1` */
export const bedrockUrl = (region: string): string =>
  `https://bedrock-runtime.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;

export function createBedrockVendor({ baseUrl, credentials }: BedrockOptions): Vendor {
  const { origin } = baseUrl;
  const pathOf = (model: string, operation: string): string =>
    `${baseUrl.prefix}/model/${encodeURIComponent(model)}/${operation}`;
  return {
    credentials,
    unsupported: (request, model) => write(request, model, LEAST_CAP).refused,
    ask(call): Question {
      const { request, model } = call;
      const { body, refused } = write(request, model, call.maxOutputTokens);
      if (refused.length > 0) throw new Failure('unsupported', `${model} on Bedrock cannot do: ${refused.join(', ')}`);
      switch (request.kind) {
        case 'generation': {
          const path = pathOf(model, request.stream ? 'converse-stream' : 'converse');
          return { origin, path, body, answer: answerOf(request, call), readError };
        }
        case 'embedding':
          return {
            origin,
            path: pathOf(model, 'invoke'),
            body,
            answer: {
              kind: 'whole',
              read: (document, _bytes, header) =>
                readEmbedding(document, request, model, header('x-amzn-bedrock-input-token-count')),
            },
            readError,
          };
        case 'token_count':
          return {
            origin,
            path: pathOf(model, 'count-tokens'),
            body,
            answer: { kind: 'whole', read: readTokenCount },
            readError,
          };
      }
    },
  };
}

/** What can be asked does not hang on the cap of output, of which nothing is known yet. */
const LEAST_CAP = 1;

function write(request: ModelRequest, model: string, maxOutputTokens: number): WrittenRequest {
  switch (request.kind) {
    case 'generation':
      return writeConverse(request, model, maxOutputTokens);
    case 'embedding':
      return writeEmbedding(request, model);
    case 'token_count': {
      const { body, refused } = writeConverse(request.generation, model, maxOutputTokens);
      return { body: countTokensBody(body), refused };
    }
  }
}

function answerOf(request: GenerationRequest, { model }: ProviderCall): Question['answer'] {
  const nameOf = (header: HeaderOf) => ({ id: header('x-amzn-requestid') ?? randomUUID(), model });
  if (!request.stream)
    return { kind: 'whole', read: (document, _bytes, header) => readConverse(document, nameOf(header)) };
  return {
    kind: 'stream',
    contentType: 'application/vnd.amazon.eventstream',
    rawProtocol: undefined,
    createReader: (header) => new FrameReader(createConverseReader(nameOf(header))),
  };
}
