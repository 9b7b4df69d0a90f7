import type { Protocol } from '../../src/core/generation.ts';
import { createProviders } from '../../src/providers/create.ts';
import type { ProviderOptions } from '../../src/providers/provider-options.ts';
import { providerContract } from './provider.ts';
import { CANARY, httpDriver, simulatedDriver, type VendorScript } from './provider-drivers.ts';
import { ANTHROPIC, BEDROCK, GEMINI, OPENAI_CHAT, OPENAI_RESPONSES } from './provider-scripts.ts';

interface Kind {
  readonly name: string;
  readonly options: Partial<ProviderOptions> & Pick<ProviderOptions, 'kind'>;
  readonly script: VendorScript;
  readonly protocols: readonly Protocol[];
}

const KINDS: readonly Kind[] = [
  {
    name: 'anthropic',
    options: { kind: 'anthropic', apiKey: 'env:KEY' },
    script: ANTHROPIC,
    protocols: ['turnpike', 'anthropic-messages'],
  },
  {
    name: 'openai',
    options: { kind: 'openai', apiKey: 'env:KEY' },
    script: OPENAI_CHAT,
    protocols: ['turnpike', 'openai-chat'],
  },
  {
    name: 'azure',
    options: { kind: 'azure', apiKey: 'env:KEY', apiVersion: '2024-10-21' },
    script: OPENAI_CHAT,
    protocols: ['turnpike', 'openai-chat'],
  },
  {
    name: 'openai responses',
    options: { kind: 'openai', apiKey: 'env:KEY' },
    script: OPENAI_RESPONSES,
    protocols: ['openai-responses'],
  },
  {
    name: 'azure responses',
    options: { kind: 'azure', apiKey: 'env:KEY' },
    script: OPENAI_RESPONSES,
    protocols: ['openai-responses'],
  },
  {
    name: 'azure before it had responses',
    options: { kind: 'azure', apiKey: 'env:KEY', apiVersion: '2024-10-21' },
    script: OPENAI_CHAT,
    protocols: ['openai-responses'],
  },
  {
    name: 'compatible',
    options: { kind: 'compatible', preset: 'mistral', apiKey: 'env:KEY' },
    script: OPENAI_CHAT,
    protocols: ['turnpike', 'openai-chat'],
  },
  { name: 'gemini', options: { kind: 'gemini', apiKey: 'env:KEY' }, script: GEMINI, protocols: ['turnpike'] },
  {
    name: 'vertex',
    options: { kind: 'vertex', token: 'env:KEY', project: 'p', location: 'global' },
    script: GEMINI,
    protocols: ['turnpike'],
  },
  {
    name: 'bedrock',
    options: { kind: 'bedrock', apiKey: 'env:KEY', region: 'eu-central-1' },
    script: BEDROCK,
    protocols: ['turnpike'],
  },
];

const create = (options: Kind['options']) => (origin: string) => {
  const full: ProviderOptions = {
    name: 'subject',
    baseUrl: `${origin}/v1`,
    deployments: [],
    headers: [],
    maxConnections: 4,
    maxReplyBytes: 1_000_000,
    ...options,
  };
  const providers = createProviders(
    { unconfigured: 'refuse', list: [full] },
    { env: { KEY: CANARY }, nowMs: () => 1_700_000_000_000 },
  );
  const provider = providers.find('subject');
  if (provider === undefined) throw new Error('it was not made');
  return { provider, close: () => providers.close() };
};

providerContract(simulatedDriver);
for (const { name, options, script, protocols } of KINDS) {
  for (const protocol of protocols) {
    const driver = httpDriver({
      name: `${name}, asked in ${protocol}`,
      vendor: script,
      protocol,
      model: 'm-1',
      create: create(options),
    });
    providerContract(driver);
  }
}
