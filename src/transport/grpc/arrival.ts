/** Call → Arrival: credential, deadline, headers. Says nothing of who it is; that is the flows' business. */
import type { Metadata, ServerDuplexStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { Arrival, Credential } from '../../flows/arrival.ts';
import { certificateSubject } from '../certificate.ts';
import { type Method, OPERATION } from './service.ts';

export type AnyCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** @param mutualTls whether client certificates were asked for; reading them costs, so not otherwise */
export function arrivalOf(call: AnyCall, method: Method, mutualTls: boolean): Arrival {
  const deadline = call.getDeadline();
  const deadlineAtMs = typeof deadline === 'number' ? deadline : deadline.getTime();
  const { metadata } = call;
  return {
    transport: 'grpc',
    operation: OPERATION[method],
    credential: credentialOf(call, mutualTls),
    header: (name) => textOf(metadata, name),
    ...(deadlineAtMs === Number.POSITIVE_INFINITY ? undefined : { deadlineAtMs }),
  };
}

/** A key that is sent counts before the certificate of the connection: a proxy may have one of its own. */
function credentialOf(call: AnyCall, mutualTls: boolean): Credential {
  const authorization = textOf(call.metadata, 'authorization');
  if (authorization !== undefined) return { kind: 'bearer', token: BEARER.exec(authorization)?.[1] ?? '' };
  if (!mutualTls) return NO_CREDENTIAL;
  const certificate = call.getAuthContext().sslPeerCertificate;
  const subject = certificate === undefined ? undefined : certificateSubject(certificate);
  return subject === undefined ? NO_CREDENTIAL : { kind: 'certificate', subject };
}

const BEARER = /^Bearer +(\S+) *$/i;
const NO_CREDENTIAL: Credential = { kind: 'none' };

function textOf(metadata: Metadata, name: string): string | undefined {
  const [value] = metadata.get(name);
  return typeof value === 'string' ? value : undefined;
}
