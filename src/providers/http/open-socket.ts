/** How a socket to a vendor is made: plain or TLS, and with whose certificates. For the pool of an origin alone. */
import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext, connect as tlsConnect } from 'node:tls';

/** @param bytes valid until it returns, the first `size` of them: they are read into the same memory again */
export type OnRead = (size: number, bytes: Buffer) => void;

export interface SocketOpener {
  readonly isTls: boolean;
  /** Emits `connect`, or `secureConnect` of TLS, once it can be written to. @throws what Node throws */
  open(onRead: OnRead): Socket;
}

/**
 * Every plain socket of the thread is read into it, one read at a time. Node's own way, memory for each read, costs more
 * than to copy out of it the body of a usual answer.
 */
const READ_INTO = Buffer.allocUnsafeSlow(64 * 1024);
/** What a TLS record holds at most. */
const TLS_READ_BYTES = 16 * 1024;
/** A peer that is gone without a word is noticed some time. */
const PROBE_AFTER_MS = 60_000;

/** @param caPem authorities that are believed beside those of the system */
export function createSocketOpener(origin: URL, caPem: readonly string[] | undefined): SocketOpener {
  const isTls = origin.protocol === 'https:';
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const port = origin.port === '' ? (isTls ? 443 : 80) : Number(origin.port);
  const common = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS };
  if (!isTls) return { isTls, open: (onRead) => connect({ ...common, onread: into(READ_INTO, onRead) }) };

  let context: SecureContext | undefined;
  let session: Buffer | undefined;
  return {
    isTls,
    open(onRead) {
      // Made once: reading some 150 authorities takes milliseconds.
      context ??= createSecureContext(trust(caPem));
      const options = {
        ...common,
        secureContext: context,
        ALPNProtocols: ['http/1.1'],
        ...(isIP(host) === 0 ? { servername: host } : undefined),
        ...(session === undefined ? undefined : { session }),
        onread: into(Buffer.allocUnsafeSlow(TLS_READ_BYTES), onRead),
      };
      const socket = tlsConnect(options);
      // It is taken up again without another look at the certificate: Node tells of it once the certificate has passed.
      socket.on('session', (offered: Buffer) => {
        session = offered;
      });
      return socket;
    },
  };
}

/** Naming an authority must not put away those that everybody believes. */
const trust = (caPem: readonly string[] | undefined): { readonly ca?: string[] } =>
  caPem === undefined ? {} : { ca: [...getCACertificates('default'), ...caPem] };

const into = (buffer: Buffer, onRead: OnRead): OnReadOpts => ({
  buffer,
  callback(size) {
    onRead(size, buffer);
    return true;
  },
});
