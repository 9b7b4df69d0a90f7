/**
 * Azure OpenAI. Without a version of the API it is spoken to as `/openai/v1`, which names the deployment in the body;
 * with one, deployments stand in the path. Source: https://learn.microsoft.com/azure/ai-foundry/openai/reference and
 * "Azure OpenAI in Azure AI Foundry Models API lifecycle".
 */
import type { BaseUrl } from '../base-url.ts';
import type { KeyHeader } from '../credentials.ts';
import { OPENAI_CHAT, OPENAI_RESPONSES } from '../openai/openai.ts';
import { createOpenAiApi, type Endpoint } from '../openai/openai-api.ts';
import type { Credentials, Vendor } from '../vendor.ts';

export interface AzureOptions {
  /** Of the resource, such as `https://example.openai.azure.com`. */
  readonly baseUrl: BaseUrl;
  readonly apiVersion: string | undefined;
  /** By model; a model that is not here is a deployment of its own name. */
  readonly deployments: ReadonlyMap<string, string>;
  readonly credentials: Credentials;
}

export const AZURE_KEY: KeyHeader = { name: 'api-key', scheme: '' };

export function createAzureVendor({ baseUrl, apiVersion, deployments, credentials }: AzureOptions): Vendor {
  const { origin } = baseUrl;
  const root = `${baseUrl.prefix.replace(/\/openai(?:\/v1)?$/, '')}/openai`;
  const nameOf = (model: string): string => deployments.get(model) ?? model;
  const pathOf = (endpoint: Endpoint, model: string): string => {
    if (apiVersion === undefined) return `${root}/v1/${endpoint}`;
    const query = `?api-version=${encodeURIComponent(apiVersion)}`;
    if (endpoint === 'responses') return `${root}/${endpoint}${query}`;
    return `${root}/deployments/${encodeURIComponent(nameOf(model))}/${endpoint}${query}`;
  };
  return createOpenAiApi({
    credentials,
    chat: OPENAI_CHAT,
    ...(hasResponses(apiVersion) ? { responses: OPENAI_RESPONSES } : undefined),
    where: (endpoint, model) => ({ origin, path: pathOf(endpoint, model) }),
    nameOf,
  });
}

/** The first version of the API that has responses; versions are dates, and some end in `-preview`. */
const FIRST_WITH_RESPONSES = '2025-03-01';

const hasResponses = (apiVersion: string | undefined): boolean =>
  apiVersion === undefined || apiVersion >= FIRST_WITH_RESPONSES;
