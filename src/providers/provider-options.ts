/** What a provider is made of: plain data, checked where it is read. */

export type ProviderKind =
  | 'openai'
  | 'azure'
  | 'anthropic'
  | 'gemini'
  | 'vertex'
  | 'bedrock'
  | 'compatible'
  | 'simulated';

export interface ProviderOptions {
  /** What stands before the first slash of a target. */
  readonly name: string;
  readonly kind: ProviderKind;
  /** Of `compatible`. */
  readonly preset?: string;
  readonly baseUrl?: string;
  /** Where the key is kept: `env:NAME`, `file:/path` or `command:program arguments`. */
  readonly apiKey?: string;
  /** Where a bearer token is kept that stands instead of a key. */
  readonly token?: string;
  readonly apiVersion?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly project?: string;
  readonly location?: string;
  readonly deployments: readonly { readonly model: string; readonly deployment: string }[];
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** PEM. */
  readonly caFile?: string;
  readonly maxConnections: number;
  readonly maxReplyBytes: number;
}
