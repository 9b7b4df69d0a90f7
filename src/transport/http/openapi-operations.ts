/** What each operation takes and answers, for the OpenAPI document. The compiler holds that none is left out. */
import type { OperationName } from './operations.ts';

export interface OperationDescription {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterName[];
  /** Name of a schema; `any` is any JSON value. */
  readonly body?: { readonly schema: string; readonly required: boolean };
  readonly ok: {
    readonly schema: string;
    readonly contentType?: string;
    readonly streams?: true;
    readonly headers?: readonly HeaderName[];
  };
  /** Statuses that are a problem document or that of `errors`, or what `other` says. */
  readonly problems: readonly ProblemStatus[];
  /** Name of the schema of errors that are in the words of a vendor's protocol. */
  readonly errors?: 'OpenAiError' | 'AnthropicError';
  /** Answers beside 200 that are no problem document: status → schema. */
  readonly other?: Readonly<Partial<Record<ProblemStatus, string>>>;
}

export type ProblemStatus = 400 | 401 | 402 | 403 | 404 | 409 | 413 | 415 | 429 | 500 | 502 | 503 | 504;
export type ParameterName =
  | 'path'
  | 'model'
  | 'input'
  | 'pretty'
  | 'bundles'
  | 'timeout'
  | 'week'
  | 'team'
  | 'top'
  | 'by'
  | 'per'
  | 'where'
  | 'from'
  | 'to'
  | 'limit'
  | 'time_zone';
export type HeaderName =
  | 'x-turnpike-decision-id'
  | 'x-turnpike-target'
  | 'x-turnpike-attempts'
  | 'x-turnpike-cost-usd'
  | 'traceparent';

/** What a model call may end with. */
const CALLED: readonly ProblemStatus[] = [400, 401, 402, 403, 413, 415, 429, 500, 502, 503, 504];
const LISTED: readonly ProblemStatus[] = [400, 401, 403, 500, 503];
const SERVED: readonly HeaderName[] = [
  'x-turnpike-decision-id',
  'x-turnpike-target',
  'x-turnpike-attempts',
  'x-turnpike-cost-usd',
  'traceparent',
];

const REPORTED: readonly ProblemStatus[] = [400, 401, 403, 500, 503];
const ASKED: readonly ProblemStatus[] = [400, 401, 403, 413, 500, 503, 504];

