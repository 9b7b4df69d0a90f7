/**
 * Owns the wiring: the one file that knows every room, from configuration to a server that can be started and drained.
 * May import anything. Fails before anything listens; what was opened by then is closed.
 */
import { readFileSync } from 'node:fs';
import { status as grpcStatus } from '@grpc/grpc-js';
import { type Link, NO_LINK } from './cluster/link.ts';
import { redisPlace } from './compose-accounts.ts';
import { composeEngine } from './compose-engine.ts';
import { composeFrontDoors } from './compose-front-doors.ts';
import { composeExecutor, composeGateway } from './compose-gateway.ts';
import { composeHealth } from './compose-health.ts';
import { composeIdentity } from './compose-identity.ts';
import { type ComposedMoney, composeMoney } from './compose-money.ts';
import type { Config, GrpcConfig, HttpConfig, TelemetryConfig, TlsConfig } from './config/config.ts';
import { uuidv7 } from './core/id.ts';
import type { PriceBook } from './core/price-card.ts';
import { type PolicyStatus, pricesOf } from './engine/active-policy.ts';
import { SYSTEM_CLOCK, SYSTEM_RANDOM } from './engine/clock.ts';
import type { Engine } from './engine/engine.ts';
import type { Executor } from './executor/execution.ts';
import type { ExecutorOptions } from './executor/executor.ts';
import { type CostReports, createCostReports } from './flows/cost-reports.ts';
import { createDecideFlow } from './flows/decide.ts';
import { createDecisionHolds } from './flows/decision-holds.ts';
import type { Flows } from './flows/flows.ts';
import type { Gateway } from './flows/gateway.ts';
import type { Identity } from './flows/identity.ts';
import type { Observer } from './flows/observer.ts';
import { createQueryFlow } from './flows/query.ts';
import { createRecentDecisions, type RecentDecisions } from './flows/recent-decisions.ts';
import { createReportFlow } from './flows/report.ts';
import type { CompilerProgress } from './policy/compiler/artifact.ts';
import type { Activation } from './policy/lifecycle.ts';
import { createProviders } from './providers/create.ts';
import { createReportSource } from './reports/source.ts';
import { readFactsFile } from './state/facts-file.ts';
import type { Metric } from './telemetry/metrics.ts';
import { startTelemetry, type Telemetry } from './telemetry/sdk.ts';
import { createGrpcTransport } from './transport/grpc/server.ts';
import { grpcStatusOf } from './transport/grpc/status.ts';
import { statusOf } from './transport/http/problem.ts';
import { createHttpTransport } from './transport/http/server.ts';
import type { Transport } from './transport/transport.ts';

/** What the process gives. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Version of the product, for telemetry. */
  readonly version: string;
  /** Told while the compiler is brought or built. */
  readonly onCompilerProgress?: (progress: CompilerProgress) => void;
  /** To the other workers of a cluster; default: there are none. */
  readonly link?: Link;
  /** Told, rarely, when something was lost that nobody waits for. */
  readonly warn?: (message: string) => void;
  /** Where alerts are written; default standard error. */
  readonly log?: { write(text: string): unknown };
  /** How breakers, back-off and throughput are set; default: as for servers. */
  readonly executor?: Partial<ExecutorOptions>;
}

export interface Server {
  readonly flows: Flows;
  /** Brings the newest policy in; the one that serves goes on where that fails. */
  activate(): Promise<Activation>;
  /** Starts every listener; @returns its address by name of transport */
  start(): Promise<ReadonlyMap<string, string>>;
  /** Stops accepting, finishes what runs within the bound of the configuration, flushes, closes. */
  drain(): Promise<void>;
}

