/** The service as grpc-js wants it, for servers and for clients, over our own codecs. */
import type { MethodDefinition } from '@grpc/grpc-js';
import { Failure } from '../../core/failure.ts';
import type { NamesOf, RouteClass } from '../route-class.ts';
import type {
  BudgetsReportRequestMessage,
  PivotReportRequestMessage,
  WeeklyReportRequestMessage,
} from './cost-report-messages.ts';
import type { GenerateEventMessage, GenerateRequestMessage, GenerateResponseMessage } from './gateway-messages.ts';
import type {
  DecideBatchRequestMessage,
  DecideBatchResponseMessage,
  DecideRequestMessage,
  DecideStreamRequestMessage,
  DecideStreamResponseMessage,
  DecisionMessage,
  ReportResponseMessage,
  WrittenInt64,
} from './messages.ts';
import { type Codec, codecOf, GATEWAY_NAME, REPORTS_NAME, SERVICE_NAME } from './wire.ts';

/** grpc-js answers INTERNAL when a deserializer throws; so what cannot be read reaches the handler as a value. */
export type Inbound<Message> =
  | { readonly kind: 'read'; readonly message: Message }
  | { readonly kind: 'unreadable'; readonly failure: Failure };

/** A report as it comes; `core/report.ts` says what it should be. */
export type ReportRequestMessage = Readonly<Record<string, unknown>>;

/** Every method that is served here, and what it is. */
export const METHOD_CLASSES = {
  Decide: { kind: 'decision' },
  DecideBatch: { kind: 'decision' },
  DecideStream: { kind: 'decision' },
  Report: { kind: 'report' },
  Generate: { kind: 'model_call', operation: 'chat', priced: 'by_usage' },
  GenerateStream: { kind: 'model_call', operation: 'chat', priced: 'by_usage' },
  Weekly: { kind: 'cost_report' },
  Pivot: { kind: 'cost_report' },
  Budgets: { kind: 'cost_report' },
} as const satisfies Readonly<Record<string, RouteClass>>;

export type Method = keyof typeof METHOD_CLASSES;
/** Methods that may start a model call. */
export type ModelMethod = NamesOf<typeof METHOD_CLASSES, 'model_call'>;
/** Methods that show what was spent. */
export type CostReportMethod = NamesOf<typeof METHOD_CLASSES, 'cost_report'>;

/** `turnpike.v1.DecisionService/Decide` and so on: the operation of an arrival. */
export const OPERATION: Readonly<Record<Method, string>> = {
  Decide: `${SERVICE_NAME}/Decide`,
  DecideBatch: `${SERVICE_NAME}/DecideBatch`,
  DecideStream: `${SERVICE_NAME}/DecideStream`,
  Report: `${SERVICE_NAME}/Report`,
  Generate: `${GATEWAY_NAME}/Generate`,
  GenerateStream: `${GATEWAY_NAME}/GenerateStream`,
  Weekly: `${REPORTS_NAME}/Weekly`,
  Pivot: `${REPORTS_NAME}/Pivot`,
  Budgets: `${REPORTS_NAME}/Budgets`,
};

// What is defined below is used while this module loads, so these stand before.
const STREAMS_IN: ReadonlySet<Method> = new Set<Method>(['DecideStream']);
const STREAMS_OUT: ReadonlySet<Method> = new Set<Method>(['DecideStream', 'GenerateStream']);

