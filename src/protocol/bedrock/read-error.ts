/**
 * Errors of Bedrock: before an answer by status, `x-amzn-errortype` and a body with `message`; inside a stream as a
 * frame of type `exception`. Both have the same names.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html and that of Converse.
 */
import type { AttemptFailure, FailedOutcome } from '../../core/attempt-failure.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { readRetryAfterMs } from '../retry-after.ts';
import { clipped, textAt } from '../vendor-document.ts';

export function readError(status: number, header: (name: string) => string | undefined, body: Json): AttemptFailure {
  const document = isJsonObject(body) ? body : undefined;
  const name = exceptionName(header('x-amzn-errortype') ?? textAt(document, '__type') ?? '');
  const said = textAt(document, 'message') ?? textAt(document, 'Message') ?? '';
  const retryAfterMs = readRetryAfterMs(header);
  return {
    ...exceptionFailure(name, said, status),
    status,
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
  };
}

/**
 * @param name such as `ThrottlingException`, of either case in its first letter
 * @param status where there was one
 */
export function exceptionFailure(name: string, said: string, status?: number): AttemptFailure {
  const known = OUTCOMES.get(name.toLowerCase());
  const outcome = isTooLong(said) ? 'context_length' : (known ?? byStatus(status));
  const vendorCode = name === '' ? undefined : { vendorCode: name.slice(0, 64) };
  const what = name === '' ? `status ${status ?? 'unknown'}` : name.slice(0, 64);
  return { outcome, message: clipped(said === '' ? what : `${what}: ${said}`), ...vendorCode };
}

/** `ThrottlingException:http://internal.amazon.com/…` and `com.amazon.coral#ThrottlingException` are both seen. */
const exceptionName = (text: string): string => (text.split(':')[0] ?? '').split('#').at(-1) ?? '';

const OUTCOMES: ReadonlyMap<string, FailedOutcome> = new Map<string, FailedOutcome>([
  ['throttlingexception', 'rate_limited'],
  ['throttling', 'rate_limited'],
  ['toomanyrequestsexception', 'rate_limited'],
  ['servicequotaexceededexception', 'rate_limited'],
  ['modelnotreadyexception', 'unavailable'],
  ['modelerrorexception', 'unavailable'],
  ['modelstreamerrorexception', 'unavailable'],
  ['internalserverexception', 'unavailable'],
  ['internalfailure', 'unavailable'],
  ['serviceunavailableexception', 'unavailable'],
  ['serviceunavailable', 'unavailable'],
  // The target is not there; another one may be.
  ['resourcenotfoundexception', 'unavailable'],
  ['modeltimeoutexception', 'timeout'],
  ['validationexception', 'invalid_request'],
  ['validationerror', 'invalid_request'],
  ['accessdeniedexception', 'auth'],
  ['unrecognizedclientexception', 'auth'],
  ['expiredtokenexception', 'auth'],
  ['expiredtoken', 'auth'],
  ['invalidsignatureexception', 'auth'],
  ['incompletesignatureexception', 'auth'],
  ['incompletesignature', 'auth'],
  ['missingauthenticationtokenexception', 'auth'],
  ['missingauthenticationtoken', 'auth'],
  ['optinrequired', 'auth'],
]);

/** Bedrock has one exception for all that is invalid; each maker words it in its own way. */
const isTooLong = (said: string): boolean =>
  /input is too long|prompt is too long|too many input tokens|exceed(s|ed)? (the )?(context|maximum context|max(imum)? (input )?token)|maximum context length/i.test(
    said,
  );

function byStatus(status: number | undefined): FailedOutcome {
  if (status === undefined || status >= 500) return status === 504 ? 'timeout' : 'unavailable';
  if (status === 429) return 'rate_limited';
  if (status === 408) return 'timeout';
  if (status === 401 || status === 403) return 'auth';
  return status === 404 || status === 424 ? 'unavailable' : 'invalid_request';
}
