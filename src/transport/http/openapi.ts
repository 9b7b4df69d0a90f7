/** The OpenAPI 3.1 document, from the same tables that the server runs on. Built when it is first asked for. */
import { stringify } from 'yaml';
import type { Schema } from './openapi-model-schemas.ts';
import {
  type HeaderName,
  OPERATION_DESCRIPTIONS,
  type OperationDescription,
  type ParameterName,
  type ProblemStatus,
} from './openapi-operations.ts';
import { createSchemas, refTo } from './openapi-schemas.ts';
import { OPEN_OPERATIONS, type OperationName } from './operations.ts';

export interface OpenApiText {
  json(): string;
  yaml(): string;
}

/** @param operations those that are mounted */
export function createOpenApi(operations: readonly OperationName[]): OpenApiText {
  let document: object | undefined;
  const built = (): object => {
    document ??= buildDocument(operations);
    return document;
  };
  return {
    json: () => JSON.stringify(built()),
    yaml: () => stringify(built(), { aliasDuplicateObjects: false }),
  };
}

const DESCRIPTION = [
  'One policy decision per model call: may this caller do it, which model serves it, can the budget bear it, and where',
  'does it go when that fails. Beside the statuses of each operation, HTTP itself answers with a problem document where',
  'a request is none (400), came too slowly (408), has too long headers (431), an unknown expectation (417), an unknown',
  'path (404) or another method (405, with `allow`).',
].join(' ');

function buildDocument(operations: readonly OperationName[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const [method = '', template = ''] = operation.split(' ');
    paths[template] = { ...paths[template], [method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Turnpike',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: createSchemas(),
      parameters: PARAMETERS,
      headers: HEADERS,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key, `tp_…`.' },
        certificate: { type: 'mutualTLS' },
      },
    },
  };
}

function describe(operation: OperationName): object {
  const {
    summary,
    description,
    parameters = [],
    body,
    ok,
    problems,
    errors,
    other,
  }: OperationDescription = OPERATION_DESCRIPTIONS[operation];
  return {
    operationId: operationId(operation),
    summary,
    ...(description === undefined ? undefined : { description }),
    security: OPEN_OPERATIONS.has(operation) ? [] : GUARDED,
    ...(parameters.length === 0
      ? undefined
      : { parameters: parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })) }),
    ...(body === undefined
      ? undefined
      : {
          requestBody: { required: body.required, content: { 'application/json': { schema: schemaOf(body.schema) } } },
        }),
    responses: {
      200: okResponse(ok),
      ...Object.fromEntries(problems.map((status) => [status, problemResponse(status, errors)])),
      ...Object.fromEntries(Object.entries(other ?? {}).map(([status, name]) => [status, otherResponse(name)])),
    },
  };
}

/** The empty requirement stands for a server that is configured to ask for none, on loopback only. */
const GUARDED = [{ key: [] }, { certificate: [] }, {}];

const operationId = (operation: OperationName): string =>
  operation
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');

function okResponse(ok: OperationDescription['ok']): object {
  return {
    description: 'The answer.',
    ...(ok.headers === undefined
      ? undefined
      : { headers: Object.fromEntries(ok.headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])) }),
    content: {
      [ok.contentType ?? 'application/json']: { schema: schemaOf(ok.schema) },
      ...(ok.streams === true ? { 'text/event-stream': { schema: schemaOf('text') } } : undefined),
    },
  };
}

const problemResponse = (status: ProblemStatus, errors: OperationDescription['errors']): object => ({
  description: MEANINGS[status],
  content:
    errors === undefined
      ? { 'application/problem+json': { schema: refTo('Problem') } }
      : { 'application/json': { schema: refTo(errors) } },
});

const otherResponse = (schema: string): object => ({
  description: 'The same document, when it is not well.',
  content: { 'application/json': { schema: schemaOf(schema) } },
});

function schemaOf(name: string): Schema {
  switch (name) {
    case 'any':
      return {};
    case 'text':
      return { type: 'string' };
    default:
      return refTo(name);
  }
}

