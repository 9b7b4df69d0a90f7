/** The one table from failure codes to gRPC statuses, with `google.rpc.Status` details; and back, for clients. */
import { type StatusObject, status } from '@grpc/grpc-js';
import { FAILURE_CODES, Failure, type FailureCode, type Fault } from '../../core/failure.ts';
import { metadataOf } from './headers.ts';
import type { FailureMessage } from './messages.ts';
import type {
  AnyMessage,
  BadRequestMessage,
  ErrorInfoMessage,
  RetryInfoMessage,
  StatusMessage,
} from './status-messages.ts';
import { type Codec, codecOf } from './wire.ts';

const GRPC_STATUS: Readonly<Record<FailureCode, status>> = {
  invalid_request: status.INVALID_ARGUMENT,
  too_large: status.INVALID_ARGUMENT, // asking again helps nobody; RESOURCE_EXHAUSTED would invite it
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  method_not_allowed: status.UNIMPLEMENTED,
  unsupported_media_type: status.INVALID_ARGUMENT,
  conflict: status.ALREADY_EXISTS,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
  cancelled: status.CANCELLED,
  overloaded: status.RESOURCE_EXHAUSTED,
  not_ready: status.UNAVAILABLE,
  config_invalid: status.FAILED_PRECONDITION,
  policy_invalid: status.FAILED_PRECONDITION,
  bundle_invalid: status.FAILED_PRECONDITION,
  builtin_missing: status.FAILED_PRECONDITION,
  compiler_unavailable: status.FAILED_PRECONDITION,
  address_in_use: status.FAILED_PRECONDITION,
  evaluation_failed: status.INTERNAL,
  evaluation_limit: status.INTERNAL,
  unavailable: status.UNAVAILABLE,
  access_denied: status.PERMISSION_DENIED,
  budget_exhausted: status.RESOURCE_EXHAUSTED,
  throttled: status.RESOURCE_EXHAUSTED,
  unsupported: status.INVALID_ARGUMENT,
  context_too_long: status.INVALID_ARGUMENT,
  content_filtered: status.FAILED_PRECONDITION,
  upstream_rejected: status.INVALID_ARGUMENT,
  upstream_rate_limited: status.RESOURCE_EXHAUSTED,
  upstream_timeout: status.DEADLINE_EXCEEDED,
  upstream_unavailable: status.UNAVAILABLE,
  internal: status.INTERNAL,
};

export const DETAILS_KEY = 'grpc-status-details-bin';
const DOMAIN = 'turnpike';
/** Clients refuse trailers past 8 KiB; so the message is clipped as it is percent-encoded, and the details as bytes. */
const MAX_ENCODED_MESSAGE = 2048;
const MAX_DETAILS_BYTES = 3072;

const statusCodec: Codec<StatusMessage> = codecOf('google.rpc.Status');
const errorInfoCodec: Codec<ErrorInfoMessage> = codecOf('google.rpc.ErrorInfo');
const retryInfoCodec: Codec<RetryInfoMessage> = codecOf('google.rpc.RetryInfo');
const badRequestCodec: Codec<BadRequestMessage> = codecOf('google.rpc.BadRequest');

export const grpcStatusOf = (code: FailureCode): status => GRPC_STATUS[code];

/** For an item of a batch or a stream: everything that is known of the failure, unclipped. */
export function failureMessage({ code, message, faults }: Failure): FailureMessage {
  return { code, message, grpc_status: GRPC_STATUS[code], faults };
}

/** For the end of a call. @param headers what else the trailers say */
export function statusObject(failure: Failure, headers: Readonly<Record<string, string>> = {}): StatusObject {
  const metadata = metadataOf(headers);
  const message = clipped(failure.message);
  metadata.set(DETAILS_KEY, boundedDetails(failure, message));
  return { code: GRPC_STATUS[failure.code], details: message, metadata };
}

/** As many faults as fit. */
function boundedDetails(failure: Failure, message: string): Buffer {
  const code = GRPC_STATUS[failure.code];
  const info = packed('ErrorInfo', errorInfoCodec.encode({ reason: failure.code, domain: DOMAIN, ...known(failure) }));
  const retry = retryInfo(failure);
  for (let count = failure.faults.length; count > 0; count = Math.floor(count / 2)) {
    const details = [info, ...retry, badRequest(failure.faults.slice(0, count))];
    const bytes = statusCodec.encode({ code, message, details });
    if (bytes.length <= MAX_DETAILS_BYTES) return bytes;
  }
  return statusCodec.encode({ code, message, details: [info, ...retry] });
}

