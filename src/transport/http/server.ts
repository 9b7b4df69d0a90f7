/**
 * Owns HTTP: bytes ⇄ flows, and every bound on connections, headers, bodies and time. May import core and flows.
 * Fails closed and loud: each fault is one problem document with the status of its code, never a stack trace.
 * The way of a request: parser → connection → router → route → reply.
 */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Cancellation, type CancelSignal } from '../../core/cancellation.ts';
import { Failure } from '../../core/failure.ts';
import type { CostReports } from '../../flows/cost-reports.ts';
import type { Flows } from '../../flows/flows.ts';
import type { Transport } from '../transport.ts';
import { createConnections } from './connections.ts';
import { createCostReportRoutes } from './cost-report-routes.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { type ModelRoute, type ModelRoutes, modelPathOf } from './model-routes.ts';
import { createOpenApi } from './openapi.ts';
import { isCostReportRoute, isModelRoute, OPEN_OPERATIONS, OPERATIONS, type OperationName } from './operations.ts';
import { problemReply, type Reply } from './reply.ts';
import { declaredBytes } from './request-body.ts';
import { createRouter, type Found } from './router.ts';
import { createRoutes } from './routes.ts';
import { sendReply } from './send.ts';
import { sendStream, watchSilence } from './send-stream.ts';
import { createTlsServer, type HttpTls } from './tls.ts';

export interface HttpTransportOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Default: plain text, for loopback. */
  readonly tls?: HttpTls;
  /** What `/metrics` shows. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  /** Milliseconds since the epoch, of the same clock as the flows'. */
  readonly nowMs: () => number;
  /** The model front doors; without them there is no route that calls a model. */
  readonly modelRoutes?: ModelRoutes;
  /** Reports of cost; without them there is no route that shows any. */
  readonly costReports?: CostReports;
  /** Entry point that `POST /` asks; default `turnpike/decision`. */
  readonly defaultDecision?: string;
  /** Largest body of one question; default 256 KiB. */
  readonly maxBodyBytes?: number;
  /** Largest body of a batch; default 8 × `maxBodyBytes`. */
  readonly maxBatchBytes?: number;
  /** Largest request line and headers together; default 16 KiB. */
  readonly maxHeaderBytes?: number;
  /** Further connections are closed at once; default 10,000. */
  readonly maxConnections?: number;
  /** Further requests are refused as `overloaded`; default 2,048. */
  readonly maxInFlight?: number;
  /** Time to send the headers; default 10 s. */
  readonly headersTimeoutMs?: number;
  /** Time to send the whole request; default 30 s. */
  readonly requestTimeoutMs?: number;
  /** How long an idle connection is kept; default 65 s. */
  readonly keepaliveTimeoutMs?: number;
}

const KIB = 1024;
const MAX_HEADERS = 100;
/** How often Node looks for requests that take too long; also the slack of those timeouts. */
const TIMEOUT_CHECK_MS = 500;

