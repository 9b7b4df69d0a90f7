/** Operation → what answers it. The compiler holds that every operation has an answer. */
import type { Flows } from '../../flows/flows.ts';
import { createTurn } from '../turn.ts';
import { dataGetRoute, dataPostRoute, defaultDecisionRoute } from './data-routes.ts';
import { batchRoute, decideRoute, reportRoute } from './decide-routes.ts';
import type { Exchange } from './exchange.ts';
import type { OpenApiText } from './openapi.ts';
import type { OwnRouteName } from './operations.ts';
import type { Reply } from './reply.ts';
import { healthRoute, livezRoute, metricsRoute, readyzRoute } from './status-routes.ts';

export type Route = (exchange: Exchange) => Reply | Promise<Reply>;

export interface RouteOptions {
  readonly maxBodyBytes: number;
  readonly maxBatchBytes: number;
  /** Entry point that `POST /` asks. */
  readonly defaultDecision: string;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  readonly nowMs: () => number;
  readonly openApi: OpenApiText;
}

export function createRoutes(flows: Flows, options: RouteOptions): Readonly<Record<OwnRouteName, Route>> {
  const { maxBodyBytes, maxBatchBytes, defaultDecision, metrics, nowMs, openApi } = options;
  const turn = createTurn();
  return {
    'POST /v1/decide': (exchange) => decideRoute(flows, maxBodyBytes, turn, exchange),
    'POST /v1/decide:batch': (exchange) => batchRoute(flows, maxBatchBytes, exchange),
    'POST /v1/report': (exchange) => reportRoute(flows, maxBodyBytes, exchange),
    'POST /v1/data/{path}': (exchange) => dataPostRoute(flows, maxBodyBytes, exchange),
    'GET /v1/data/{path}': (exchange) => dataGetRoute(flows, exchange),
    'POST /': (exchange) => defaultDecisionRoute(flows, maxBodyBytes, defaultDecision, exchange),
    'GET /health': (exchange) => healthRoute(flows, exchange),
    'GET /livez': () => livezRoute(),
    'GET /readyz': () => readyzRoute(flows, nowMs()),
    'GET /metrics': () => metricsRoute(metrics),
    'GET /openapi.json': () => ({ kind: 'whole', status: 200, contentType: 'application/json', body: openApi.json() }),
    'GET /openapi.yaml': () => ({ kind: 'whole', status: 200, contentType: 'application/yaml', body: openApi.yaml() }),
  };
}
