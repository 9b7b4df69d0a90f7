/**
 * Failures → OpenAI's error document. Its SDKs choose the exception class by HTTP status and show `message`, `type`,
 * `param` and `code`; clients look at some codes, so those keep OpenAI's names. Source: API guide, "Error codes".
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

function errorDocument({ message, code, details }: Failure, type: string): JsonObject {
  const { decisionId, param } = details;
  return {
    error: {
      message,
      type,
      param: param ?? null,
      code: CODES.get(code) ?? code,
      details: {
        error_code: code,
        ...(decisionId === undefined ? undefined : { decision_id: decisionId }),
        ...writeFailureDetails(details),
      },
    },
  };
}

const CODES: ReadonlyMap<FailureCode, string> = new Map<FailureCode, string>([
  ['unauthenticated', 'invalid_api_key'],
  ['context_too_long', 'context_length_exceeded'],
  ['content_filtered', 'content_filter'],
  ['throttled', 'rate_limit_exceeded'],
  ['upstream_rate_limited', 'rate_limit_exceeded'],
]);

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
    case 429:
      return 'rate_limit_error';
    default:
      return status < 500 ? 'invalid_request_error' : 'server_error';
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
    case 'throttled':
    case 'upstream_rate_limited':
      return 'rate_limit_error';
    case 'invalid_request':
    case 'too_large':
    case 'method_not_allowed':
    case 'unsupported_media_type':
    case 'conflict':
    case 'cancelled':
    case 'unsupported':
    case 'context_too_long':
    case 'content_filtered':
    case 'upstream_rejected':
      return 'invalid_request_error';
    case 'deadline_exceeded':
    case 'overloaded':
    case 'not_ready':
    case 'config_invalid':
    case 'policy_invalid':
    case 'bundle_invalid':
    case 'builtin_missing':
    case 'compiler_unavailable':
    case 'address_in_use':
    case 'evaluation_failed':
    case 'evaluation_limit':
    case 'unavailable':
    case 'upstream_timeout':
    case 'upstream_unavailable':
    case 'internal':
      return 'server_error';
  }
}
