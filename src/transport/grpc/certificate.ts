/** Certificates: what a server shows and whom it trusts. */
import { createSecureContext } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { Failure } from '../../core/failure.ts';

export type ServerSecurity =
  | { readonly kind: 'insecure' }
  | {
      readonly kind: 'tls';
      /** The server's chain, PEM. */
      readonly certificatePem: string;
      readonly keyPem: string;
      /** PEM of who may sign client certificates; given, a client must show one (mutual TLS). */
      readonly clientCaPem?: string;
    };

/** @throws Failure `config_invalid` that names the fault, never the key */
export function serverCredentials(security: ServerSecurity): ServerCredentials {
  switch (security.kind) {
    case 'insecure':
      return ServerCredentials.createInsecure();
    case 'tls': {
      const { certificatePem, keyPem, clientCaPem } = security;
      try {
        createSecureContext({
          cert: certificatePem,
          key: keyPem,
          ...(clientCaPem === undefined ? {} : { ca: clientCaPem }),
        });
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : 'not readable';
        throw new Failure('config_invalid', `grpc tls: the certificate, key or client CA does not load: ${why}`, {
          cause,
        });
      }
      const pair = { cert_chain: Buffer.from(certificatePem), private_key: Buffer.from(keyPem) };
      const roots = clientCaPem === undefined ? null : Buffer.from(clientCaPem);
      return ServerCredentials.createSsl(roots, [pair], clientCaPem !== undefined);
    }
  }
}
