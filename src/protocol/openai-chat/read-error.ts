/**
 * Errors of OpenAI and of those who are compatible, more or less → why an attempt failed. The status says most; codes
 * and, of endpoints without codes, words say the rest. Source: API guide, "Error codes".
 */
import type { AttemptFailure, FailedOutcome } from '../../core/attempt-failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { readRetryAfterMs } from '../retry-after.ts';
import { clipped, objectAt, textAt } from '../vendor-document.ts';

/** @param body parsed where it is JSON, else the text */
export function readError(status: number, header: (name: string) => string | undefined, body: Json): AttemptFailure {
  const said = readSaid(body);
  const retryAfterMs = readRetryAfterMs(header);
  return {
    outcome: outcomeOf(status, said),
    message: clipped(said.message === '' ? `the vendor answered ${status}` : said.message),
    status,
    ...(said.code === '' ? undefined : { vendorCode: said.code.slice(0, 64) }),
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
  };
}

/** Of an error within a stream, which has no status of its own but may bring one in its code. */
export function readStreamError(chunk: JsonObject): AttemptFailure {
  const said = readSaid(chunk);
  const code = objectAt(chunk, 'error')?.['code'] ?? chunk['code'];
  const number = typeof code === 'number' ? code : Number(/^[45]\d\d$/.exec(said.code)?.[0] ?? 'NaN');
  return {
    outcome: outcomeOf(Number.isNaN(number) ? statusOf(said) : number, said),
    message: clipped(said.message === '' ? 'the vendor failed within the stream' : said.message),
    ...(said.code === '' ? undefined : { vendorCode: said.code.slice(0, 64) }),
  };
}

interface Said {
  readonly message: string;
  /** Empty where there is none. */
  readonly code: string;
  readonly type: string;
}

/**
 * `{error: {message, type, code}}` is OpenAI's; `{error: "…"}` Ollama's; `{message, type, code}` Mistral's and vLLM's of
 * old; `{detail: …}` what FastAPI says of a body that it refuses.
 */
function readSaid(body: Json): Said {
  if (typeof body === 'string') return { message: body, code: '', type: '' };
  if (!isJsonObject(body)) return { message: '', code: '', type: '' };
  const error = body['error'];
  if (typeof error === 'string') return { message: error, code: '', type: '' };
  const said = isJsonObject(error) ? error : body;
  const type = textAt(said, 'type') ?? '';
  const detail = said['detail'] ?? undefined;
  const message =
    textAt(said, 'message') ??
    (detail === undefined ? '' : typeof detail === 'string' ? detail : JSON.stringify(detail));
  // Azure says the code of its content filter one level further in.
  const inner = textAt(objectAt(said, 'innererror'), 'code');
  const code = said['code'];
  return {
    message,
    type,
    code: inner ?? (typeof code === 'string' ? code : typeof code === 'number' ? String(code) : type),
  };
}

function outcomeOf(status: number, said: Said): FailedOutcome {
  if (isContentFilter(said)) return 'content_filter';
  if (isRateLimit(said)) return 'rate_limited';
  switch (status) {
    case 401:
    case 403:
      return 'auth';
    // Nothing is left of what was paid in advance: asking others is of use, asking again is not.
    case 402:
    case 429:
      return 'rate_limited';
    case 400:
    case 413:
    case 422:
      return isContextLength(said) ? 'context_length' : 'invalid_request';
    case 404: // The model is the catalogue's, not the caller's: it is not to be had there.
    case 408:
    case 409:
    case 498: // Groq: no capacity for this tier
      return 'unavailable';
    default:
      return status >= 400 && status < 500 ? 'invalid_request' : 'unavailable';
  }
}

function statusOf({ type, code }: Said): number {
  if (type === 'invalid_request_error' || code === 'invalid_request_error') return 400;
  return type === 'authentication_error' ? 401 : 500;
}

const CONTENT_FILTER: ReadonlySet<string> = new Set([
  'content_filter',
  'content_policy_violation',
  'moderation_blocked',
  'ResponsibleAIPolicyViolation',
]);

const isContentFilter = ({ code, type }: Said): boolean => CONTENT_FILTER.has(code) || CONTENT_FILTER.has(type);

/** Groq says 413 of a request that is longer than what a minute allows. */
const isRateLimit = ({ code, type }: Said): boolean =>
  code === 'rate_limit_exceeded' || code === 'insufficient_quota' || type === 'insufficient_quota';

const CONTEXT_LENGTH: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'context_window_exceeded',
  'exceed_context_size_error',
  'string_above_max_length',
]);

/** In the words of vLLM, Ollama, llama.cpp, Mistral, Together and others; English, since all of them are. */
const CONTEXT_WORDS =
  /maximum context length|context (?:window|length|size)|prompt (?:is )?too long|too many (?:input )?tokens|input is too long|tokens? (?:exceeds?|is larger than)/i;

const isContextLength = ({ code, type, message }: Said): boolean =>
  CONTEXT_LENGTH.has(code) || CONTEXT_LENGTH.has(type) || CONTEXT_WORDS.test(message.slice(0, 2000));
