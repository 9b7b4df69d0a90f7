/**
 * A whole gateway in this process over the sample policies: simulated vendors, one that is out of quota now and then,
 * spans to a Collector, metrics to whoever asks, entries to a ledger. And calls of every kind to it.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

export interface AgreementGateway {
  /** Host and port. */
  readonly address: string;
  /** Sends what waits everywhere, and ends; once. */
  stop(): Promise<void>;
}

/** @param ledger the section of the configuration */
export async function startAgreementGateway(
  ledger: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<AgreementGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-agreement-'));
  const spent = await outOfQuota();
  const file = join(folder, 'turnpike.yaml');
  // JSON is YAML.
  const settings = {
    policy: { source: POLICIES, revision: 'agreement' },
    identity: { mode: 'none', anonymous: { roles: ['developer'] } },
    providers: {
      unconfigured: 'simulated',
      list: [{ name: 'openai', kind: 'openai', base_url: `${spent.url}/v1`, api_key: 'env:NO_KEY' }],
    },
    accounts: { store: 'memory' },
    ledger,
    transports: { grpc: { enabled: false }, http: { port: 0 } },
    telemetry: { traces: 'otlp' },
  };
  writeFileSync(file, JSON.stringify(settings));
  const { config } = loadConfig({ file, variables: {}, cwd: folder });
  const server = await compose(config, { version: '0.0.0', env: { NO_KEY: 'none', ...env } });
  assert.equal((await server.activate()).kind, 'activated');
  const address = (await server.start()).get('http') ?? '';
  let stopped: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await server.drain();
    await spent.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    address,
    stop() {
      stopped ??= end();
      return stopped;
    },
  };
}

/** A vendor that refuses every call for want of quota. */
async function outOfQuota(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(429, { 'content-type': 'application/json' }).end('{"error":{"message":"slow down"}}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Applications of the sample policies, each with its team. */
const CALLERS = [
  ['search', 'assistant'],
  ['search', 'answers'],
  ['support', 'helpdesk'],
  ['platform', 'ide-complete'],
] as const;

/** What the last message of a call makes the simulated vendors do. Faults are few, or breakers would open everywhere. */
function scriptOf(index: number): string {
  if (index % 29 === 28) return LEAVING;
  if (index % 31 === 30) return '[simulate fail=unavailable]';
  if (index % 17 === 16) return '[simulate cut_after=3]';
  return ['', '[simulate tokens=80]', '[simulate answer=truncated]'][index % 3] ?? '';
}

const LEAVING = '[simulate tokens=200 token_ms=20]';

/** Makes so many calls, some at a time: whole and streamed, through both doors, some that fail, some that are left. */
export async function makeCalls(address: string, count: number): Promise<void> {
  const left = Array.from({ length: count }, (_, index) => index);
  const work = async (): Promise<void> => {
    for (let index = left.shift(); index !== undefined; index = left.shift()) await makeCall(address, index);
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

async function makeCall(address: string, index: number): Promise<void> {
  const [team, application] = CALLERS[index % CALLERS.length] ?? CALLERS[0];
  const script = scriptOf(index);
  const leaves = script === LEAVING;
  const stream = leaves || index % 7 < 3;
  const anthropic = index % 5 === 4;
  const leaving = new AbortController();
  const reply = await fetch(`http://${address}${anthropic ? '/v1/messages' : '/v1/chat/completions'}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-turnpike-team': team,
      'x-turnpike-application': application,
      'x-turnpike-environment': 'dev',
    },
    body: JSON.stringify({
      model: 'auto',
      stream,
      max_tokens: 300,
      messages: [{ role: 'user', content: `Call ${index}, which says ${'something '.repeat(index % 40)}${script}` }],
    }),
    signal: leaving.signal,
  });
  if (!leaves || reply.body === null) {
    // A stream that is cut ends in an error, which is what it should do.
    await reply.text().catch(() => undefined);
    return;
  }
  await reply.body.getReader().read();
  leaving.abort();
}
