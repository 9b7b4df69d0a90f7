/** Rules between options. A rule whose options were found faulty already is not asked. */
import { OPERATIONS } from '../core/call.ts';
import type { Config, IssuerConfig } from './config.ts';
import { providerBreaches } from './provider-rules.ts';

export interface Rule {
  /** Options, as files spell them, that the rule reads; a fault stands at the first of them that was said. */
  readonly reads: readonly string[];
  /** @returns the sentence of each breach, with the option that it is told of */
  readonly check: (config: Config) => readonly Breach[];
}

export interface Breach {
  readonly path: string;
  readonly message: string;
}

export const RULES: readonly Rule[] = [
  {
    reads: ['identity.mode', 'transports.grpc', 'transports.http'],
    check: (config) =>
      config.identity.mode !== 'none'
        ? []
        : listeners(config)
            .filter(({ host }) => !isLoopback(host))
            .map(({ name, host }) => ({
              path: 'identity.mode',
              message: `"none" is allowed only where every listener is on a loopback address, and transports.${name}.host is "${host}"`,
            })),
  },
  {
    reads: ['identity'],
    check: ({ identity }) => {
      const credentials = identity.keys.length + identity.issuers.length + identity.certificates.length;
      // A file of keys may be empty: keys are made while the server runs.
      if (identity.mode === 'keys' && credentials === 0 && identity.keysFile === undefined) {
        const message = '"keys" needs one of identity.keys, keys_file, issuers and certificates';
        return [{ path: 'identity.mode', message }];
      }
      if (identity.mode === 'none' && credentials > 0) {
        return [{ path: 'identity.mode', message: '"none" would ignore the keys and certificates given here' }];
      }
      if (identity.mode === 'keys' && identity.anonymous !== undefined) {
        return [{ path: 'identity.anonymous', message: 'is read only with identity.mode "none"' }];
      }
      return [];
    },
  },
  {
    reads: ['identity.issuers'],
    check: ({ identity }) =>
      identity.issuers.flatMap((issuer, index) => issuerBreaches(issuer, `identity.issuers.${index}`)),
  },
  {
    reads: ['identity.keys'],
    check: ({ identity }) =>
      identity.keys.flatMap((key, index) =>
        (key.operations ?? [])
          .filter((operation) => !OPERATIONS.some((known) => known === operation))
          .map((operation) => ({
            path: `identity.keys.${index}.operations`,
            message: `"${operation}" is none of ${OPERATIONS.join(', ')}`,
          })),
      ),
  },
  {
    reads: ['identity.keys', 'identity.certificates'],
    check: ({ identity }) => [
      ...repeated(
        'identity.keys',
        'id',
        identity.keys.map((key) => key.id),
      ),
      ...repeated(
        'identity.keys',
        'hash',
        identity.keys.map((key) => key.hash),
        'the hash of another key',
      ),
      ...repeated(
        'identity.certificates',
        'subject',
        identity.certificates.map((one) => one.subject),
      ),
    ],
  },
  {
    reads: ['identity.certificates', 'transports.grpc', 'transports.http'],
    check: (config) =>
      config.identity.certificates.length === 0 || listeners(config).some(({ tls }) => tls?.clientCaFile !== undefined)
        ? []
        : [{ path: 'identity.certificates', message: 'needs a listener with tls.client_ca_file' }],
  },
  {
    reads: ['providers'],
    check: ({ providers }) => [
      ...repeated(
        'providers.list',
        'name',
        providers.list.map(({ name }) => name),
      ),
      ...providers.list.flatMap((provider, index) => providerBreaches(provider, `providers.list.${index}`)),
    ],
  },
  {
    reads: ['facts'],
    check: ({ facts }) => {
      if (facts.source === 'file' && facts.file === undefined) {
        return [{ path: 'facts.source', message: '"file" needs facts.file' }];
      }
      if (facts.source === 'request' && facts.file !== undefined) {
        return [{ path: 'facts.file', message: 'is read only with facts.source "file"' }];
      }
      return [];
    },
  },
  {
    reads: ['accounts', 'facts', 'workers'],
    check: ({ accounts, facts }) => [
      ...needs(accounts.store === 'redis', accounts.redisUrl, 'accounts.redis_url', 'accounts.store "redis"'),
      ...(accounts.store !== 'none' && facts.source === 'file'
        ? [{ path: 'facts.source', message: '"file" cannot stand beside accounts.store: budgets would be told twice' }]
        : []),
    ],
  },
  {
    reads: ['ledger', 'alerts'],
    check: ({ ledger, alerts }) => [
      ...needs(ledger.store === 'postgres', ledger.url, 'ledger.url', 'ledger.store "postgres"'),
      ...(alerts.webhookSecret !== undefined && alerts.webhookUrl === undefined
        ? [{ path: 'alerts.webhook_secret', message: 'signs nothing without alerts.webhook_url' }]
        : []),
    ],
  },
  {
    reads: ['transports.grpc', 'transports.http'],
    check: (config) => {
      const all = listeners(config);
      if (all.length === 0) return [{ path: 'transports', message: 'at least one of grpc and http must be enabled' }];
      const { grpc, http } = config.transports;
      const collide = all.length === 2 && grpc.port !== 0 && grpc.port === http.port && grpc.host === http.host;
      return collide
        ? [{ path: 'transports.http.port', message: `${http.port} is the port of transports.grpc too` }]
        : [];
    },
  },
  {
    reads: ['telemetry.metrics', 'transports.http.enabled'],
    check: ({ telemetry, transports }) =>
      telemetry.metrics === 'prometheus' && !transports.http.enabled
        ? [{ path: 'telemetry.metrics', message: '"prometheus" is served by transports.http, which is not enabled' }]
        : [],
  },
  {
    reads: ['engine.time_zone', 'reports.time_zone'],
    check: ({ engine, reports }) => [
      ...zone(engine.timeZone, 'engine.time_zone'),
      ...zone(reports.timeZone, 'reports.time_zone'),
    ],
  },
];