const MEANINGS: Readonly<Record<ProblemStatus, string>> = {
  400: 'The request is malformed; `faults` names every field at fault.',
  401: 'The credential is missing or not accepted.',
  402: 'A budget is exhausted; the error says which one and when it starts anew.',
  403: 'The credential does not cover what the request claims, or policy denies it and says by which rule.',
  404: 'The document is undefined for this input, or there is no such model for this caller.',
  409: 'The same id was reported with other content.',
  413: 'A bound on size, depth or count is passed.',
  415: 'The body is not JSON, or is compressed.',
  429: 'Policy asks to come back later, or every target is out of quota; `retry-after` says when.',
  500: 'The policy could not be evaluated, or something broke on our side.',
  502: 'No target could be reached, or each broke.',
  503: 'No policy is active, or too much is in flight; `retry-after` says when to come back.',
  504: 'The deadline of the request passed, or no target answered in time.',
};

const text = { type: 'string' } as const;

const query = (name: string, description: string, schema: Schema = text): object => ({
  name,
  in: 'query',
  description,
  schema,
});

const PARAMETERS: Readonly<Record<ParameterName, object>> = {
  path: {
    name: 'path',
    in: 'path',
    required: true,
    description: 'Entry point, such as `turnpike/decision`; its slashes stand unencoded.',
    schema: text,
  },
  model: {
    name: 'path',
    in: 'path',
    required: true,
    description: 'Alias, or `provider/model`, its slash encoded or not.',
    schema: text,
  },
  input: {
    name: 'input',
    in: 'query',
    description: 'The input document.',
    content: { 'application/json': { schema: {} } },
  },
  pretty: { name: 'pretty', in: 'query', description: 'Indent the answer.', allowEmptyValue: true, schema: text },
  bundles: {
    name: 'bundles',
    in: 'query',
    description: 'Ask for an active policy too.',
    allowEmptyValue: true,
    schema: text,
  },
  week: query('week', 'ISO week, such as `2026-W47`; default: this one, as far as it is.'),
  team: query('team', 'Only this team.'),
  top: query('top', 'Applications and models of each team, 1 to 20; default 3.', { type: 'integer' }),
  by: query('by', 'Dimensions apart by commas, such as `team,model,tag:project`; at most 8.'),
  per: query('per', 'A row for each; default: one for the time.', { enum: ['hour', 'day', 'week', 'month'] }),
  where: query('where', '`name=value`, such as `environment=prod`; can be repeated.', { type: 'array', items: text }),
  from: query('from', 'First day, such as `2026-11-01`; default: 29 days before the last.'),
  to: query('to', 'Last day; default: today. At most 400 days.'),
  limit: query('limit', 'Rows of each time at most, 1 to 1,000; default 100. The rest is one row.', {
    type: 'integer',
  }),
  time_zone: query('time_zone', 'IANA name of the zone of days and weeks; default: that of the configuration.'),
  timeout: {
    name: 'x-turnpike-timeout-ms',
    in: 'header',
    description: 'Milliseconds from arrival after which the answer is worth nothing.',
    schema: { type: 'integer', minimum: 1, maximum: 999_999_999 },
  },
};

const HEADERS: Readonly<Record<HeaderName, object>> = {
  'x-turnpike-decision-id': { description: 'Id of the decision.', schema: text },
  'x-turnpike-target': { description: 'What served the call: `provider/model`.', schema: text },
  'x-turnpike-attempts': {
    description: 'Attempts made so far. Of a stream, the trailer of this name has the number of all.',
    schema: { type: 'integer', minimum: 1 },
  },
  'x-turnpike-cost-usd': {
    description: 'Exact cost of all attempts; absent where one is not known. Of a stream it is a trailer.',
    schema: { type: 'string', pattern: '^[0-9]+(\\.[0-9]{1,9})?$' },
  },
  traceparent: { description: 'W3C trace context, when traced.', schema: text },
};
