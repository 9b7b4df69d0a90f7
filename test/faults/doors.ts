/** The clients of the suite: official SDKs where an error is expected, plain HTTP where every byte of a reply counts. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { FailureCode } from '../../src/core/failure.ts';
import type { Asked } from './faults.ts';

export interface Ask {
  /** The plan that the call follows. */
  readonly plan: string;
  readonly asked: Asked;
  readonly tags?: Readonly<Record<string, string>>;
}

/** An error as an SDK throws it, told by nothing but what the SDK found. */
export interface Thrown {
  readonly name: string;
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly code: unknown;
  readonly retryAfter: string | null;
  /** All of it, to be searched. */
  readonly text: string;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly trailers: Readonly<Record<string, string | undefined>>;
}

export interface Door {
  readonly name: 'openai' | 'responses' | 'anthropic';
  /** What only a whole stream has. */
  readonly successMarker: string;
  /** How an error within a stream begins. */
  readonly errorEvent: RegExp;
  bodyOf(ask: Ask): { readonly path: string; readonly body: object };
  /** Asks by the official SDK. */
  thrownBy(url: string, ask: Ask): Promise<Thrown>;
  /** How the SDK names and types an error of this status. */
  readonly errors: Readonly<Record<number, readonly [name: string, type: string]>>;
}

export const PROMPT = 'Is it ok?';
const SCHEMA = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
const SDK_OPTIONS = { apiKey: 'none', maxRetries: 0, timeout: 30_000 } as const;

const openAiBody = ({ plan, asked }: Ask) => ({
  model: plan,
  messages: [{ role: 'user' as const, content: PROMPT }],
  response_format: { type: 'json_schema' as const, json_schema: { name: 'verdict', schema: SCHEMA } },
  ...(asked === 'stream' ? { stream: true as const } : {}),
});

const responsesBody = ({ plan, asked }: Ask) => ({
  model: plan,
  input: PROMPT,
  text: { format: { type: 'json_schema' as const, name: 'verdict', schema: SCHEMA } },
  ...(asked === 'stream' ? { stream: true as const } : {}),
});

const anthropicBody = ({ plan, asked }: Ask) => ({
  model: plan,
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: PROMPT }],
  ...(asked === 'stream' ? { stream: true as const } : {}),
});

const openai: Door = {
  name: 'openai',
  successMarker: 'data: [DONE]',
  errorEvent: /^data: \{"error":/m,
  bodyOf: (ask) => ({ path: '/v1/chat/completions', body: openAiBody(ask) }),
  async thrownBy(url, ask) {
    const client = new OpenAI({ ...SDK_OPTIONS, baseURL: `${url}/v1` });
    const reason = await refusal(client.chat.completions.create(openAiBody(ask), { headers: headersOf(ask) }));
    assert.ok(reason instanceof OpenAI.APIError, String(reason));
    return thrown(reason, detailsIn(reason.error), reason.type);
  },
  errors: {
    400: ['BadRequestError', 'invalid_request_error'],
    429: ['RateLimitError', 'rate_limit_error'],
    502: ['InternalServerError', 'server_error'],
    504: ['InternalServerError', 'server_error'],
  },
};

const responses: Door = {
  ...openai,
  name: 'responses',
  successMarker: 'event: response.completed',
  errorEvent: /^event: error$/m,
  bodyOf: (ask) => ({ path: '/v1/responses', body: responsesBody(ask) }),
  async thrownBy(url, ask) {
    const client = new OpenAI({ ...SDK_OPTIONS, baseURL: `${url}/v1` });
    const reason = await refusal(client.responses.create(responsesBody(ask), { headers: headersOf(ask) }));
    assert.ok(reason instanceof OpenAI.APIError, String(reason));
    return thrown(reason, detailsIn(reason.error), reason.type);
  },
};

const anthropic: Door = {
  name: 'anthropic',
  successMarker: 'event: message_stop',
  errorEvent: /^event: error$/m,
  bodyOf: (ask) => ({ path: '/v1/messages', body: anthropicBody(ask) }),
  async thrownBy(url, ask) {
    const client = new Anthropic({ ...SDK_OPTIONS, baseURL: url });
    const reason = await refusal(client.messages.create(anthropicBody(ask), { headers: headersOf(ask) }));
    assert.ok(reason instanceof Anthropic.APIError, String(reason));
    return thrown(reason, detailsIn(fieldOf(reason.error, 'error')), reason.type ?? undefined);
  },
  errors: {
    400: ['BadRequestError', 'invalid_request_error'],
    429: ['RateLimitError', 'rate_limit_error'],
    502: ['InternalServerError', 'api_error'],
    504: ['GatewayTimeoutError', 'timeout_error'],
  },
};

export const DOORS = { openai, responses, anthropic } as const;

/** Names that OpenAI's clients look for. */
const OPENAI_CODES: Readonly<Partial<Record<FailureCode, string>>> = {
  upstream_rate_limited: 'rate_limit_exceeded',
  context_too_long: 'context_length_exceeded',
  content_filtered: 'content_filter',
};

export const openAiCode = (code: FailureCode): string => OPENAI_CODES[code] ?? code;

/** What a call throws; one that does not throw fails the test. */
function refusal(call: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(call).then(
    (value) => assert.fail(`it answered: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
}

interface SdkError extends Error {
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  readonly error: unknown;
}

function thrown(reason: SdkError, code: unknown, type: string | undefined): Thrown {
  const { status, headers, error, message } = reason;
  return {
    name: reason.constructor.name,
    status,
    type,
    code,
    retryAfter: headers?.get('retry-after') ?? null,
    text: JSON.stringify([message, error, [...(headers ?? [])]]),
  };
}

const detailsIn = (error: unknown): unknown => fieldOf(fieldOf(error, 'details'), 'error_code');

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

function headersOf({ tags = {} }: Ask): Record<string, string> {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? {} : { 'x-turnpike-tags': pairs.join(',') };
}

/** Sends a call and waits for the head of its reply; its body is read by whoever asked. */
export async function open(url: string, door: Door, ask: Ask, signal?: AbortSignal): Promise<IncomingMessage> {
  const { path, body } = door.bodyOf(ask);
  const sent = httpRequest(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', te: 'trailers', ...headersOf(ask) },
    ...(signal === undefined ? {} : { signal }),
  });
  sent.end(JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage]; // what node:http gives
  return response;
}

/** Sends a call and reads all of its reply. */
export async function ask(url: string, door: Door, asked: Ask): Promise<Received> {
  const response = await open(url, door, asked);
  const text = await textOf(response);
  return { status: response.statusCode ?? 0, headers: response.headers, text, trailers: response.trailers };
}

export async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
