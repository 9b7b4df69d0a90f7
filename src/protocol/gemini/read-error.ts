/**
 * Errors of Google's APIs: `{error: {code, status, message, details}}`, sometimes in a list, and in a stream as a chunk.
 * How long to wait stands in a detail of type RetryInfo. Source: https://cloud.google.com/apis/design/errors.
 */
import type { AttemptFailure, FailedOutcome } from '../../core/attempt-failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { readRetryAfterMs } from '../retry-after.ts';
import { clipped, countAt, listAt, objectAt, textAt } from '../vendor-document.ts';

export function readError(status: number, header: (name: string) => string | undefined, body: Json): AttemptFailure {
  const failure = errorFailure(status, body);
  const retryAfterMs = failure.retryAfterMs ?? readRetryAfterMs(header);
  return retryAfterMs === undefined ? failure : { ...failure, retryAfterMs };
}

/** @param status absent inside of a stream: then the document's own counts */
export function errorFailure(status: number | undefined, body: Json): AttemptFailure {
  const document = Array.isArray(body) ? (body as readonly Json[])[0] : body; // of JSON, an array is a list
  const error = objectAt(isJsonObject(document) ? document : undefined, 'error');
  const code = status ?? countAt(error, 'code');
  const name = textAt(error, 'status') ?? '';
  const said = textAt(error, 'message') ?? '';
  const reason = reasonOf(error);
  const retryAfterMs = retryDelayMs(error);
  const vendorCode = reason ?? (name === '' ? undefined : name);
  const what = name === '' ? `status ${code ?? 'unknown'}` : name;
  return {
    outcome: outcomeOf(name, code, said, reason),
    message: clipped(said === '' ? what : `${what}: ${said}`),
    ...(code === undefined ? undefined : { status: code }),
    ...(vendorCode === undefined ? undefined : { vendorCode: vendorCode.slice(0, 64) }),
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
  };
}

function outcomeOf(name: string, code: number | undefined, said: string, reason: string | undefined): FailedOutcome {
  switch (name) {
    case 'RESOURCE_EXHAUSTED':
      return 'rate_limited';
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
      return 'auth';
    case 'DEADLINE_EXCEEDED':
      return 'timeout';
    case 'UNAVAILABLE':
    case 'INTERNAL':
    case 'UNKNOWN':
    case 'ABORTED':
    case 'CANCELLED':
    case 'DATA_LOSS':
    case 'UNIMPLEMENTED':
    // The target is not there, or not for this account or place; another one may be.
    case 'NOT_FOUND':
    case 'FAILED_PRECONDITION':
      return 'unavailable';
    case 'INVALID_ARGUMENT':
    case 'OUT_OF_RANGE':
      // A wrong key is an invalid argument to the Gemini API.
      if (reason?.startsWith('API_KEY_') === true) return 'auth';
      return isTooLong(said) ? 'context_length' : 'invalid_request';
    default:
      return isTooLong(said) ? 'context_length' : byStatus(code);
  }
}

const isTooLong = (said: string): boolean =>
  /input token count .{0,40}exceeds the maximum|exceeds the maximum number of (input )?tokens|maximum context length/i.test(
    said,
  );

function byStatus(code: number | undefined): FailedOutcome {
  if (code === undefined || code >= 500) return code === 504 ? 'timeout' : 'unavailable';
  if (code === 429) return 'rate_limited';
  if (code === 408) return 'timeout';
  if (code === 401 || code === 403) return 'auth';
  return code === 404 || code === 499 ? 'unavailable' : 'invalid_request';
}

function detail(error: JsonObject | undefined, type: string): JsonObject | undefined {
  for (const each of listAt(error, 'details')) {
    if (isJsonObject(each) && textAt(each, '@type')?.endsWith(type) === true) return each;
  }
  return undefined;
}

/** Such as `API_KEY_INVALID`. */
const reasonOf = (error: JsonObject | undefined): string | undefined =>
  textAt(detail(error, 'google.rpc.ErrorInfo'), 'reason');

/** A duration, such as `17.5s`. */
function retryDelayMs(error: JsonObject | undefined): number | undefined {
  const delay = textAt(detail(error, 'google.rpc.RetryInfo'), 'retryDelay');
  const seconds = delay === undefined ? null : /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(delay);
  return seconds === null ? undefined : Math.ceil(Number(seconds[1]) * 1000);
}
