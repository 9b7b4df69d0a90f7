/** What the loss of a connection is called. The text of an error is not shown: it may quote bytes that went over the wire. */
import type { AttemptFailure } from '../../core/attempt-failure.ts';

/** How far an exchange had come. */
export type Stage = 'connecting' | 'sent' | 'answered';

/**
 * @param code what Node calls it, or what we call it, such as `EOF`
 * @param host name and port, as it is shown
 */
export function connectionFailure(code: string, host: string, stage: Stage): AttemptFailure {
  const message = describe(code, host, stage);
  return { outcome: 'connection', message, ...(stage === 'connecting' ? { sent: false } : undefined) };
}

function describe(code: string, host: string, stage: Stage): string {
  if (stage === 'answered') return `${host} cut its answer (${code})`;
  if (stage === 'sent') return `${host} closed the connection without an answer (${code})`;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return `the name ${host} cannot be resolved (${code})`;
    case 'ECONNREFUSED':
      return `${host} refuses connections (${code})`;
    default:
      return isTls(code) ? `no TLS with ${host} (${code})` : `no connection to ${host} (${code})`;
  }
}

/** Where several addresses were tried, the last one counts. */
export function codeOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 3) return 'unknown';
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors.at(-1), depth + 1);
  if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(error.code)) return error.code;
  return codeOf(error.cause, depth + 1);
}

/** OpenSSL's names of what is wrong with a certificate have no prefix in common. */
const isTls = (code: string): boolean =>
  /^(ERR_(TLS|SSL|OSSL)_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_OSSL|HOSTNAME_MISMATCH|INVALID_CA|EPROTO$)/.test(
    code,
  );
