/** Configurations of the gateway under test: the sample policies, one key, every provider at the upstream. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const PROVIDERS = ['openai', 'anthropic', 'google', 'azure', 'bedrock', 'mistral', 'vllm'] as const;

export interface GatewayUnderTest {
  /** Where it keeps its files; whoever starts it removes them. */
  readonly folder: string;
  /** `host:port`. */
  readonly upstream: string;
  /** Protocol of the upstream: that of the front door, or another. */
  readonly speaks: 'compatible' | 'anthropic';
  /** Stored hash of the one key. */
  readonly keyHash: string;
  readonly traces: 'none' | 'otlp';
  /** Whether budgets are held and a ledger is written. */
  readonly money?: boolean;
}

/** JSON, which is YAML. */
export function configOf({ folder, upstream, speaks, keyHash, traces, money = false }: GatewayUnderTest): string {
  const base_url = speaks === 'compatible' ? `http://${upstream}/v1` : `http://${upstream}`;
  const caller = { team: 'search', application: 'assistant', environment: 'prod', roles: ['service'] };
  return JSON.stringify({
    policy: { source: money ? unlimitedPolicies(folder) : join(ROOT, 'policies') },
    ...(money
      ? {
          accounts: { store: 'memory' },
          ledger: { store: 'sqlite', file: join(mkdtempSync(join(folder, 'ledger-')), 'ledger.db') },
        }
      : undefined),
    identity: { mode: 'keys', keys: [{ id: 'bench', hash: keyHash, subject: 'bench', ...caller }] },
    providers: { list: PROVIDERS.map((name) => ({ name, kind: speaks, base_url, api_key: 'env:BENCH_VENDOR_KEY' })) },
    transports: { grpc: { enabled: false }, http: { port: 0 } },
    telemetry: { traces },
  });
}

/**
 * The sample policies with budgets and rates that no benchmark uses up: what is measured is holding, not waiting. Some
 * budgets deny only a fifth above their limit, and that too has to be a safe integer.
 */
function unlimitedPolicies(parent: string): string {
  const folder = mkdtempSync(join(parent, 'policies-'));
  cpSync(join(ROOT, 'policies'), folder, { recursive: true });
  for (const [name, field] of [
    ['limits', /(?<=_per_minute: )\d+/g],
    ['budgets', /(?<=limit_nano_usd: )\d+/g],
  ] as const) {
    const file = join(folder, 'data', `${name}.yaml`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(field, '7000000000000000'));
  }
  return folder;
}
