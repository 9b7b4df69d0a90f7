/**
 * A burst over real sockets at a budget that bears a part of it: 200 calls in flight, and whatever becomes of
 * processes and stores meanwhile, exactly so many reach the vendor as the budget affords.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundOf } from '../../../src/core/attempt-cost.ts';
import { compileCard, type PriceBook } from '../../../src/core/price-card.ts';
import { boundInputTokens } from '../../../src/core/token-bound.ts';
import { readRequest } from '../../../src/protocol/openai-chat/read-request.ts';
import { type ServerProcess, serve } from '../../e2e/server-process.ts';
import { startVendor, type Vendor } from './vendor.ts';

export const IN_FLIGHT = 200;
const OUTPUT_TOKENS = 100;
const BODY = {
  model: 'auto',
  max_tokens: OUTPUT_TOKENS,
  messages: [{ role: 'user', content: 'Say that it is done.' }],
};
/** Whoever is neither let in nor refused by then has failed. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 50;

const CARD = {
  id: 'burst',
  complete: true,
  effective_from: '2020-01-01',
  input_pico_usd: 1_000_000,
  output_pico_usd: 4_000_000,
};
const PRICES: PriceBook = new Map([['vendor/model', [compileCard(CARD, 0)]]]);
const INPUT_TOKENS = boundInputTokens(readRequest(BODY));
/** What a call is held with. */
const BOUND_NANO = boundOf(PRICES, 'vendor/model', { input: INPUT_TOKENS, output: OUTPUT_TOKENS }, 1) ?? 0n;

export interface BurstSettings {
  /** Bounds that the budget bears. */
  readonly affordable: number;
  /** What a call really uses of its bound: all of it, or the input and half of the output. */
  readonly uses: 'all' | 'half';
  readonly processes: number;
  /** Of each process, besides its port. */
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Done while calls are at the vendor, when so many have reached it. */
  readonly meanwhile?: { readonly seen: number; readonly act: (servers: readonly ServerProcess[]) => Promise<void> };
}

export interface BurstResult {
  /** Calls that reached the vendor. */
  readonly admitted: number;
  /** As many as the money affords. */
  readonly expected: number;
  readonly answered: number;
  readonly refused: number;
  /** Neither, in all their patience. */
  readonly lost: number;
}

export async function runBurst(settings: BurstSettings): Promise<BurstResult> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-burst-'));
  const output = settings.uses === 'all' ? OUTPUT_TOKENS : OUTPUT_TOKENS / 2;
  const costNano = BigInt((INPUT_TOKENS * CARD.input_pico_usd + output * CARD.output_pico_usd) / 1000);
  const limitNano = BigInt(settings.affordable) * BOUND_NANO;
  await using vendor = await startVendor({ answersAfterMs: 150, usage: { input: INPUT_TOKENS, output } });
  writePolicy(folder, limitNano);
  const config = configOf(folder, vendor, settings.config);
  const servers: ServerProcess[] = [];
  try {
    for (let at = 0; at < settings.processes; at += 1) servers.push(await serve({ config, env: settings.env ?? {} }));
    const { meanwhile } = settings;
    const done = meanwhile && vendor.sawSoMany(meanwhile.seen).then(() => meanwhile.act(servers));
    const outcomes = await Promise.all(Array.from({ length: IN_FLIGHT }, (_, at) => client(at, servers)));
    await done;
    const count = (kind: Outcome): number => outcomes.filter((one) => one === kind).length;
    return {
      admitted: vendor.seen,
      // The last one is let in as long as its whole bound fits beside what the others came to.
      expected: Number((limitNano - BOUND_NANO) / costNano) + 1,
      answered: count('answered'),
      refused: count('refused'),
      lost: count('lost'),
    };
  } finally {
    for (const server of servers) await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writePolicy(folder: string, limitNano: bigint): void {
  cpSync(join(import.meta.dirname, 'policy'), join(folder, 'policy'), { recursive: true });
  mkdirSync(join(folder, 'policy', 'data'));
  const data = {
    terms: { wait_ms: 30_000 },
    prices: { 'vendor/model': [CARD] },
    budget_rules: { hard: [{ at: 1, do: 'deny' }] },
    budgets: { burst: { scope: {}, window: 'total', limit_nano_usd: Number(limitNano), rules: 'hard' } },
    limits: {},
    aliases: { auto: {} },
    models: { 'vendor/model': {} },
  };
  for (const [name, value] of Object.entries(data)) {
    writeFileSync(join(folder, 'policy', 'data', `${name}.yaml`), JSON.stringify({ [name]: value }));
  }
}

const configOf = (folder: string, vendor: Vendor, more: string): string => `policy:
  source: ${join(folder, 'policy')}
  entrypoint: burst/decision
identity:
  mode: none
  anonymous: {team: search, application: assistant, environment: prod}
providers:
  list: [{name: vendor, kind: compatible, base_url: "${vendor.url}", max_connections: 1000}]
transports:
  grpc: {enabled: false}
  http: {port: 0}
${more}`;

type Outcome = 'answered' | 'refused' | 'lost';

/** An application: it goes on asking, wherever somebody serves, until it is answered or refused for money. */
async function client(number: number, servers: readonly ServerProcess[]): Promise<Outcome> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (let turn = number; performance.now() < untilMs; turn += 1) {
    const server = servers[turn % servers.length];
    const status = server === undefined ? undefined : await ask(server.http);
    if (status === 200) return 'answered';
    if (status === 402) return 'refused';
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  return 'lost';
}

const AGENT = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });

/** @returns the status; undefined: the connection broke */
function ask(origin: string): Promise<number | undefined> {
  const body = JSON.stringify(BODY);
  return new Promise((resolve) => {
    const request = httpRequest(
      `${origin}/v1/chat/completions`,
      {
        method: 'POST',
        agent: AGENT,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
        response.on('error', () => resolve(undefined));
      },
    );
    request.on('error', () => resolve(undefined));
    request.end(body);
  });
}
