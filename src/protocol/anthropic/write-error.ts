/**
 * Failures → Anthropic's error document. Its SDK chooses the exception class by HTTP status and shows `error.type`,
 * `error.message` and `error.details`. Source: API reference, "Errors".
 */
import type { Failure, FailureCode } from '../../core/failure.ts';
import type { JsonObject } from '../../core/json.ts';
import { writeFailureDetails } from '../failure-details.ts';

/** @param status the HTTP status that the document goes out with */
export function writeError(failure: Failure, status: number): JsonObject {
  return errorDocument(failure, typeOfStatus(status));
}

/** For a stream, which has no status any more. */
export function writeStreamError(failure: Failure): JsonObject {
  return errorDocument(failure, typeOfCode(failure.code));
}

function errorDocument(failure: Failure, type: string): JsonObject {
  const { decisionId, param } = failure.details;
  const details: JsonObject = {
    error_code: failure.code,
    ...(param === undefined ? undefined : { param }),
    ...writeFailureDetails(failure.details),
  };
  return { type: 'error', error: { type, message: failure.message, details }, request_id: decisionId ?? null };
}

function typeOfStatus(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error';
    case 402:
      return 'billing_error';
    case 403:
      return 'permission_error';
    case 404:
      return 'not_found_error';
    case 408:
    case 504:
      return 'timeout_error';
    case 413:
      return 'request_too_large';
    case 429:
      return 'rate_limit_error';
    case 503:
    case 529:
      return 'overloaded_error';
    default:
      return status < 500 ? 'invalid_request_error' : 'api_error';
  }
}

function typeOfCode(code: FailureCode): string {
  switch (code) {
    case 'unauthenticated':
      return 'authentication_error';
    case 'budget_exhausted':
      return 'billing_error';
    case 'forbidden':
    case 'access_denied':
      return 'permission_error';
    case 'not_found':
      return 'not_found_error';
    case 'deadline_exceeded':
    case 'upstream_timeout':
      return 'timeout_error';
    case 'too_large':
      return 'request_too_large';
    case 'throttled':
    case 'upstream_rate_limited':
      return 'rate_limit_error';
    case 'overloaded':
    case 'not_ready':
      return 'overloaded_error';
    case 'invalid_request':
    case 'method_not_allowed':
    case 'unsupported_media_type':
    case 'conflict':
    case 'cancelled':
    case 'unsupported':
    case 'context_too_long':
    case 'content_filtered':
    case 'upstream_rejected':
      return 'invalid_request_error';
    case 'config_invalid':
    case 'policy_invalid':
    case 'bundle_invalid':
    case 'builtin_missing':
    case 'compiler_unavailable':
    case 'address_in_use':
    case 'evaluation_failed':
    case 'evaluation_limit':
    case 'unavailable':
    case 'upstream_unavailable':
    case 'internal':
      return 'api_error';
  }
}
