/** Options of the ways in. */
import type { Config, TlsConfig } from './config.ts';
import type { SectionOf } from './option.ts';

const HOST = { regex: /^[A-Za-z0-9.:_-]+$/, says: 'an address or a host name' };
const PORT = { kind: 'integer', min: 0, max: 65_535 } as const;
const LONGEST_MS = 86_400_000;

const TLS: SectionOf<TlsConfig> = {
  kind: 'section',
  optional: true,
  doc: 'TLS of this listener; without it, it speaks plain text.',
  options: {
    certFile: { kind: 'path', required: true, exists: true, doc: 'Certificate chain of the server, PEM.' },
    keyFile: { kind: 'path', required: true, exists: true, doc: 'Private key of the server, PEM.' },
    clientCaFile: {
      kind: 'path',
      exists: true,
      doc: 'Authorities, PEM, whose client certificates are accepted; with it, every client must show one.',
    },
  },
};

export const TRANSPORT_OPTIONS: SectionOf<Config['transports']> = {
  kind: 'section',
  doc: 'The ways in.',
  options: {
    grpc: {
      kind: 'section',
      doc: 'gRPC: the services of `proto/turnpike/v1`, health and reflection.',
      options: {
        enabled: { kind: 'boolean', default: true, doc: 'Whether to listen.' },
        host: { kind: 'text', pattern: HOST, default: '127.0.0.1', doc: 'Address to listen on.' },
        port: { ...PORT, default: 9191, doc: 'Port to listen on; 0 takes a free one.' },
        tls: TLS,
        maxMessageBytes: {
          kind: 'integer',
          min: 1024,
          max: 67_108_864,
          default: 1_048_576,
          doc: 'Largest request message.',
        },
        maxConcurrentStreams: {
          kind: 'integer',
          min: 1,
          max: 100_000,
          default: 1000,
          unit: 'streams',
          doc: 'Calls in flight on one connection.',
        },
        keepaliveTimeMs: {
          kind: 'integer',
          min: 1000,
          max: LONGEST_MS,
          default: 60_000,
          doc: 'Silence after which the server pings a connection.',
        },
        keepaliveTimeoutMs: {
          kind: 'integer',
          min: 100,
          max: 600_000,
          default: 20_000,
          doc: 'Wait for the answer to a ping before the connection is closed.',
        },
        maxConnectionIdleMs: {
          kind: 'integer',
          min: 1000,
          max: LONGEST_MS,
          doc: 'A connection without calls for so long is closed; left out, never.',
        },
        maxConnectionAgeMs: {
          kind: 'integer',
          min: 1000,
          max: LONGEST_MS,
          doc: 'A connection of this age is closed gently, so that clients spread anew; left out, never.',
        },
        reflection: { kind: 'boolean', default: true, doc: 'Whether tools may ask for the service descriptions.' },
      },
    },
    http: {
      kind: 'section',
      doc: "HTTP: model calls as OpenAI and Anthropic have them, `/v1/decide`, OPA's `/v1/data`, health and metrics.",
      options: {
        enabled: { kind: 'boolean', default: true, doc: 'Whether to listen.' },
        host: { kind: 'text', pattern: HOST, default: '127.0.0.1', doc: 'Address to listen on.' },
        port: { ...PORT, default: 8181, doc: 'Port to listen on; 0 takes a free one.' },
        tls: TLS,
        maxBodyBytes: {
          kind: 'integer',
          min: 1024,
          max: 67_108_864,
          default: 262_144,
          doc: 'Largest request body; a batch may have eight times as much.',
        },
        maxModelBodyBytes: {
          kind: 'integer',
          min: 1024,
          max: 268_435_456,
          default: 20_971_520,
          doc: 'Largest body of a model call, images included.',
        },
        maxConnections: {
          kind: 'integer',
          min: 1,
          max: 1_000_000,
          default: 10_000,
          unit: 'connections',
          doc: 'Connections at once; further ones are closed.',
        },
        maxInFlight: {
          kind: 'integer',
          min: 1,
          max: 1_000_000,
          default: 2048,
          unit: 'requests',
          doc: 'Requests at once; further ones are refused as overloaded. One target has at most half of them.',
        },
        headersTimeoutMs: {
          kind: 'integer',
          min: 100,
          max: 600_000,
          default: 10_000,
          doc: 'Time for a client to send its headers.',
        },
        requestTimeoutMs: {
          kind: 'integer',
          min: 100,
          max: 600_000,
          default: 30_000,
          doc: 'Time for a client to send its whole request.',
        },
        keepaliveTimeoutMs: {
          kind: 'integer',
          min: 100,
          max: 3_600_000,
          default: 65_000,
          doc: 'An idle connection is kept for so long.',
        },
        defaultDecision: {
          kind: 'text',
          maxLength: 256,
          default: 'turnpike/decision',
          doc: 'Entry point that `POST /` asks.',
        },
      },
    },
  },
};
