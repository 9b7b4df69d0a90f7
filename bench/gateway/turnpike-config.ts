/** Configurations of the gateway under test: the sample policies, one key, every provider at the upstream. */
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const PROVIDERS = ['openai', 'anthropic', 'google', 'azure', 'bedrock', 'mistral', 'vllm'] as const;

export interface GatewayUnderTest {
  /** `host:port`. */
  readonly upstream: string;
  /** Protocol of the upstream: that of the front door, or another. */
  readonly speaks: 'compatible' | 'anthropic';
  /** Stored hash of the one key. */
  readonly keyHash: string;
  readonly traces: 'none' | 'otlp';
}

/** JSON, which is YAML. */
export function configOf({ upstream, speaks, keyHash, traces }: GatewayUnderTest): string {
  const base_url = speaks === 'compatible' ? `http://${upstream}/v1` : `http://${upstream}`;
  const caller = { team: 'search', application: 'assistant', environment: 'prod', roles: ['service'] };
  return JSON.stringify({
    policy: { source: join(ROOT, 'policies') },
    identity: { mode: 'keys', keys: [{ id: 'bench', hash: keyHash, subject: 'bench', ...caller }] },
    providers: { list: PROVIDERS.map((name) => ({ name, kind: speaks, base_url, api_key: 'env:BENCH_VENDOR_KEY' })) },
    transports: { grpc: { enabled: false }, http: { port: 0 } },
    telemetry: { traces },
  });
}