export async function compose(config: Config, host: Host): Promise<Server> {
  const status = (): PolicyStatus => lifecycle.status();
  const providers = createProviders(config.providers, { env: host.env, nowMs: SYSTEM_CLOCK.nowMs });
  const executor = composeExecutor(providers, status, config.transports.http.maxInFlight, host.executor);
  const warn = host.warn ?? (() => undefined);
  const health = composeHealth(executor, host.link ?? NO_LINK, await redisPlace(config.accounts, host.env, warn));
  const log = host.log ?? process.stderr;
  const books = await composeMoney(config, { env: host.env, status, warn, log, link: host.link });
  const { engine, lifecycle } = composeEngine(
    {
      health: health.read,
      money: books.facts,
      source: config.policy.source,
      entrypoint: config.policy.entrypoint,
      revision: config.policy.revision,
      maxAgeMs: config.policy.maxAgeMs,
      evaluator: config.engine.evaluator,
      fuel: config.engine.fuel,
      memoryMaxBytes: config.engine.memoryMaxMib * 1024 ** 2,
      inputMaxBytes: config.engine.inputMaxBytes,
      timeZone: config.engine.timeZone,
      facts: config.facts.file === undefined ? undefined : readFactsFile(config.facts.file),
    },
    { onCompilerProgress: host.onCompilerProgress },
  );
  const telemetry = await startTelemetry(telemetryOptions(config.telemetry, host.version), host.env, {
    status: WIRE_STATUS,
    serverOf: providers.addressOf,
    policy: status,
    targets: health.read,
    ...othersOf(host.link),
    ...(host.warn === undefined ? {} : { warn: host.warn }),
  });
  const { identity, close: closeIdentity } = composeIdentity(config.identity, host);
  const recent = createRecentDecisions();
  host.link?.onQuestion(METRICS, () => telemetry.own());
  const { observer } = telemetry;
  const flows = composeFlows({
    engine,
    identity,
    observer,
    recent,
    status,
    rate: executor.rate,
    books,
    decideHolds: config.accounts.decideHolds,
  });
  const gateway = composeGateway({ identity, engine, executor, observer, recent, status, money: books.money });
  const costReports = composeCostReports(config.reports, books, { identity, observer });
  const transports = composeTransports(config, flows, gateway, costReports, telemetry);

  return {
    flows,
    activate: () => lifecycle.activate(),
    async start() {
      const addresses = new Map<string, string>();
      try {
        for (const transport of transports) addresses.set(transport.name, await transport.start());
      } catch (reason) {
        await Promise.all(transports.map((transport) => transport.drain(0)));
        throw reason;
      }
      return addresses;
    },
    async drain() {
      const { drainMs } = config.shutdown;
      await Promise.all(transports.map((transport) => transport.drain(drainMs)));
      await books.close();
      await telemetry.shutdown(TELEMETRY_FLUSH_MS);
      closeIdentity();
      health.close();
      await providers.close();
      lifecycle.close();
    },
  };
}

const TELEMETRY_FLUSH_MS = 5_000;
const METRICS = 'metrics';

/** Workers of one version answer with what `Telemetry.own` gives. */
function othersOf(link: Link | undefined): Pick<Parameters<typeof startTelemetry>[2] & object, 'others'> {
  return link === undefined ? {} : { others: async () => (await link.ask(METRICS)) as readonly (readonly Metric[])[] };
}

interface FlowParts {
  readonly engine: Engine;
  readonly identity: Identity;
  readonly observer: Observer;
  readonly recent: RecentDecisions;
  readonly status: () => PolicyStatus;
  readonly rate: Executor['rate'];
  readonly books: Pick<ComposedMoney, 'money' | 'decisions'>;
  /** Whether decisions hold money for those who make their calls themselves. */
  readonly decideHolds: boolean;
}

function composeFlows({ engine, identity, observer, recent, status, rate, books, decideHolds }: FlowParts): Flows {
  const clock = SYSTEM_CLOCK;
  const { money, decisions } = books;
  const prices = (): PriceBook => pricesOf(status());
  const holds = money === undefined ? undefined : createDecisionHolds({ money, decisions, clock, prices });
  const openSession = createDecideFlow({
    identity,
    engine,
    observer,
    recent,
    clock,
    holds: decideHolds ? holds : undefined,
  });
  const nextId = (): string => {
    const bytes = new Uint8Array(10);
    SYSTEM_RANDOM.fill(bytes);
    return uuidv7(clock.nowMs(), bytes);
  };
  return {
    openSession,
    query: createQueryFlow({ identity, engine, observer, openSession, status, nextId }),
    report: createReportFlow({ identity, observer, recent, clock, status, rate, holds }),
    status,
  };
}

