/** The upstreams behind a gateway of the suite: one that misbehaves as it is told, a healthy one, and unreachable ones. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createAuthority } from '../support/certificates.ts';
import { type Script, startUpstream, type Upstream } from '../support/upstream.ts';
import { type Gateway, type GatewaySettings, type ProviderSettings, startGateway } from './gateway.ts';
import { healthy, type Unreachable } from './misbehaviour.ts';
import type { Spoken } from './vendors.ts';

export interface Upstreams extends AsyncDisposable {
  readonly first: Upstream;
  readonly second: Upstream;
  /** What the first one does from now on. */
  behave(script: Script): void;
  readonly providers: readonly ProviderSettings[];
}

export async function startUpstreams(vendor: Spoken): Promise<Upstreams> {
  let script = healthy(vendor);
  const first = await startUpstream((socket, request) => script(socket, request));
  const second = await startUpstream(healthy(vendor));
  const { kind } = vendor;
  return {
    first,
    second,
    behave(next) {
      script = next;
    },
    providers: [
      { name: 'first', kind, origin: first.origin },
      { name: 'second', kind, origin: second.origin },
    ],
    async [Symbol.asyncDispose]() {
      await first[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
    },
  };
}

export interface Scene extends Upstreams {
  readonly gateway: Gateway;
}

/** A gateway before a vendor that misbehaves and one that does not. */
export async function startScene(vendor: Spoken, settings: Omit<GatewaySettings, 'providers'> = {}): Promise<Scene> {
  const upstreams = await startUpstreams(vendor);
  const gateway = await startGateway({ ...settings, providers: upstreams.providers });
  return {
    ...upstreams,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await upstreams[Symbol.asyncDispose]();
    },
  };
}

export interface UnreachableOnes extends AsyncDisposable {
  readonly providers: readonly ProviderSettings[];
}

/** A label of more than 63 characters is no name: nobody is asked, so that no network is needed. */
const NO_NAME = `${'x'.repeat(64)}.invalid`;

export async function startUnreachable(vendor: Spoken): Promise<UnreachableOnes> {
  const authority = createAuthority('Authority of the suite');
  const host = { name: [['CN', 'upstream']], ips: ['127.0.0.1'] } as const;
  const untrusted = await startUpstream(healthy(vendor), { tls: createAuthority('Nobody').certify(host) });
  const misnamed = await startUpstream(healthy(vendor), {
    tls: authority.certify({ ...host, ips: [], dns: ['elsewhere.example'] }),
  });
  const expired = await startUpstream(healthy(vendor), {
    tls: authority.certify({ ...host, expired: true }),
  });
  const silent = await startSilent();
  const closed = await startSilent();
  await closed.close();
  const { kind } = vendor;
  const origins: Readonly<Record<Unreachable, string>> = {
    unresolved: `http://${NO_NAME}`,
    refused: `http://127.0.0.1:${closed.port}`,
    unconnected: `https://127.0.0.1:${silent.port}`,
    untrusted: untrusted.origin,
    misnamed: misnamed.origin,
    expired: expired.origin,
  };
  return {
    providers: Object.entries(origins).map(([name, origin]) => ({
      name,
      kind,
      origin,
      ...(origin.startsWith('https:') ? { ca: authority.certificatePem } : {}),
    })),
    async [Symbol.asyncDispose]() {
      await Promise.all([untrusted, misnamed, expired].map((upstream) => upstream[Symbol.asyncDispose]()));
      await silent.close();
    },
  };
}

interface Silent {
  readonly port: number;
  close(): Promise<void>;
}

/** Takes connections and never says a word: no handshake of TLS comes to its end. */
async function startSilent(): Promise<Silent> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
