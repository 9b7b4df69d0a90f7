/** A whole gateway in this process between scripted upstreams and real clients, and what it tells of itself. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose, type Host, type Server } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type Ledger, readLedger } from './ledger.ts';
import type { Spoken } from './vendors.ts';

/** The key of every vendor: nobody but the vendors may ever see it. */
export const CANARY = 'sk-canary-4f1d9c7b2e8a6053';
const POLICY = join(import.meta.dirname, 'policy');

export interface ProviderSettings {
  readonly name: string;
  readonly kind: Spoken['kind'];
  /** Scheme, host and port. */
  readonly origin: string;
  /** PEM. */
  readonly ca?: string;
  /** At most; default: as for servers. */
  readonly connections?: number;
}

export interface GatewaySettings {
  readonly providers: readonly ProviderSettings[];
  readonly executor?: Host['executor'];
  readonly drainMs?: number;
}

export interface Gateway {
  /** Such as `http://127.0.0.1:8181`. */
  readonly url: string;
  /** All that was counted since the start. */
  ledger(): Promise<Ledger>;
  metrics(): Promise<string>;
  /** Stops it; once. */
  drain: Server['drain'];
  /** Stops it where nobody did, and looks for the key in every log line, span and metric. */
  close(): Promise<void>;
}

export async function startGateway({ providers, executor, drainMs = 0 }: GatewaySettings): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-faults-'));
  const collector = await startCollector();
  const warnings: string[] = [];
  const file = join(folder, 'turnpike.yaml');
  writeFileSync(file, yamlOf(providers, folder, drainMs));
  const { config } = loadConfig({ file, variables: {}, cwd: folder });
  const server = await compose(config, {
    version: '0.0.0',
    env: {
      CANARY,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    },
    warn: (message) => void warnings.push(message),
    ...(executor === undefined ? {} : { executor }),
  });
  const activation = await server.activate();
  assert.equal(activation.kind, 'activated');
  const url = `http://${(await server.start()).get('http')}`;
  const metrics = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
  let drained: Promise<void> | undefined;
  const drain = (): Promise<void> => {
    drained ??= server.drain();
    return drained;
  };
  return {
    url,
    metrics,
    ledger: async () => readLedger(await metrics()),
    drain,
    async close() {
      const last = drained === undefined ? await metrics() : '';
      await drain();
      await collector.close();
      rmSync(folder, { recursive: true, force: true });
      const spans = collector.received();
      assert.ok(spans.length > 0, 'no span was exported');
      assert.ok(!spans.includes(CANARY), 'the key is in a span');
      assert.ok(!last.includes(CANARY), 'the key is in a metric');
      assert.ok(!warnings.join('\n').includes(CANARY), 'the key is in the log');
    },
  };
}

/** The configuration, with what it names in a folder. */
export function yamlOf(providers: readonly ProviderSettings[], folder: string, drainMs: number): string {
  const list = providers.map(({ name, kind, origin, ca, connections }) => {
    const caFile = join(folder, `${name}.pem`);
    if (ca !== undefined) writeFileSync(caFile, ca);
    return {
      name,
      kind,
      base_url: kind === 'anthropic' ? origin : `${origin}/v1`,
      api_key: 'env:CANARY',
      max_reply_bytes: 65_536,
      ...(ca === undefined ? {} : { ca_file: caFile }),
      ...(connections === undefined ? {} : { max_connections: connections }),
    };
  });
  // JSON is YAML.
  return JSON.stringify({
    policy: { source: POLICY, entrypoint: 'faults/decision', revision: 'faults' },
    identity: { mode: 'none', anonymous: { team: 'faults', application: 'suite', environment: 'test' } },
    transports: { grpc: { enabled: false }, http: { port: 0 } },
    telemetry: { traces: 'otlp' },
    shutdown: { drain_ms: drainMs },
    providers: { list },
  });
}

interface Collector {
  readonly url: string;
  received(): Buffer;
  close(): Promise<void>;
}

/** Takes what is exported over OTLP; strings stand in protobuf as they are. */
async function startCollector(): Promise<Collector> {
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    for await (const part of request) bodies.push(part);
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    received: () => Buffer.concat(bodies),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
