/** The OpenAPI document against the real server: every operation, every status of it, every reply by its schema. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse as parseYaml } from 'yaml';
import { Failure, type FailureCode } from '../../../src/core/failure.ts';
import { OPERATIONS, type OperationName } from '../../../src/transport/http/operations.ts';
import { createHttpTransport } from '../../../src/transport/http/server.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import { DECISIONS, REPORTS, REQUESTS } from '../../contract/transport-cases.ts';
import { readsOf, replyTo, scriptedGateway, scriptedStream, whole } from '../../support/scripted-gateway.ts';
import { scriptedReports } from '../../support/scripted-reports.ts';
import { plainRoutes } from './support/plain-protocol.ts';
import { ALLOWED, answering, SERVING } from './support/scripted.ts';
import { serve } from './support/served.ts';

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly $ref: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object; readonly parameters: Readonly<Record<string, object>> };
}

interface Asking {
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the flows do. */
  readonly fail?: FailureCode;
  readonly never?: boolean;
  readonly undefined?: boolean;
  readonly brokenMetrics?: boolean;
}

const QUESTION = '{"call":{"operation":"chat"}}';
const REPORT = JSON.stringify(REPORTS[0]?.report);
const HUGE = `{"call":"${'x'.repeat(3000)}"}`;

/** What a flow refuses, on every guarded operation alike. */
const REFUSALS = {
  400: { fail: 'invalid_request' },
  401: { fail: 'unauthenticated' },
  403: { fail: 'forbidden' },
  413: { fail: 'too_large' },
  500: { fail: 'evaluation_failed' },
  503: { fail: 'not_ready' },
  504: { fail: 'deadline_exceeded' },
} as const satisfies Readonly<Record<number, Asking>>;
const { 403: FORBIDDEN, 504: LATE, ...BATCH_REFUSALS } = REFUSALS;
const YAML_BODY = { headers: { 'content-type': 'application/yaml' } } as const;

/** What a model call may end with, too. */
const CALL_REFUSALS = {
  ...REFUSALS,
  402: { fail: 'budget_exhausted' },
  415: YAML_BODY,
  429: { fail: 'throttled' },
  502: { fail: 'upstream_unavailable' },
} as const satisfies Readonly<Record<number, Asking>>;
const { 413: LARGE, 504: TIMEOUT, ...LIST_REFUSALS } = REFUSALS;

const REPORT_REFUSALS = { ...LIST_REFUSALS, 503: { fail: 'overloaded' } } as const satisfies Readonly<
  Record<number, Asking>
>;

