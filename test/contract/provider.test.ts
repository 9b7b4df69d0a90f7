import { createAnthropicVendor } from '../../src/providers/anthropic/anthropic.ts';
import { parseBaseUrl } from '../../src/providers/base-url.ts';
import { createKeyCredentials } from '../../src/providers/credentials.ts';
import { createHttpClient } from '../../src/providers/http-exchange.ts';
import { createHttpProvider } from '../../src/providers/http-provider.ts';
import { createSecretSource } from '../../src/providers/secrets.ts';
import { providerContract } from './provider.ts';
import { CANARY, httpDriver, simulatedDriver } from './provider-drivers.ts';
import { ANTHROPIC } from './provider-scripts.ts';

const createAnthropic = (origin: string) => {
  const client = createHttpClient({ maxConnections: 4 });
  const source = createSecretSource('the api_key', 'env:KEY', { env: { KEY: CANARY }, nowMs: () => 0 });
  const vendor = createAnthropicVendor({
    baseUrl: parseBaseUrl('anthropic', `${origin}/v1`),
    apiVersion: '2023-06-01',
    credentials: createKeyCredentials(source, { name: 'x-api-key', scheme: '' }),
  });
  return {
    provider: createHttpProvider(vendor, client, { headers: [], maxReplyBytes: 1_000_000 }),
    close: () => client.close(),
  };
};

providerContract(simulatedDriver);
providerContract(
  httpDriver({
    name: 'anthropic, translated',
    vendor: ANTHROPIC,
    protocol: 'turnpike',
    model: 'claude-x',
    create: createAnthropic,
  }),
);
providerContract(
  httpDriver({
    name: 'anthropic, relayed',
    vendor: ANTHROPIC,
    protocol: 'anthropic-messages',
    model: 'claude-x',
    create: createAnthropic,
  }),
);
