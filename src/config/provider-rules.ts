/** Rules between the options of one vendor: what its kind needs, and what its kind would ignore. */
import type { ProviderConfig } from './config.ts';

type Kind = ProviderConfig['kind'];
type Optional =
  | 'preset'
  | 'baseUrl'
  | 'apiKey'
  | 'token'
  | 'apiVersion'
  | 'region'
  | 'profile'
  | 'project'
  | 'location'
  | 'deployments'
  | 'headers'
  | 'caFile';

/** Options by kind: `one of` several is enough. */
const RULES: Readonly<
  Record<Kind, { readonly needs: readonly (readonly Optional[])[]; readonly takes: readonly Optional[] }>
> = {
  openai: { needs: [['apiKey']], takes: ['apiKey', 'baseUrl', 'headers', 'caFile'] },
  azure: {
    needs: [['baseUrl'], ['apiKey', 'token']],
    takes: ['baseUrl', 'apiKey', 'token', 'apiVersion', 'deployments', 'headers', 'caFile'],
  },
  anthropic: { needs: [['apiKey', 'token']], takes: ['apiKey', 'token', 'baseUrl', 'apiVersion', 'headers', 'caFile'] },
  gemini: { needs: [['apiKey']], takes: ['apiKey', 'baseUrl', 'headers', 'caFile'] },
  vertex: {
    needs: [['project'], ['location']],
    takes: ['project', 'location', 'token', 'baseUrl', 'headers', 'caFile'],
  },
  bedrock: { needs: [['region']], takes: ['region', 'profile', 'apiKey', 'baseUrl', 'headers', 'caFile'] },
  compatible: { needs: [['preset', 'baseUrl']], takes: ['preset', 'baseUrl', 'apiKey', 'headers', 'caFile'] },
  simulated: { needs: [], takes: [] },
};

const SPELLED: Readonly<Record<Optional, string>> = {
  preset: 'preset',
  baseUrl: 'base_url',
  apiKey: 'api_key',
  token: 'token',
  apiVersion: 'api_version',
  region: 'region',
  profile: 'profile',
  project: 'project',
  location: 'location',
  deployments: 'deployments',
  headers: 'headers',
  caFile: 'ca_file',
};

export function providerBreaches(
  provider: ProviderConfig,
  path: string,
): readonly { readonly path: string; readonly message: string }[] {
  const { needs, takes } = RULES[provider.kind];
  const missing = needs
    .filter((some) => !some.some((option) => isSaid(provider, option)))
    .map((some) => ({
      path: `${path}.kind`,
      message: `"${provider.kind}" needs ${some.map((option) => SPELLED[option]).join(' or ')}`,
    }));
  const options = Object.keys(SPELLED) as Optional[]; // the table has every one of them
  const ignored = options
    .filter((option) => isSaid(provider, option) && !takes.includes(option))
    .map((option) => ({ path: `${path}.${SPELLED[option]}`, message: `is not read with kind "${provider.kind}"` }));
  const both = isSaid(provider, 'apiKey') && isSaid(provider, 'token') && takes.includes('token');
  return [...missing, ...ignored, ...(both ? [{ path: `${path}.token`, message: 'cannot stand beside api_key' }] : [])];
}

function isSaid(provider: ProviderConfig, option: Optional): boolean {
  const value = provider[option];
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}