/** One way at least to every status. */
const ASKINGS: Readonly<Record<OperationName, Readonly<Record<number, Asking>>>> = {
  'POST /v1/chat/completions': { 200: {}, ...CALL_REFUSALS, 413: { body: HUGE } },
  'POST /v1/responses': { 200: {}, ...CALL_REFUSALS, 413: LARGE },
  'POST /v1/embeddings': { 200: {}, ...CALL_REFUSALS },
  'POST /v1/messages': { 200: { body: '{"stream":true}' }, ...CALL_REFUSALS, 504: TIMEOUT },
  'POST /v1/messages/count_tokens': { 200: {}, ...CALL_REFUSALS },
  'GET /v1/models': { 200: {}, ...LIST_REFUSALS },
  'GET /v1/models/{path}': {
    200: { path: '/v1/models/openai/gpt-x' },
    ...LIST_REFUSALS,
    400: { path: '/v1/models/%zz' },
    404: { path: '/v1/models/openai/other' },
  },
  'POST /v1/decide': { 200: { body: QUESTION }, ...REFUSALS, 413: { body: HUGE }, 415: YAML_BODY },
  'POST /v1/decide:batch': {
    200: { body: `{"requests":[${QUESTION},${QUESTION}]}` },
    ...BATCH_REFUSALS,
    400: { body: '{"requests":1}' },
    413: { body: JSON.stringify({ requests: Array.from({ length: 257 }, () => 1) }) },
    415: YAML_BODY,
    // What a question fails on, fails the item; these are for the batch as a whole.
    500: { fail: 'internal' },
    503: { fail: 'not_ready' },
  },
  'POST /v1/report': {
    200: { body: REPORT },
    ...BATCH_REFUSALS,
    403: FORBIDDEN,
    409: { fail: 'conflict' },
    415: YAML_BODY,
  },
  'GET /v1/reports/weekly': { 200: { path: '/v1/reports/weekly?week=2026-W47&top=2' }, ...REPORT_REFUSALS },
  'GET /v1/reports/pivot': { 200: { path: '/v1/reports/pivot?by=team&per=day&limit=1' }, ...REPORT_REFUSALS },
  'GET /v1/reports/budgets': { 200: { path: '/v1/reports/budgets' }, ...REPORT_REFUSALS },
  'POST /v1/data/{path}': { 200: { path: '/v1/data/a/b', body: '{"input":1}' }, ...REFUSALS, 415: YAML_BODY },
  'GET /v1/data/{path}': { 200: { path: '/v1/data/a/b?input=1&pretty' }, ...REFUSALS },
  'POST /': { 200: { body: '1' }, ...REFUSALS, 404: { undefined: true }, 415: YAML_BODY, 504: LATE },
  'GET /health': { 200: { path: '/health' }, 500: { path: '/health?bundles', never: true } },
  'GET /livez': { 200: {} },
  'GET /readyz': { 200: {}, 503: { never: true } },
  'GET /metrics': { 200: {}, 500: { brokenMetrics: true } },
  'GET /openapi.json': { 200: {} },
  'GET /openapi.yaml': { 200: {} },
};

let asking: Asking = {};
const refuse = (): undefined => {
  if (asking.fail !== undefined) {
    throw new Failure(asking.fail, 'as the test says', { faults: [{ at: '/call/model', message: 'too long' }] });
  }
  return undefined;
};
const gateway = scriptedGateway({
  identify: refuse,
  call: ({ request }) =>
    request.kind === 'generation' && request.stream
      ? scriptedStream({ reads: readsOf(['a', 'b']), ends: 'well' }).reply
      : whole(replyTo(request)),
});
const transport: Transport = createHttpTransport(
  answering({
    open: refuse,
    query: () => ({ ...(asking.undefined ? {} : { result: { outcome: 'allow' } }), decisionId: 'query-1' }),
    status: () => (asking.never ? { kind: 'never_activated', why: 'no bundle' } : SERVING),
  }),
  {
    host: '127.0.0.1',
    port: 0,
    nowMs: Date.now,
    maxBodyBytes: 2048,
    modelRoutes: plainRoutes(gateway, { maxBodyBytes: 2048 }),
    costReports: scriptedReports(refuse),
    maxBatchBytes: 65_536,
    metrics: async () => {
      if (asking.brokenMetrics) throw new Error('broken');
      return { contentType: 'text/plain; version=0.0.4', body: '' };
    },
  },
);