/** @throws Failure `config_invalid` when the TLS material cannot be used */
export function createHttpTransport(flows: Flows, options: HttpTransportOptions): Transport {
  const { host, port, nowMs, maxBodyBytes = 256 * KIB, maxInFlight = 2048, modelRoutes, costReports } = options;
  const operations = OPERATIONS.filter(
    (name) =>
      (modelRoutes !== undefined || !isModelRoute(name)) && (costReports !== undefined || !isCostReportRoute(name)),
  );
  const routes = createRoutes(flows, {
    maxBodyBytes,
    maxBatchBytes: options.maxBatchBytes ?? 8 * maxBodyBytes,
    defaultDecision: options.defaultDecision ?? 'turnpike/decision',
    metrics: options.metrics,
    nowMs,
    openApi: createOpenApi(operations),
  });
  const reportRoutes = costReports === undefined ? undefined : createCostReportRoutes(costReports);
  const router = createRouter(routesByName(operations, routes, modelRoutes, reportRoutes));
  const connections = createConnections();
  const server = createServer(options);
  let draining = false;
  let inFlight = 0;

  const find = (method: string, url: string): Found<NamedRoute> => {
    const found = router.find(method, url);
    if (found.kind !== 'missing' || modelRoutes === undefined) return found;
    const path = modelPathOf(url);
    const asModel = path === undefined ? found : router.find(method, path);
    return asModel.kind === 'found' && isModelRoute(asModel.entry.operation) ? asModel : found;
  };

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    awaitsContinue: boolean,
    leaving: CancelSignal,
  ): Promise<Reply> => {
    try {
      if (request.headers.host === undefined && request.httpVersionMinor === 1) {
        throw new Failure('invalid_request', 'header host: missing');
      }
      const found = find(request.method ?? '', request.url ?? '');
      switch (found.kind) {
        case 'found': {
          const { path, query } = found;
          const { operation, route } = found.entry;
          if (inFlight > maxInFlight && !OPEN_OPERATIONS.has(operation)) {
            return route.refuse(new Failure('overloaded', `more than ${maxInFlight} requests are in flight`));
          }
          if (isModelRoute(operation)) watchSilence(request, response);
          return await route.answer(
            createExchange({ request, response, operation, path, query, awaitsContinue, nowMs, leaving }),
          );
        }
        case 'wrong_method': {
          const message = `method ${request.method}: not allowed here, use ${found.allow}`;
          return problemReply(new Failure('method_not_allowed', message), { allow: found.allow });
        }
        case 'missing':
          throw new Failure('not_found', 'path: no route of that name, /openapi.json lists them all');
      }
    } catch (reason) {
      return problemReply(Failure.from(reason));
    }
  };

  const serve = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void => {
    inFlight += 1;
    const leaving = new Cancellation();
    connections.began(request, response, () => {
      inFlight -= 1;
      if (!response.writableFinished) leaving.abort();
    });
    answer(request, response, awaitsContinue, leaving)
      .then((reply) => {
        const unread = !request.complete;
        const bounded = declaredBytes(request) <= maxBodyBytes && request.headers['transfer-encoding'] === undefined;
        const close = draining || (unread && awaitsContinue);
        if (reply.kind === 'stream') sendStream(response, reply, close);
        else sendReply(request, response, reply, { close, linger: unread && !bounded && !awaitsContinue });
      })
      // A reply that cannot be written is no reply: the client sees a broken connection, never half of an answer.
      .catch(() => request.socket.destroy());
  };

  if (options.tls === undefined) server.on('connection', connections.opened);
  else server.on('connection', connections.shaking).on('secureConnection', connections.opened);
  server.on('request', (request, response) => serve(request, response, false));
  server.on('checkContinue', (request, response) => serve(request, response, true));
  server.on('checkExpectation', (request, response) => {
    const failure = new Failure('invalid_request', 'header expect: only 100-continue is understood');
    sendReply(request, response, problemReply(failure, undefined, 417), { close: true, linger: false });
  });
  server.on('connect', (_request, socket) => connections.tunnelled(socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => connections.refused(error, socket));

  return {
    name: 'http',
    start: () => listen(server, host, port),
    async drain(timeoutMs) {
      if (!server.listening) return;
      draining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.cutIdle();
      const timer = setTimeout(() => connections.cutAll(), timeoutMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

interface NamedRoute {
  readonly operation: OperationName;
  readonly route: Answering;
}

type Answering = Pick<ModelRoute, 'refuse'> & { answer(exchange: Exchange): Reply | Promise<Reply> };

function routesByName(
  operations: readonly OperationName[],
  own: ReturnType<typeof createRoutes>,
  models: ModelRoutes | undefined,
  reports: ReturnType<typeof createCostReportRoutes> | undefined,
): Readonly<Record<string, NamedRoute>> {
  const entries: [OperationName, NamedRoute][] = [];
  for (const operation of operations) {
    if (isCostReportRoute(operation)) {
      if (reports !== undefined) {
        entries.push([operation, { operation, route: { answer: reports[operation], refuse: problemReply } }]);
      }
    } else if (!isModelRoute(operation)) {
      entries.push([operation, { operation, route: { answer: own[operation], refuse: problemReply } }]);
    } else if (models !== undefined) {
      entries.push([operation, { operation, route: models[operation] }]);
    }
  }
  return Object.fromEntries(entries);
}

function createServer(options: HttpTransportOptions): Server {
  const limits = {
    maxHeaderSize: options.maxHeaderBytes ?? 16 * KIB,
    headersTimeout: options.headersTimeoutMs ?? 10_000,
    requestTimeout: options.requestTimeoutMs ?? 30_000,
    keepAliveTimeout: options.keepaliveTimeoutMs ?? 65_000,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    noDelay: true,
    // Node would answer a missing host without a body; `answer` says it as a problem.
    requireHostHeader: false,
  };
  const server = options.tls === undefined ? createHttpServer(limits) : createTlsServer(options.tls, limits);
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = options.maxConnections ?? 10_000;
  // A client that asks and never reads, or half-closes and stays, is cut after the same silence as an idle one.
  server.timeout = options.keepaliveTimeoutMs ?? 65_000;
  return server;
}

function listen(server: Server, host: string, port: number): Promise<string> {
  const shown = (at: number): string => `${host.includes(':') ? `[${host}]` : host}:${at}`;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE';
      const message = inUse
        ? `http: ${shown(port)} is already in use`
        : `http: cannot listen on ${shown(port)} (${error.code})`;
      reject(new Failure(inUse ? 'address_in_use' : 'config_invalid', message, { cause: error }));
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      // A listening TCP server has an AddressInfo, never a pipe name.
      resolve(shown((server.address() as AddressInfo).port));
    });
  });
}