export const OPERATION_DESCRIPTIONS: Readonly<Record<OperationName, OperationDescription>> = {
  'POST /v1/chat/completions': {
    summary: "A chat, as OpenAI's API has it; whole, or streamed",
    parameters: ['timeout'],
    body: { schema: 'OpenAiRequest', required: true },
    ok: { schema: 'OpenAiReply', streams: true, headers: SERVED },
    problems: CALLED,
    errors: 'OpenAiError',
  },
  'POST /v1/responses': {
    summary: "A response, as OpenAI's API has it; whole, or streamed",
    parameters: ['timeout'],
    body: { schema: 'OpenAiRequest', required: true },
    ok: { schema: 'OpenAiReply', streams: true, headers: SERVED },
    problems: CALLED,
    errors: 'OpenAiError',
  },
  'POST /v1/embeddings': {
    summary: "Vectors of texts, as OpenAI's API has it",
    parameters: ['timeout'],
    body: { schema: 'OpenAiRequest', required: true },
    ok: { schema: 'OpenAiReply', headers: SERVED },
    problems: CALLED,
    errors: 'OpenAiError',
  },
  'POST /v1/messages': {
    summary: "A message, as Anthropic's API has it; whole, or streamed",
    parameters: ['timeout'],
    body: { schema: 'AnthropicRequest', required: true },
    ok: { schema: 'AnthropicReply', streams: true, headers: SERVED },
    problems: CALLED,
    errors: 'AnthropicError',
  },
  'POST /v1/messages/count_tokens': {
    summary: "How many tokens a message would be, as Anthropic's API has it",
    parameters: ['timeout'],
    body: { schema: 'AnthropicRequest', required: true },
    ok: { schema: 'TokenCount', headers: SERVED },
    problems: CALLED,
    errors: 'AnthropicError',
  },
  'GET /v1/models': {
    summary: 'What this caller may use: aliases and models',
    description: "In Anthropic's shape, errors too, to who sends `anthropic-version`; in OpenAI's to all others.",
    ok: { schema: 'ModelList' },
    problems: LISTED,
    errors: 'OpenAiError',
  },
  'GET /v1/models/{path}': {
    summary: 'One of them, by its name',
    parameters: ['model'],
    ok: { schema: 'Model' },
    problems: [400, 401, 403, 404, 500, 503],
    errors: 'OpenAiError',
  },
  'POST /v1/decide': {
    summary: 'Decide one call',
    description: 'Allow, deny and throttle are all 200: the question was answered.',
    parameters: ['timeout'],
    body: { schema: 'DecideRequest', required: true },
    ok: { schema: 'Decision', headers: ['x-turnpike-decision-id', 'traceparent'] },
    problems: [...ASKED, 415],
  },
  'POST /v1/decide:batch': {
    summary: 'Decide several calls, each on its own',
    parameters: ['timeout'],
    body: { schema: 'BatchRequest', required: true },
    ok: { schema: 'BatchResponse', headers: ['traceparent'] },
    problems: [400, 401, 413, 415, 500, 503],
  },
  'POST /v1/report': {
    summary: 'Report the outcome and usage of an attempt under a decision',
    parameters: ['timeout'],
    body: { schema: 'Report', required: true },
    ok: { schema: 'ReportReceipt' },
    problems: [400, 401, 403, 409, 413, 415, 500, 503],
  },
  'GET /v1/reports/weekly': {
    summary: 'The week of each team beside its own weeks and the other teams, and why it changed',
    description: 'Who has none of the roles of `reports.roles` sees their own team.',
    parameters: ['week', 'team', 'time_zone', 'top'],
    ok: { schema: 'WeeklyReport' },
    problems: REPORTED,
  },
  'GET /v1/reports/pivot': {
    summary: 'Cost, calls and tokens by any dimensions',
    description: 'Who has none of the roles of `reports.roles` sees their own team.',
    parameters: ['by', 'per', 'where', 'from', 'to', 'time_zone', 'limit'],
    ok: { schema: 'PivotReport' },
    problems: REPORTED,
  },
  'GET /v1/reports/budgets': {
    summary: 'What every budget has spent, what is held of it, what is to be expected, and which runs out when',
    description: 'Who has none of the roles of `reports.roles` sees the budgets of their own team alone.',
    parameters: ['team'],
    ok: { schema: 'BudgetsReport' },
    problems: REPORTED,
  },
  'POST /v1/data/{path}': {
    summary: 'Ask an entry point with an input, as OPA does',
    description: 'Asking for the decision itself is a decision like any other: checked, observed, remembered.',
    parameters: ['path', 'pretty', 'timeout'],
    body: { schema: 'DataRequest', required: false },
    ok: { schema: 'DataResponse', headers: ['x-turnpike-decision-id'] },
    problems: [...ASKED, 415],
  },
  'GET /v1/data/{path}': {
    summary: 'Ask an entry point with the input in the query, as OPA does',
    parameters: ['path', 'input', 'pretty', 'timeout'],
    ok: { schema: 'DataResponse', headers: ['x-turnpike-decision-id'] },
    problems: ASKED,
  },
  'POST /': {
    summary: "Ask the default decision, as OPA does: the body is the input, the answer is the policy's document",
    parameters: ['pretty', 'timeout'],
    body: { schema: 'any', required: false },
    ok: { schema: 'any', headers: ['x-turnpike-decision-id'] },
    problems: [...ASKED, 404, 415],
  },
  'GET /health': {
    summary: 'Health, as OPA says it',
    parameters: ['bundles'],
    ok: { schema: 'Health' },
    problems: [],
    other: { 500: 'Health' },
  },
  'GET /livez': { summary: 'Whether the process answers', ok: { schema: 'Liveness' }, problems: [] },
  'GET /readyz': {
    summary: 'Whether a policy is active, which one, and how old it is',
    ok: { schema: 'Readiness' },
    problems: [],
    other: { 503: 'Readiness' },
  },
  'GET /metrics': {
    summary: 'Metrics for Prometheus',
    ok: { schema: 'text', contentType: 'text/plain' },
    problems: [500],
  },
  'GET /openapi.json': { summary: 'This document, as JSON', ok: { schema: 'any' }, problems: [] },
  'GET /openapi.yaml': {
    summary: 'This document, as YAML',
    ok: { schema: 'text', contentType: 'application/yaml' },
    problems: [],
  },
};