const MAX_KNOWN_CHARS = 256;

/** What is known of a refusal, for programs. Spread into the ErrorInfo; nothing where nothing is. */
function known({ details }: Failure): Pick<ErrorInfoMessage, 'metadata'> {
  const { decisionId, rule, reason, budget, resetsAt, param, target, attempts } = details;
  const said: readonly (readonly [string, string | undefined])[] = [
    ['decision_id', decisionId],
    ['rule', rule],
    ['reason', reason],
    ['budget', budget],
    ['resets_at', resetsAt],
    ['param', param],
    ['target', target],
    ['attempts', attempts === undefined ? undefined : String(attempts)],
  ];
  const metadata: Record<string, string> = {};
  for (const [name, value] of said) {
    if (value !== undefined) metadata[name] = value.slice(0, MAX_KNOWN_CHARS).toWellFormed();
  }
  return Object.keys(metadata).length === 0 ? {} : { metadata };
}

function retryInfo({ details: { retryAfterMs } }: Failure): readonly AnyMessage[] {
  if (retryAfterMs === undefined) return [];
  const waitMs = Math.ceil(retryAfterMs);
  const delay = { seconds: Math.floor(waitMs / 1000), nanos: (waitMs % 1000) * 1_000_000 };
  return [packed('RetryInfo', retryInfoCodec.encode({ retry_delay: delay }))];
}

/** gRPC percent-encodes the message, which throws on half of a surrogate pair: such a half becomes U+FFFD first. */
function clipped(message: string): string {
  const text = message.toWellFormed();
  if (encodeURI(text).length <= MAX_ENCODED_MESSAGE) return text;
  let kept = text.slice(0, MAX_ENCODED_MESSAGE).toWellFormed();
  while (encodeURI(kept).length > MAX_ENCODED_MESSAGE) kept = kept.slice(0, kept.length * 0.75).toWellFormed();
  return `${kept}…`;
}

function badRequest(faults: readonly Fault[]): AnyMessage {
  const violations = faults.map(({ at, message }) => ({ field: at, description: message }));
  return packed('BadRequest', badRequestCodec.encode({ field_violations: violations }));
}

const packed = (name: string, value: Buffer): AnyMessage => ({
  type_url: `type.googleapis.com/google.rpc.${name}`,
  value,
});

/** What a client makes of an item's failure. */
export function failureOf({ code, message, grpc_status, faults }: FailureMessage): Failure {
  return new Failure(knownCode(code) ?? codeOf(grpc_status), message, { faults });
}

/** What a client makes of the end of a call. */
export function failureOfStatus(
  { code: grpcStatus, details: message, metadata }: StatusObject,
  cause?: unknown,
): Failure {
  let code = codeOf(grpcStatus);
  let faults: readonly Fault[] = [];
  const [bytes] = metadata.get(DETAILS_KEY);
  const details = Buffer.isBuffer(bytes) ? statusCodec.decodeFilled(bytes).details : [];
  for (const { type_url, value } of details) {
    if (type_url.endsWith('/google.rpc.ErrorInfo')) {
      const { reason, domain } = errorInfoCodec.decodeFilled(Buffer.from(value));
      code = (domain === DOMAIN ? knownCode(reason) : undefined) ?? code;
    } else if (type_url.endsWith('/google.rpc.BadRequest')) {
      const { field_violations } = badRequestCodec.decodeFilled(Buffer.from(value));
      faults = field_violations.map(({ field, description }) => ({ at: field, message: description }));
    }
  }
  return new Failure(code, message, { faults, cause });
}

const knownCode = (code: string): FailureCode | undefined => FAILURE_CODES.find((known) => known === code);

/** Where no details say it: a proxy or the library answered. */
function codeOf(grpcStatus: number): FailureCode {
  switch (grpcStatus) {
    case status.CANCELLED:
      return 'cancelled';
    case status.INVALID_ARGUMENT:
    case status.OUT_OF_RANGE:
      return 'invalid_request';
    case status.DEADLINE_EXCEEDED:
      return 'deadline_exceeded';
    case status.NOT_FOUND:
    case status.UNIMPLEMENTED:
      return 'not_found';
    case status.ALREADY_EXISTS:
      return 'conflict';
    case status.PERMISSION_DENIED:
      return 'forbidden';
    case status.UNAUTHENTICATED:
      return 'unauthenticated';
    case status.RESOURCE_EXHAUSTED:
      return 'too_large'; // what grpc itself says of a message past its limit; ours carries details
    case status.UNAVAILABLE:
      return 'unavailable';
    default:
      return 'internal';
  }
}
