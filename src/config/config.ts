/** The configuration of a server: whole, checked, frozen. Paths are absolute. See `schema.ts` for what each does. */

export interface Config {
  readonly policy: PolicyConfig;
  readonly engine: EngineConfig;
  readonly facts: FactsConfig;
  readonly accounts: AccountsConfig;
  readonly ledger: LedgerConfig;
  readonly alerts: AlertsConfig;
  readonly reports: ReportsConfig;
  readonly identity: IdentityConfig;
  readonly providers: ProvidersConfig;
  readonly transports: { readonly grpc: GrpcConfig; readonly http: HttpConfig };
  readonly telemetry: TelemetryConfig;
  readonly shutdown: { readonly drainMs: number };
  readonly workers: number;
}

export interface PolicyConfig {
  /** Folder of Rego sources, or a bundle file. */
  readonly source: string;
  readonly entrypoint: string;
  readonly revision?: string;
  readonly maxAgeMs?: number;
}

/** `auto` is `plan` where a bundle has a plan, and `wasm` where it has none. */
export type EvaluatorKind = 'auto' | 'plan' | 'wasm' | 'sdk';

export interface EngineConfig {
  readonly evaluator: EvaluatorKind;
  readonly timeZone: string;
  readonly fuel: number;
  readonly memoryMaxMib: number;
  readonly inputMaxBytes: number;
}

export interface FactsConfig {
  readonly source: 'request' | 'file';
  readonly file?: string;
}

export interface AccountsConfig {
  readonly store: 'none' | 'memory' | 'redis';
  /** Reference, never the URL itself. */
  readonly redisUrl?: string;
  readonly keyPrefix: string;
  readonly decideHolds: boolean;
}

export interface LedgerConfig {
  readonly store: 'none' | 'sqlite' | 'postgres';
  readonly file: string;
  /** Reference, never the URL itself. */
  readonly url?: string;
  readonly synchronous: 'full' | 'normal';
}

export interface AlertsConfig {
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
}

export interface ReportsConfig {
  readonly roles: readonly string[];
  readonly timeZone: string;
}

export interface IdentityConfig {
  readonly mode: 'none' | 'keys';
  readonly keysFile?: string;
  /** Without those of the file. */
  readonly keys: readonly KeyConfig[];
  readonly issuers: readonly IssuerConfig[];
  readonly certificates: readonly CertificateConfig[];
  readonly anonymous?: FixedDimensions;
}

export interface IssuerConfig extends FixedDimensions {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly jwksUrl?: string;
  readonly jwksFile?: string;
  readonly claims?: ClaimsConfig;
  readonly clockToleranceMs: number;
}

/** Names of claims; see `identity/jwt.ts`. */
export interface ClaimsConfig {
  readonly subject: string;
  readonly team?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly roles?: string;
}

/** What a credential fixes of its caller; a dimension left out may be said by the request. */
export interface FixedDimensions {
  readonly team?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly roles?: readonly string[];
}

export interface KeyConfig extends FixedDimensions {
  readonly id: string;
  readonly hash: string;
  readonly subject: string;
  /** RFC 3339, as the next two that end in `At`. */
  readonly expiresAt?: string;
  readonly revokedAt?: string;
  readonly previousHash?: string;
  readonly previousExpiresAt?: string;
  readonly operations?: readonly string[];
  readonly models?: readonly string[];
}

export interface CertificateConfig extends FixedDimensions {
  readonly subject: string;
}

export interface ProvidersConfig {
  /** What a target gets whose provider is not in the list. */
  readonly unconfigured: 'refuse' | 'simulated';
  readonly list: readonly ProviderConfig[];
}

/** How to reach one vendor, and with which credential: always a reference, never the credential itself. */
export interface ProviderConfig {
  readonly name: string;
  readonly kind: (typeof PROVIDER_KINDS)[number];
  readonly preset?: string;
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly token?: string;
  readonly apiVersion?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly project?: string;
  readonly location?: string;
  readonly deployments: readonly { readonly model: string; readonly deployment: string }[];
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly caFile?: string;
  readonly maxConnections: number;
  readonly maxReplyBytes: number;
}

export const PROVIDER_KINDS = [
  'openai',
  'azure',
  'anthropic',
  'gemini',
  'vertex',
  'bedrock',
  'compatible',
  'simulated',
] as const;

export interface TlsConfig {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string;
}

export interface GrpcConfig {
  readonly enabled: boolean;
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsConfig;
  readonly maxMessageBytes: number;
  readonly maxConcurrentStreams: number;
  readonly keepaliveTimeMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly maxConnectionIdleMs?: number;
  readonly maxConnectionAgeMs?: number;
  readonly reflection: boolean;
}

export interface HttpConfig {
  readonly enabled: boolean;
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsConfig;
  readonly maxBodyBytes: number;
  readonly maxModelBodyBytes: number;
  readonly maxConnections: number;
  readonly maxInFlight: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepaliveTimeoutMs: number;
  /** Entry point that `POST /` answers with. */
  readonly defaultDecision: string;
}

export interface TelemetryConfig {
  readonly serviceName: string;
  readonly traces: 'none' | 'otlp';
  readonly metrics: 'none' | 'otlp' | 'prometheus';
  readonly tags: readonly string[];
}
