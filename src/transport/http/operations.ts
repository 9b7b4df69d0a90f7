/** Every operation of the HTTP transport: method and route template. Handlers and description are keyed by it. */
export const OPERATIONS = [
  'POST /v1/decide',
  'POST /v1/decide:batch',
  'POST /v1/report',
  'POST /v1/data/{path}',
  'GET /v1/data/{path}',
  'POST /',
  'GET /health',
  'GET /livez',
  'GET /readyz',
  'GET /metrics',
  'GET /openapi.json',
  'GET /openapi.yaml',
] as const;

export type OperationName = (typeof OPERATIONS)[number];

/** Asked by probes and people: answered without a credential, and however busy the server is. */
export const OPEN_OPERATIONS: ReadonlySet<OperationName> = new Set<OperationName>([
  'GET /health',
  'GET /livez',
  'GET /readyz',
  'GET /metrics',
  'GET /openapi.json',
  'GET /openapi.yaml',
]);
