/**
 * Owns HTTP: bytes ⇄ flows, and every bound on connections, headers, bodies and time. May import core and flows.
 * Fails closed and loud: each fault is one problem document with the status of its code, never a stack trace.
 * The way of a request: parser → connection → router → route → reply.
 */
import type { AddressInfo, Server } from 'node:net';
import { Failure } from '../../core/failure.ts';
import type { CostReports } from '../../flows/cost-reports.ts';
import type { Flows } from '../../flows/flows.ts';
import type { Transport } from '../transport.ts';
import { createCostReportRoutes } from './cost-report-routes.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { type ModelRoute, type ModelRoutes, modelPathOf } from './model-routes.ts';
import { createOpenApi } from './openapi.ts';
import { isCostReportRoute, isModelRoute, OPEN_OPERATIONS, OPERATIONS, type OperationName } from './operations.ts';
import { refusalText } from './refusal.ts';
import { problemReply, type Reply } from './reply.ts';
import { createRouter, type Found } from './router.ts';
import { createRoutes } from './routes.ts';
import { sendReply } from './send.ts';
import { sendStream } from './send-stream.ts';
import type { HttpTls } from './tls.ts';
import { createListener } from './wire/listener.ts';
import type { Behind, Turn } from './wire/turn.ts';

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
  let inFlight = 0;

  const find = (method: string, url: string): Found<NamedRoute> => {
    const found = router.find(method, url);
    if (found.kind !== 'missing' || modelRoutes === undefined) return found;
    const path = modelPathOf(url);
    const asModel = path === undefined ? found : router.find(method, path);
    return asModel.kind === 'found' && isModelRoute(asModel.entry.operation) ? asModel : found;
  };

  const answer = async (turn: Turn): Promise<Reply> => {
    const { head } = turn;
    try {
      if (!head.hasHost && head.minorVersion === 1) throw new Failure('invalid_request', 'header host: missing');
      const found = find(head.method, head.target);
      switch (found.kind) {
        case 'found': {
          const { path, query } = found;
          const { operation, route } = found.entry;
          if (inFlight > maxInFlight && !OPEN_OPERATIONS.has(operation)) {
            return route.refuse(new Failure('overloaded', `more than ${maxInFlight} requests are in flight`));
          }
          // How long a model may take, the decision says.
          turn.isPatient = isModelRoute(operation);
          return await route.answer(createExchange({ turn, operation, path, query, nowMs }));
        }
        case 'wrong_method': {
          const message = `method ${head.method}: not allowed here, use ${found.allow}`;
          return problemReply(new Failure('method_not_allowed', message), { allow: found.allow });
        }
        case 'missing':
          throw new Failure('not_found', 'path: no route of that name, /openapi.json lists them all');
      }
    } catch (reason) {
      return problemReply(Failure.from(reason));
    }
  };

  const send = (turn: Turn, reply: Reply): void => {
    if (reply.kind === 'stream') sendStream(turn, reply, mayStillSend(turn) ? 'close' : 'stay');
    else sendReply(turn, reply, behindReply(turn, maxBodyBytes));
  };

  const begin = (turn: Turn): void => {
    inFlight += 1;
    if (turn.head.expectation === 'unknown') {
      const failure = new Failure('invalid_request', 'header expect: only 100-continue is understood');
      sendReply(turn, problemReply(failure, undefined, 417), 'close');
      return;
    }
    answer(turn)
      .then((reply) => send(turn, reply))
      // A reply that cannot be written is no reply: the client sees a broken connection, never half of an answer.
      .catch(() => turn.destroy());
  };

  const listener = createListener({
    service: {
      begin,
      over: () => {
        inFlight -= 1;
      },
      refusal: refusalText,
    },
    bounds: {
      maxHeaderBytes: options.maxHeaderBytes ?? 16 * KIB,
      maxFields: MAX_HEADERS,
      headersTimeoutMs: options.headersTimeoutMs ?? 10_000,
      requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
      keepaliveTimeoutMs: options.keepaliveTimeoutMs ?? 65_000,
    },
    maxConnections: options.maxConnections ?? 10_000,
    tls: options.tls,
  });

  return {
    name: 'http',
    start: () => listen(listener.server, host, port),
    drain: (timeoutMs) => listener.drain(timeoutMs),
  };
}

/** Nobody knows whether a client that was not asked for its body sends it. */
const mayStillSend = ({ head, body }: Turn): boolean => head.expectation === 'continue' && !body.isComplete;

/** A body that nobody read is waited for where it is short. */
function behindReply(turn: Turn, shortBytes: number): Behind {
  const { head, body } = turn;
  if (body.isTooLong) return 'linger';
  if (body.isComplete) return 'stay';
  if (mayStillSend(turn)) return 'close';
  return head.framing !== 'chunked' && head.contentLength <= shortBytes ? 'stay' : 'linger';
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
