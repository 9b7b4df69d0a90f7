/**
 * Owns the making of providers: one for every vendor that is configured, found by its name. May import core, the
 * executor's port and every folder here. It fails at the start, with every fault at once: a kind without what it needs,
 * a variable that is not set.
 */
import { readFileSync } from 'node:fs';
import { Failure, type Fault } from '../core/failure.ts';
import type { Provider, Providers } from '../executor/provider.ts';
import { createHttpClient } from './http/http-client.ts';
import type { HttpClient } from './http/http-exchange.ts';
import { createHttpProvider } from './http-provider.ts';
import type { ProviderOptions } from './provider-options.ts';
import { createSimulatedProvider } from './simulated/simulated.ts';
import { baseUrlOf, createVendor, type VendorDependencies, type VendorOptions } from './vendors.ts';

export interface ProvidersOptions {
  /** What a target gets whose provider is not in the list. */
  readonly unconfigured: 'refuse' | 'simulated';
  readonly list: readonly ProviderOptions[];
}

export type ProvidersDependencies = Omit<VendorDependencies, 'client'>;

/** Where the requests of a provider go. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface OpenProviders extends Providers {
  /** Undefined: nowhere, it is simulated. */
  addressOf(provider: string): ServerAddress | undefined;
  /** Gives up what runs, and every connection. */
  close(): Promise<void>;
}

/** @throws Failure `config_invalid` with every fault */
export function createProviders(options: ProvidersOptions, dependencies: ProvidersDependencies): OpenProviders {
  const byName = new Map<string, Provider>();
  const addresses = new Map<string, ServerAddress>();
  const clients: HttpClient[] = [];
  const faults: Fault[] = [];
  for (const one of options.list) {
    try {
      if (one.kind === 'simulated') {
        byName.set(one.name, createSimulatedProvider());
        continue;
      }
      const options = { ...one, kind: one.kind };
      byName.set(one.name, createProvider(options, clients, dependencies));
      addresses.set(one.name, addressIn(baseUrlOf(options)));
    } catch (reason) {
      if (!(reason instanceof Failure)) throw reason;
      faults.push({ at: `provider ${one.name}`, message: reason.message });
    }
  }
  const [first] = faults;
  if (first !== undefined) {
    void closeAll(clients);
    const message = faults.length === 1 ? first.message : `providers: ${faults.length} faults`;
    throw new Failure('config_invalid', message, { faults });
  }
  const otherwise = options.unconfigured === 'simulated' ? createSimulatedProvider() : undefined;
  return {
    find: (name) => byName.get(name) ?? otherwise,
    addressOf: (name) => addresses.get(name),
    close: () => closeAll(clients),
  };
}

function createProvider(options: VendorOptions, clients: HttpClient[], dependencies: ProvidersDependencies): Provider {
  const { caFile, maxConnections, maxReplyBytes } = options;
  const client = createHttpClient({
    maxConnections,
    ...(caFile === undefined ? undefined : { caPem: [readPem(options.name, caFile)] }),
  });
  clients.push(client);
  const vendor = createVendor(options, { ...dependencies, client });
  return createHttpProvider(vendor, client, {
    headers: options.headers.flatMap(({ name, value }) => [name, value]),
    maxReplyBytes,
  });
}

function addressIn({ origin }: { readonly origin: string }): ServerAddress {
  const { hostname, port, protocol } = new URL(origin);
  return { host: hostname, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new Failure('config_invalid', `${name}: the authorities in ${path} cannot be read`);
  }
}

async function closeAll(clients: readonly HttpClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}
