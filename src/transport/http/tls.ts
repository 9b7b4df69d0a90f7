/** TLS and mutual TLS of the HTTP server. */
import { X509Certificate } from 'node:crypto';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { Failure } from '../../core/failure.ts';

/** PEM texts. */
export interface HttpTls {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Given, every client must show a certificate of one of these authorities. */
  readonly clientCaPem?: string;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** @throws Failure `config_invalid` when the material cannot be used; the message repeats none of it */
export function createTlsServer(tls: HttpTls, options: TlsOptions, opened: (socket: TLSSocket) => void): Server {
  const { certificatePem: cert, keyPem: key, clientCaPem: ca } = tls;
  const mutual = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
  const handshake = { minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_TIMEOUT_MS } as const;
  try {
    if (ca !== undefined) mustBeCertificates(ca);
    return createServer({ ...options, cert, key, ...mutual, ...handshake, ALPNProtocols: ['http/1.1'] }, opened);
  } catch (cause) {
    throw new Failure('config_invalid', 'http.tls: the certificate, key or client authority is not usable PEM', {
      cause,
    });
  }
}

/** Node reads over an authority that it cannot parse, and would then refuse every client without saying why. */
function mustBeCertificates(pem: string): void {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new TypeError('no certificate in the text');
  for (const block of blocks) new X509Certificate(block);
}
