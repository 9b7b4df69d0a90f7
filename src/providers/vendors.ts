/** The kinds of vendors, and what each is made of. */
import { Failure } from '../core/failure.ts';
import { ANTHROPIC_URL, ANTHROPIC_VERSION, createAnthropicVendor } from './anthropic/anthropic.ts';
import { AZURE_KEY, createAzureVendor } from './azure/azure.ts';
import { type BaseUrl, parseBaseUrl } from './base-url.ts';
import { createAwsCredentials } from './bedrock/aws-credentials.ts';
import { createAwsIdentitySource, loadAwsChain } from './bedrock/aws-identity.ts';
import { bedrockUrl, createBedrockVendor } from './bedrock/bedrock.ts';
import { createCompatibleVendor } from './compatible/compatible.ts';
import { PLAIN, PRESETS, type Preset } from './compatible/presets.ts';
import { BEARER, createKeyCredentials, type KeyHeader, NO_CREDENTIALS } from './credentials.ts';
import { createGeminiVendor, GEMINI_KEY, GEMINI_URL } from './gemini/gemini.ts';
import type { HttpClient } from './http/http-exchange.ts';
import { createOpenAiVendor, OPENAI_URL } from './openai/openai.ts';
import type { ProviderKind, ProviderOptions } from './provider-options.ts';
import { createSecretSource, type SecretDependencies } from './secrets.ts';
import type { Credentials, Vendor } from './vendor.ts';
import { createTokenCredentials } from './vertex/access-token.ts';
import { tokenByFile, tokenByMetadata } from './vertex/google-token.ts';
import { createVertexVendor, vertexUrl } from './vertex/vertex.ts';

export interface VendorDependencies extends SecretDependencies {
  /** For credentials that are fetched from somewhere. */
  readonly client: HttpClient;
}

/** What is behind HTTP. */
export interface VendorOptions extends ProviderOptions {
  readonly kind: Exclude<ProviderKind, 'simulated'>;
}

/** Where its requests go: what is configured, or the vendor's own. @throws Failure `config_invalid` */
export function baseUrlOf(options: VendorOptions): BaseUrl {
  const { name, baseUrl, kind } = options;
  return parseBaseUrl(name, needed(name, 'base_url', baseUrl ?? standardUrl(kind, options)));
}

function standardUrl(kind: VendorOptions['kind'], options: VendorOptions): string | undefined {
  switch (kind) {
    case 'openai':
      return OPENAI_URL;
    case 'anthropic':
      return ANTHROPIC_URL;
    case 'gemini':
      return GEMINI_URL;
    case 'vertex':
      return vertexUrl(needed(options.name, 'location', options.location));
    case 'bedrock':
      return bedrockUrl(needed(options.name, 'region', options.region));
    case 'compatible':
      return presetOf(options)?.url;
    case 'azure':
      return undefined;
  }
}

/** @throws Failure `config_invalid` */
export function createVendor(options: VendorOptions, dependencies: VendorDependencies): Vendor {
  const baseUrl = baseUrlOf(options);
  const keyed = (header: KeyHeader): Credentials => keyCredentials(options, header, dependencies);
  switch (options.kind) {
    case 'openai':
      return createOpenAiVendor({ baseUrl, credentials: keyed(BEARER) });
    case 'azure':
      return createAzureVendor({
        baseUrl,
        apiVersion: options.apiVersion,
        deployments: new Map(options.deployments.map(({ model, deployment }) => [model, deployment])),
        credentials: keyed(AZURE_KEY),
      });
    case 'anthropic':
      return createAnthropicVendor({
        baseUrl,
        apiVersion: options.apiVersion ?? ANTHROPIC_VERSION,
        credentials: keyed({ name: 'x-api-key', scheme: '' }),
      });
    case 'gemini':
      return createGeminiVendor({ baseUrl, credentials: keyed(GEMINI_KEY) });
    case 'vertex':
      return createVertex(options, dependencies);
    case 'bedrock':
      return createBedrock(options, dependencies);
    case 'compatible':
      return createCompatible(options, dependencies);
  }
}

/** A token goes into `authorization`, a key where the vendor wants it. */
function keyCredentials(
  { name, apiKey, token }: ProviderOptions,
  header: KeyHeader,
  dependencies: SecretDependencies,
): Credentials {
  if (token !== undefined) {
    return createKeyCredentials(createSecretSource(`the token of ${name}`, token, dependencies), BEARER);
  }
  const reference = needed(name, 'api_key', apiKey);
  return createKeyCredentials(createSecretSource(`the api_key of ${name}`, reference, dependencies), header);
}

function createVertex(options: VendorOptions, { client, env, nowMs }: VendorDependencies): Vendor {
  const { name } = options;
  const location = needed(name, 'location', options.location);
  const file = env['GOOGLE_APPLICATION_CREDENTIALS'];
  const fetch = () =>
    file === undefined || file === ''
      ? tokenByMetadata(env['GCE_METADATA_HOST'] ?? 'metadata.google.internal', { client, nowMs })
      : tokenByFile(file, { client, nowMs });
  return createVertexVendor({
    baseUrl: baseUrlOf(options),
    project: needed(name, 'project', options.project),
    location,
    credentials:
      options.token === undefined
        ? createTokenCredentials({ fetch, nowMs })
        : keyCredentials(options, BEARER, { env, nowMs }),
  });
}

function createBedrock(options: VendorOptions, dependencies: VendorDependencies): Vendor {
  const region = needed(options.name, 'region', options.region);
  const { env, nowMs } = dependencies;
  // AWS's own clients read this variable before everything else; a profile that was named means that profile.
  const isBearer = options.profile === undefined && (env[AWS_BEARER] ?? '') !== '';
  const apiKey = options.apiKey ?? (isBearer ? `env:${AWS_BEARER}` : undefined);
  const identities = () => createAwsIdentitySource({ loadChain: () => loadAwsChain(options.profile), nowMs });
  return createBedrockVendor({
    baseUrl: baseUrlOf(options),
    credentials:
      apiKey === undefined
        ? createAwsCredentials({ region }, { identities: identities(), nowMs })
        : keyCredentials({ ...options, apiKey }, BEARER, dependencies),
  });
}

const AWS_BEARER = 'AWS_BEARER_TOKEN_BEDROCK';

function presetOf({ name, preset: wanted }: ProviderOptions): Preset | undefined {
  const preset = wanted === undefined ? undefined : PRESETS.get(wanted);
  if (wanted !== undefined && preset === undefined) {
    throw new Failure('config_invalid', `${name}: no preset "${wanted}"; there are ${[...PRESETS.keys()].join(', ')}`);
  }
  return preset;
}

function createCompatible(options: VendorOptions, dependencies: VendorDependencies): Vendor {
  return createCompatibleVendor({
    baseUrl: baseUrlOf(options),
    habits: presetOf(options) ?? PLAIN,
    credentials: options.apiKey === undefined ? NO_CREDENTIALS : keyCredentials(options, BEARER, dependencies),
  });
}

function needed(name: string, option: string, value: string | undefined): string {
  if (value === undefined) throw new Failure('config_invalid', `${name}: ${option} is missing`);
  return value;
}