/** A place that is said exactly where something uses it. */
function needs(used: boolean, value: string | undefined, path: string, user: string): readonly Breach[] {
  if (used === (value !== undefined)) return [];
  return [{ path, message: used ? `${user} needs it` : `is read only with ${user}` }];
}

const zone = (name: string, path: string): readonly Breach[] =>
  isTimeZone(name) ? [] : [{ path, message: `must be the IANA name of a time zone (actual: "${name}")` }];

/** Addresses that nobody outside this machine can reach. */
export function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '').toLowerCase();
  return plain === 'localhost' || plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

function listeners(config: Config) {
  const { grpc, http } = config.transports;
  return [
    { name: 'grpc', ...grpc },
    { name: 'http', ...http },
  ].filter(({ enabled }) => enabled);
}

/** Keys over plain http could be anybody's. */
function issuerBreaches({ issuer, audiences, jwksUrl, jwksFile }: IssuerConfig, path: string): readonly Breach[] {
  const asked = jwksFile === undefined ? (jwksUrl ?? issuer) : undefined;
  const url = asked === undefined ? undefined : URL.parse(asked);
  const trusted =
    url === undefined || url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  return [
    ...(audiences.length === 0 ? [{ path: `${path}.audiences`, message: 'name at least one' }] : []),
    ...(jwksUrl !== undefined && jwksFile !== undefined
      ? [{ path: `${path}.jwks_file`, message: 'stands beside jwks_url; say one of them' }]
      : []),
    ...(trusted ? [] : [{ path: `${path}.issuer`, message: 'its keys must come from a file or over https' }]),
  ];
}

function repeated(list: string, field: string, values: readonly string[], shown?: string): readonly Breach[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) === index
      ? []
      : [{ path: `${list}.${index}.${field}`, message: `${shown ?? `"${value}"`} stands here twice` }],
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
