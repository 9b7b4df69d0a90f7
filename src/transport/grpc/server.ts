/**
 * Owns gRPC: `turnpike.v1.DecisionService`, `turnpike.v1.Gateway`, `turnpike.v1.Reports`, standard health and reflection, on one port.
 * May import core, the flows it serves and its own room; holds no rule of business.
 * Fails closed: what cannot be read or decided ends with a status from the one table in status.ts, never with an allow,
 * and the server goes on. A drain is bounded: what still runs after it is cut.
 */
import { logVerbosity, Server, type ServerOptions, setLogVerbosity } from '@grpc/grpc-js';
import { Failure } from '../../core/failure.ts';
import type { CostReports } from '../../flows/cost-reports.ts';
import type { Flows } from '../../flows/flows.ts';
import type { Gateway } from '../../flows/gateway.ts';
import type { Transport } from '../transport.ts';
import { type AnyCall, arrivalOf } from './arrival.ts';
import { type ServerSecurity, serverCredentials } from './certificate.ts';
import { createCostReportHandlers } from './cost-reports.ts';
import { createGenerateHandlers } from './generate.ts';
import { createHealth } from './health.ts';
import { addReflection } from './reflection.ts';
import { GATEWAY_METHODS, type Method, REPORTS_METHODS, SERVER_METHODS } from './service.ts';
import { createStreamHandler } from './stream.ts';
import { createUnaryHandlers } from './unary.ts';
import { GATEWAY_FILE, GATEWAY_NAME, REPORTS_FILE, REPORTS_NAME, SERVICE_FILE, SERVICE_NAME } from './wire.ts';

export interface GrpcOptions {
  /** Host name or address, IPv6 without brackets; default `127.0.0.1`. */
  readonly host?: string;
  /** Default 9191; 0 takes a free one. */
  readonly port?: number;
  /** Default insecure, which is for loopback. */
  readonly security?: ServerSecurity;
  /** Largest message read, in bytes; default 1 MiB. A larger one is refused with RESOURCE_EXHAUSTED. */
  readonly maxReceiveBytes?: number;
  /** Largest message sent, in bytes; default 4 MiB. */
  readonly maxSendBytes?: number;
  /** Calls at once on one connection; default 1,024. */
  readonly maxConcurrentStreams?: number;
  /** Requests of one DecideStream that are read and not yet answered, at most; default 64. */
  readonly streamMaxInFlight?: number;
  /** Ping after this many milliseconds of silence; default 60,000. */
  readonly keepaliveTimeMs?: number;
  /** Close when a ping is not answered within; default 20,000. */
  readonly keepaliveTimeoutMs?: number;
  /** Close connections without calls after; default never. */
  readonly maxConnectionIdleMs?: number;
  /** Ask clients to reconnect after, so that load spreads; default never. */
  readonly maxConnectionAgeMs?: number;
  /** Answers model calls; without it there is no service for them. */
  readonly gateway?: Gateway;
  /** Reports of cost; without them there is no service for them. */
  readonly costReports?: CostReports;
  /** Serve reflection (v1 and v1alpha); default true. */
  readonly reflection?: boolean;
}

/** @throws Failure `config_invalid` when certificate, key or client CA do not load */
export function createGrpcTransport(flows: Flows, options: GrpcOptions = {}): Transport {
  const { host = '127.0.0.1', port = 9191, security = { kind: 'insecure' } } = options;
  const credentials = serverCredentials(security);
  const mutualTls = security.kind === 'tls' && security.clientCaPem !== undefined;
  const arrive = (call: AnyCall, method: Method) => arrivalOf(call, method, mutualTls);

  const server = new Server(serverOptions(options));
  const unary = createUnaryHandlers(flows, arrive);
  const stream = createStreamHandler(flows, arrive, { maxInFlight: options.streamMaxInFlight ?? 64 });
  server.addService(SERVER_METHODS, { ...unary, DecideStream: stream.handle });
  const { gateway, costReports } = options;
  if (gateway !== undefined) server.addService(GATEWAY_METHODS, { ...createGenerateHandlers(gateway, arrive) });
  if (costReports !== undefined)
    server.addService(REPORTS_METHODS, { ...createCostReportHandlers(costReports, arrive) });
  const services = [
    { name: SERVICE_NAME, file: SERVICE_FILE },
    ...(gateway === undefined ? [] : [{ name: GATEWAY_NAME, file: GATEWAY_FILE }]),
    ...(costReports === undefined ? [] : [{ name: REPORTS_NAME, file: REPORTS_FILE }]),
  ];
  const health = createHealth(
    services.map(({ name }) => name),
    () => flows.status().kind !== 'never_activated',
  );
  health.addTo(server);
  if (options.reflection ?? true)
    addReflection(
      server,
      services.map(({ file }) => file),
    );

  const authority = host.includes(':') ? `[${host}]` : host;
  let address: string | undefined;

  return {
    name: 'grpc',
    async start() {
      const asked = `${authority}:${port}`;
      // The library also writes why it cannot bind to stderr, where the failure below says it better.
      if (process.env['GRPC_VERBOSITY'] === undefined) setLogVerbosity(logVerbosity.NONE);
      const boundPort = await new Promise<number>((resolve, reject) => {
        server.bindAsync(asked, credentials, (error, bound) => {
          if (error === null) resolve(bound);
          else reject(bindFailure(asked, error));
        });
      });
      address = `${authority}:${boundPort}`;
      return address;
    },
    async drain(timeoutMs) {
      health.drain();
      stream.drain();
      // The library's forceShutdown forgets connections while channelz is off; its drain cuts them after the bound. It
      // has to be told first: tryShutdown closes the connections, and drain then takes them for gone.
      if (address !== undefined) server.drain(address, timeoutMs);
      const finished = new Promise<void>((resolve) => {
        server.tryShutdown(() => resolve());
      });
      let timer: NodeJS.Timeout | undefined;
      const cut = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, timeoutMs);
      });
      await Promise.race([finished, cut]);
      clearTimeout(timer);
    },
  };
}

function serverOptions(options: GrpcOptions): ServerOptions {
  return {
    'grpc.max_receive_message_length': options.maxReceiveBytes ?? 1_048_576,
    'grpc.max_send_message_length': options.maxSendBytes ?? 4_194_304,
    'grpc.max_concurrent_streams': options.maxConcurrentStreams ?? 1024,
    'grpc.keepalive_time_ms': options.keepaliveTimeMs ?? 60_000,
    'grpc.keepalive_timeout_ms': options.keepaliveTimeoutMs ?? 20_000,
    ...(options.maxConnectionIdleMs === undefined
      ? undefined
      : { 'grpc.max_connection_idle_ms': options.maxConnectionIdleMs }),
    ...(options.maxConnectionAgeMs === undefined
      ? undefined
      : { 'grpc.max_connection_age_ms': options.maxConnectionAgeMs, 'grpc.max_connection_age_grace_ms': 30_000 }),
    'grpc.enable_channelz': 0,
  };
}

/** The library tells why only in words. */
function bindFailure(address: string, cause: Error): Failure {
  if (cause.message.includes('EADDRINUSE')) {
    return new Failure('address_in_use', `grpc: ${address} is in use by another process`, { cause });
  }
  return new Failure('config_invalid', `grpc: cannot listen on ${address}: ${cause.message}`, { cause });
}