const decideRequest: Codec<DecideRequestMessage> = codecOf('turnpike.v1.DecideRequest');
const batchRequest: Codec<DecideBatchRequestMessage> = codecOf('turnpike.v1.DecideBatchRequest');
const streamRequest: Codec<DecideStreamRequestMessage> = codecOf('turnpike.v1.DecideStreamRequest');
const reportRequest: Codec<ReportRequestMessage> = codecOf('turnpike.v1.ReportRequest');
const decisionOut: Codec<DecisionMessage<WrittenInt64>> = codecOf('turnpike.v1.Decision');
const decisionIn: Codec<DecisionMessage<bigint>> = codecOf('turnpike.v1.Decision');
const batchOut: Codec<DecideBatchResponseMessage<WrittenInt64>> = codecOf('turnpike.v1.DecideBatchResponse');
const batchIn: Codec<DecideBatchResponseMessage<bigint>> = codecOf('turnpike.v1.DecideBatchResponse');
const streamOut: Codec<DecideStreamResponseMessage<WrittenInt64>> = codecOf('turnpike.v1.DecideStreamResponse');
const streamIn: Codec<DecideStreamResponseMessage<bigint>> = codecOf('turnpike.v1.DecideStreamResponse');
const generateRequest: Codec<GenerateRequestMessage> = codecOf('turnpike.v1.GenerateRequest');
const generateResponse: Codec<GenerateResponseMessage> = codecOf('turnpike.v1.GenerateResponse');
const generateEvent: Codec<GenerateEventMessage> = codecOf('turnpike.v1.GenerateEvent');
const weeklyRequest: Codec<WeeklyReportRequestMessage> = codecOf('turnpike.v1.WeeklyReportRequest');
const weeklyReport: Codec<object> = codecOf('turnpike.v1.WeeklyReport');
const pivotRequest: Codec<PivotReportRequestMessage> = codecOf('turnpike.v1.PivotReportRequest');
const pivotReport: Codec<object> = codecOf('turnpike.v1.PivotReport');
const budgetsRequest: Codec<BudgetsReportRequestMessage> = codecOf('turnpike.v1.BudgetsReportRequest');
const budgetsReport: Codec<object> = codecOf('turnpike.v1.BudgetsReport');
const reportResponse: Codec<ReportResponseMessage> = codecOf('turnpike.v1.ReportResponse');

/** What a server serves. Messages come in as `Inbound` and go out as written messages. */
export const SERVER_METHODS = {
  Decide: serverMethod('Decide', decideRequest, decisionOut),
  DecideBatch: serverMethod('DecideBatch', batchRequest, batchOut),
  DecideStream: serverMethod('DecideStream', streamRequest, streamOut),
  Report: serverMethod('Report', reportRequest, reportResponse),
} as const;

/** The same of the service that calls models. */
export const GATEWAY_METHODS = {
  Generate: serverMethod('Generate', generateRequest, generateResponse),
  GenerateStream: serverMethod('GenerateStream', generateRequest, generateEvent),
} as const;

/** The same of the service that shows what was spent. */
export const REPORTS_METHODS = {
  Weekly: serverMethod('Weekly', weeklyRequest, weeklyReport),
  Pivot: serverMethod('Pivot', pivotRequest, pivotReport),
  Budgets: serverMethod('Budgets', budgetsRequest, budgetsReport),
} as const;

/** What a client calls. Documents go out as they are; answers are read with defaults filled in. */
export const CLIENT_METHODS = {
  Decide: clientMethod('Decide', decideRequest, decisionIn),
  DecideBatch: clientMethod('DecideBatch', batchRequest, batchIn),
  DecideStream: clientMethod('DecideStream', streamRequest, streamIn),
  Report: clientMethod('Report', reportRequest, reportResponse),
} as const;

function serverMethod<In extends object, Out extends object>(
  name: Method,
  request: Codec<In>,
  response: Codec<Out>,
): MethodDefinition<Inbound<In>, Out> {
  return {
    ...shapeOf(name),
    requestSerialize: () => refuseDirection(name),
    requestDeserialize: (bytes) => inbound(request, bytes),
    responseSerialize: (message) => response.encode(message),
    responseDeserialize: () => refuseDirection(name),
  };
}

function clientMethod<Out extends object, In extends object>(
  name: Method,
  request: Codec<Out>,
  response: Codec<In>,
): MethodDefinition<Out, In> {
  return {
    ...shapeOf(name),
    requestSerialize: (message) => request.encode(message),
    requestDeserialize: () => refuseDirection(name),
    responseSerialize: () => refuseDirection(name),
    responseDeserialize: (bytes) => response.decodeFilled(bytes),
  };
}

function shapeOf(name: Method): {
  path: string;
  requestStream: boolean;
  responseStream: boolean;
  originalName: string;
} {
  const originalName = name.charAt(0).toLowerCase() + name.slice(1);
  return {
    path: `/${OPERATION[name]}`,
    requestStream: STREAMS_IN.has(name),
    responseStream: STREAMS_OUT.has(name),
    originalName,
  };
}

function inbound<Message>(codec: Codec<Message>, bytes: Buffer): Inbound<Message> {
  try {
    return { kind: 'read', message: codec.decode(bytes) };
  } catch (reason) {
    return { kind: 'unreadable', failure: Failure.from(reason) };
  }
}

function refuseDirection(name: Method): never {
  throw new Failure('internal', `${name}: a server does not read answers, nor a client requests`);
}
