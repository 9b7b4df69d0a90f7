/** Every operation of the HTTP transport: method and route template, and what it is. All else is keyed by it. */
import type { NamesOf, RouteClass } from '../route-class.ts';

export const OPERATION_CLASSES = {
  'POST /v1/chat/completions': { kind: 'model_call', operation: 'chat', priced: 'by_usage' },
  'POST /v1/responses': { kind: 'model_call', operation: 'responses', priced: 'by_usage' },
  'POST /v1/embeddings': { kind: 'model_call', operation: 'embeddings', priced: 'by_usage' },
  'POST /v1/messages': { kind: 'model_call', operation: 'chat', priced: 'by_usage' },
  'POST /v1/messages/count_tokens': { kind: 'model_call', operation: 'count_tokens', priced: 'free' },
  'GET /v1/models': { kind: 'listing' },
  'GET /v1/models/{path}': { kind: 'listing' },
  'POST /v1/decide': { kind: 'decision' },
  'POST /v1/decide:batch': { kind: 'decision' },
  'POST /v1/report': { kind: 'report' },
  'GET /v1/reports/weekly': { kind: 'cost_report' },
  'GET /v1/reports/pivot': { kind: 'cost_report' },
  'GET /v1/reports/budgets': { kind: 'cost_report' },
  'POST /v1/data/{path}': { kind: 'decision' },
  'GET /v1/data/{path}': { kind: 'decision' },
  'POST /': { kind: 'decision' },
  'GET /health': { kind: 'probe' },
  'GET /livez': { kind: 'probe' },
  'GET /readyz': { kind: 'probe' },
  'GET /metrics': { kind: 'probe' },
  'GET /openapi.json': { kind: 'probe' },
  'GET /openapi.yaml': { kind: 'probe' },
} as const satisfies Readonly<Record<string, RouteClass>>;

type Classes = typeof OPERATION_CLASSES;
export type OperationName = keyof Classes;
/** Routes that may start a model call. */
export type ModelCallName = NamesOf<Classes, 'model_call'>;
/** Routes of the model front doors. */
export type ModelRouteName = NamesOf<Classes, 'model_call' | 'listing'>;
/** Routes that are there where a ledger is. */
export type CostReportRouteName = NamesOf<Classes, 'cost_report'>;
/** Routes that are there without a gateway and without a ledger, too. */
export type OwnRouteName = Exclude<OperationName, ModelRouteName | CostReportRouteName>;

// The keys are those of the table; what TypeScript says of `Object.keys` is wider.
export const OPERATIONS = Object.keys(OPERATION_CLASSES) as readonly OperationName[];

const isOpen = (name: OperationName): boolean => OPERATION_CLASSES[name].kind === 'probe';

/** Asked by probes and people: answered without a credential, and however busy the server is. */
export const OPEN_OPERATIONS: ReadonlySet<OperationName> = new Set(OPERATIONS.filter(isOpen));

export const isCostReportRoute = (name: OperationName): name is CostReportRouteName =>
  OPERATION_CLASSES[name].kind === 'cost_report';

/** Of a model front door. */
export function isModelRoute(name: OperationName): name is ModelRouteName {
  const { kind } = OPERATION_CLASSES[name];
  return kind === 'model_call' || kind === 'listing';
}
