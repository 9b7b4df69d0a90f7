/**
 * Anthropic's errors → how an attempt failed, by `error.type` first and by HTTP status where that is absent. An account
 * without credit counts as out of quota (`rate_limited`): the request is good, the target is not, until somebody pays.
 * A model that is not there (404) is a target that is not there (`unavailable`). Source: API reference, "Errors" and
 * "Rate limits".
 */
import type { AttemptFailure, FailedOutcome } from '../../core/attempt-failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { clipped, objectAt, textAt } from '../vendor-document.ts';
import { waitMs } from './wait.ts';

/** @param body parsed where it is JSON, else the text */
export function readError(status: number, header: (name: string) => string | undefined, body: Json): AttemptFailure {
  const error = isJsonObject(body) ? objectAt(body, 'error') : undefined;
  const vendorCode = textAt(error, 'type');
  const message = textAt(error, 'message') ?? '';
  const outcome = outcomeOf(vendorCode, message) ?? outcomeOfStatus(status);
  const retryAfterMs = outcome === 'rate_limited' || outcome === 'unavailable' ? waitMs(header) : undefined;
  return {
    outcome,
    message: message === '' ? `the vendor answered with status ${status}` : clipped(message),
    status,
    ...(vendorCode === undefined ? undefined : { vendorCode: vendorCode.slice(0, 64) }),
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
  };
}

/** @param document of an `error` event in a stream, whose status was 200 */
export function readStreamError(document: JsonObject): AttemptFailure {
  const error = objectAt(document, 'error');
  const vendorCode = textAt(error, 'type');
  const message = textAt(error, 'message') ?? '';
  return {
    outcome: outcomeOf(vendorCode, message) ?? 'unavailable',
    message: message === '' ? 'the vendor ended the stream with an error' : clipped(message),
    ...(vendorCode === undefined ? undefined : { vendorCode: vendorCode.slice(0, 64) }),
  };
}

function outcomeOf(type: string | undefined, message: string): FailedOutcome | undefined {
  switch (type) {
    case 'invalid_request_error':
      return outcomeOfInvalid(message);
    case 'request_too_large':
      return 'invalid_request';
    case 'authentication_error':
    case 'permission_error':
      return 'auth';
    case 'rate_limit_error':
    case 'billing_error':
      return 'rate_limited';
    case 'timeout_error':
      return 'timeout';
    case 'not_found_error':
    case 'overloaded_error':
    case 'api_error':
      return 'unavailable';
    default:
      return undefined;
  }
}

/** Several conditions come as `invalid_request_error` and can be told apart by their sentence alone. */
function outcomeOfInvalid(message: string): FailedOutcome {
  const text = message.toLowerCase();
  if (text.includes('prompt is too long') || text.includes('context limit') || text.includes('context window')) {
    return 'context_length';
  }
  if (text.includes('credit balance')) return 'rate_limited';
  if (text.includes('content filtering policy')) return 'content_filter';
  return 'invalid_request';
}

function outcomeOfStatus(status: number): FailedOutcome {
  switch (status) {
    case 401:
    case 403:
      return 'auth';
    case 402:
    case 429:
      return 'rate_limited';
    case 404:
      return 'unavailable';
    case 408:
    case 504:
      return 'timeout';
    default:
      return status >= 400 && status < 500 ? 'invalid_request' : 'unavailable';
  }
}