/** Without a ledger there is nothing to report. */
function composeCostReports(
  { roles, timeZone }: Config['reports'],
  { reader, budgets, budgetStates }: ComposedMoney,
  { identity, observer }: Pick<FlowParts, 'identity' | 'observer'>,
): CostReports | undefined {
  if (reader === undefined) return undefined;
  const source = createReportSource({ reader, timeZone, nowMs: SYSTEM_CLOCK.nowMs, budgets, budgetStates });
  return createCostReports({ identity, observer, source, roles });
}

function composeTransports(
  config: Config,
  flows: Flows,
  gateway: Gateway,
  costReports: CostReports | undefined,
  telemetry: Telemetry,
): readonly Transport[] {
  const { grpc, http } = config.transports;
  const reports = costReports === undefined ? {} : { costReports };
  return [
    ...(grpc.enabled ? [createGrpcTransport(flows, { ...grpcOptions(grpc), gateway, ...reports })] : []),
    ...(http.enabled ? [createHttpTransport(flows, { ...httpOptions(http, gateway, telemetry), ...reports })] : []),
  ];
}

function grpcOptions({
  enabled: _enabled,
  tls,
  maxMessageBytes,
  ...rest
}: GrpcConfig): Parameters<typeof createGrpcTransport>[1] {
  const pem = readTls(tls);
  return {
    ...rest,
    maxReceiveBytes: maxMessageBytes,
    security: pem === undefined ? { kind: 'insecure' } : { kind: 'tls', ...pem },
  };
}

function httpOptions(
  { enabled: _enabled, tls, maxModelBodyBytes, ...rest }: HttpConfig,
  gateway: Gateway,
  telemetry: Telemetry,
): Parameters<typeof createHttpTransport>[1] {
  const pem = readTls(tls);
  return {
    ...rest,
    ...(pem === undefined ? {} : { tls: pem }),
    metrics: () => telemetry.metrics(),
    nowMs: SYSTEM_CLOCK.nowMs,
    modelRoutes: composeFrontDoors(gateway, { maxBodyBytes: maxModelBodyBytes, nowMs: SYSTEM_CLOCK.nowMs }),
  };
}

/** `none` is left to the `OTEL_*` variables; `/metrics` is there whatever is pushed. */
function telemetryOptions(
  { serviceName, traces, metrics, tags }: TelemetryConfig,
  version: string,
): Parameters<typeof startTelemetry>[0] {
  return {
    serviceName,
    tags,
    version,
    ...(traces === 'otlp' ? { traces } : {}),
    ...(metrics === 'otlp' ? { metrics } : {}),
  };
}

interface Pem {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly clientCaPem?: string;
}

/** The configuration was checked: a certificate has its key. */
function readTls(tls: TlsConfig | undefined): Pem | undefined {
  if (tls?.certFile === undefined || tls.keyFile === undefined) return undefined;
  return {
    certificatePem: readFileSync(tls.certFile, 'utf8'),
    keyPem: readFileSync(tls.keyFile, 'utf8'),
    ...(tls.clientCaFile === undefined ? {} : { clientCaPem: readFileSync(tls.clientCaFile, 'utf8') }),
  };
}

const WIRE_STATUS = {
  http: (code: Parameters<typeof statusOf>[0] | undefined): number => (code === undefined ? 200 : statusOf(code)),
  grpc: (code: Parameters<typeof grpcStatusOf>[0] | undefined): string =>
    code === undefined ? 'OK' : (grpcStatus[grpcStatusOf(code)] ?? 'UNKNOWN'),
};