describe('the OpenAPI document', () => {
  let url = '';
  let document: Document;
  let ajv: Ajv2020;
  before(async () => {
    url = `http://${await transport.start()}`;
    document = (await (await fetch(`${url}/openapi.json`)).json()) as Document; // what this file tests, piece by piece
    ajv = new Ajv2020({ strict: false, formats: { uuid: true, 'date-time': true } });
    ajv.addSchema({ ...document, $id: 'openapi' }, 'openapi');
  });
  after(() => transport.drain(0));

  const operationOf = (name: OperationName): Operation => {
    const [method = '', template = ''] = name.split(' ');
    const operation = document.paths[template]?.[method.toLowerCase()];
    assert.ok(operation, `${name} is described`);
    return operation;
  };
  const fits = (schema: object, value: unknown): void => {
    const validate = ajv.compile(rebased(schema));
    assert.ok(validate(value), ajv.errorsText(validate.errors));
  };

  test('is of version 3.1, and the same as YAML', async () => {
    assert.equal(document.openapi, '3.1.0');
    assert.deepEqual(parseYaml(await (await fetch(`${url}/openapi.yaml`)).text()), document);
  });

  test('describes the routes of the server and no others, each under a name of its own', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(described.sort(), [...OPERATIONS].sort());
    const ids = OPERATIONS.map((name) => operationOf(name).operationId);
    assert.equal(new Set(ids).size, OPERATIONS.length, ids.join(' '));
  });

  test('leaves out what is not mounted', async (context) => {
    const { url: bare } = await serve(context, answering());
    const { paths } = (await (await fetch(`${bare}/openapi.json`)).json()) as Document;
    assert.equal(paths['/v1/chat/completions'], undefined);
    assert.equal(paths['/v1/reports/weekly'], undefined);
    assert.equal((await fetch(`${bare}/v1/reports/weekly`)).status, 404);
    assert.notEqual(paths['/v1/decide'], undefined);
    assert.equal((await fetch(`${bare}/v1/chat/completions`, { method: 'POST' })).status, 404);
  });

  test('has nothing that points nowhere', () => {
    const text = JSON.stringify(document);
    for (const [, pointer = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer.split('/').reduce<unknown>((node, name) => Object(node)[name], document);
      assert.notEqual(target, undefined, pointer);
    }
  });

  for (const name of OPERATIONS) {
    test(`lists the statuses of ${name} that the test has a way to, all of them`, () => {
      assert.deepEqual(Object.keys(operationOf(name).responses), Object.keys(ASKINGS[name]));
    });

    for (const [status, way] of Object.entries(ASKINGS[name])) {
      test(`${name} answers ${status} as it is described`, async () => {
        const [method = '', template = ''] = name.split(' ');
        asking = way;
        const path = way.path ?? template.replace('{path}', 'a/b');
        const headers = { 'content-type': 'application/json', ...way.headers };
        const body = method === 'POST' ? (way.body ?? '{}') : undefined;
        const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
        const text = await response.text();
        assert.equal(response.status, Number(status), text);
        const content = operationOf(name).responses[status]?.content ?? {};
        const mediaType = response.headers.get('content-type')?.split(';')[0] ?? '';
        const schema = content[mediaType]?.schema;
        assert.ok(schema, `${mediaType} is described`);
        fits(schema, mediaType.endsWith('json') ? JSON.parse(text) : text);
      });
    }
  }

  for (const { name, decision } of DECISIONS) {
    test(`fits ${name}`, async (context) => {
      const served = createHttpTransport(answering({ decide: () => decision }), {
        host: '127.0.0.1',
        port: 0,
        nowMs: Date.now,
        metrics: async () => ({ contentType: 'text/plain', body: '' }),
      });
      const address = await served.start();
      context.after(() => served.drain(0));
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`http://${address}/v1/decide`, { method: 'POST', headers, body: QUESTION });
      fits({ $ref: '#/components/schemas/Decision' }, await response.json());
    });
  }

  test('takes what an asker may say, and refuses what no decision is', () => {
    fits({ $ref: '#/components/schemas/DecideRequest' }, REQUESTS[0]?.request);
    for (const { report } of REPORTS) fits({ $ref: '#/components/schemas/Report' }, report);
    const validate = ajv.compile(rebased({ $ref: '#/components/schemas/Decision' }));
    assert.equal(validate({ ...ALLOWED.document }), false);
    assert.equal(validate({}), false);
  });

  test('asks for a credential where the server does', async () => {
    asking = { fail: 'unauthenticated' };
    for (const name of OPERATIONS) {
      const [method = '', template = ''] = name.split(' ');
      const headers = { 'content-type': 'application/json' };
      const init = method === 'POST' ? { method, headers, body: '{}' } : { method };
      const response = await fetch(`${url}${template.replace('{path}', 'a')}`, init);
      await response.text();
      assert.equal(response.status === 401, operationOf(name).security.length > 0, name);
    }
  });
});

/** References of the document, as they are read from outside of it. */
function rebased(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components'));
}
