/** The documents of the HTTP interface as JSON Schemas: those of the policy's border, and what stands round them. */
import { readFileSync } from 'node:fs';
import { ATTEMPT_OUTCOMES } from '../../core/facts.ts';
import { FAILURE_CODES, Failure } from '../../core/failure.ts';
import { MAX_BATCH } from '../../flows/batch.ts';
import { MODEL_SCHEMAS, type Schema } from './openapi-model-schemas.ts';
import { REPORT_SCHEMAS } from './openapi-report-schemas.ts';

const SCHEMAS = new URL('../../../policies/schemas/', import.meta.url);

export const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Keyed by the name under which `components/schemas` has it. */
export function createSchemas(): Readonly<Record<string, Schema>> {
  const input = properties(readSchema('input.json'));
  const decision = readSchema('decision.json');
  return {
    DecideRequest: closed(['call'], {
      call: refTo('Call'),
      caller: refTo('CallerClaim'),
      facts: refTo('Facts'),
      attempts: part(input, 'attempts'),
    }),
    Call: part(input, 'call'),
    CallerClaim: claim(part(input, 'caller')),
    Facts: closed([], {
      budgets: part(input, 'budgets'),
      limits: part(input, 'limits'),
      targets: part(input, 'targets'),
    }),
    DecisionDocument: without(decision, '$schema'),
    Decision: presented(decision),
    Estimate: ESTIMATE,
    NanoUsd: NANO_USD,
    BatchRequest: closed(['requests'], {
      requests: { type: 'array', maxItems: MAX_BATCH, items: refTo('DecideRequest') },
    }),
    BatchResponse: closed(['results'], {
      results: {
        type: 'array',
        description: 'In the order asked; each succeeds or fails on its own.',
        items: {
          oneOf: [
            closed(['decision'], { decision: refTo('Decision') }),
            closed(['error'], { error: refTo('Problem') }),
          ],
        },
      },
    }),
    Report: REPORT,
    ReportReceipt: closed(['duplicate', 'matched'], {
      duplicate: { type: 'boolean', description: 'The same report was recorded before; nothing was recorded twice.' },
      matched: {
        type: 'boolean',
        description: 'The decision that is reported on is known: this process made it, or money was held for it.',
      },
    }),
    DataRequest: { type: ['object', 'null'], properties: { input: {} } },
    DataResponse: closed(['decision_id'], {
      decision_id: { type: 'string' },
      result: { description: 'Absent where the policy leaves the document undefined.' },
      warning: closed(['code', 'message'], { code: { const: 'api_usage_warning' }, message: { type: 'string' } }),
    }),
    Readiness: closed(['state'], {
      state: { enum: ['never_activated', 'serving', 'serving_last_good', 'stale'] },
      revision: { type: 'string' },
      digest: { type: 'string' },
      age_ms: { type: 'integer', minimum: 0, description: 'Since the last successful sync.' },
      why: { type: 'string' },
    }),
    Liveness: closed(['state'], { state: { const: 'alive' } }),
    Health: closed([], { error: { type: 'string' } }),
    Problem: PROBLEM,
    ...MODEL_SCHEMAS,
    ...REPORT_SCHEMAS,
  };
}

const NANO_USD: Schema = {
  description: 'Nano-USD: a number up to 2^53 - 1, a decimal string beyond.',
  oneOf: [{ type: 'integer' }, { type: 'string', pattern: '^-?[0-9]{16,19}$' }],
};

const ESTIMATE: Schema = {
  description: 'Upper bound of what the first target of the route costs.',
  oneOf: [
    closed(['kind', 'target', 'price_id', 'input_nano_usd', 'output_nano_usd', 'total_nano_usd'], {
      kind: { const: 'priced' },
      target: { type: 'string' },
      price_id: { type: 'string' },
      input_nano_usd: refTo('NanoUsd'),
      output_nano_usd: refTo('NanoUsd'),
      total_nano_usd: refTo('NanoUsd'),
    }),
    closed(['kind', 'target'], { kind: { enum: ['unpriced', 'uncounted'] }, target: { type: 'string' } }),
    closed(['kind'], { kind: { const: 'none' } }),
  ],
};

const COUNT: Schema = { type: 'integer', minimum: 0, maximum: 2_147_483_647 };
const NAME: Schema = { type: 'string', minLength: 1, maxLength: 128 };

const REPORT: Schema = closed(['id', 'decision_id', 'target', 'outcome'], {
  id: { ...NAME, description: 'Idempotency key: the same key with the same content is recorded once.' },
  decision_id: NAME,
  target: NAME,
  outcome: { enum: ATTEMPT_OUTCOMES },
  usage: {
    description: 'Left out, it is unknown, which is not zero.',
    oneOf: [
      {
        type: 'object',
        required: ['kind', 'input_tokens', 'output_tokens'],
        properties: { kind: { enum: ['exact', 'estimated'] }, input_tokens: COUNT, output_tokens: COUNT },
      },
      { type: 'object', required: ['kind'], properties: { kind: { const: 'unknown' } } },
    ],
  },
  duration_ms: COUNT,
  first_token_ms: COUNT,
  quality: { type: 'number', minimum: 0, maximum: 1 },
});

const PROBLEM: Schema = {
  ...closed(['type', 'title', 'status', 'detail', 'code'], {
    type: { type: 'string', pattern: '^urn:turnpike:problem:' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'Names the thing, the rule and the value.' },
    code: { enum: FAILURE_CODES },
    faults: {
      type: 'array',
      items: closed(['at', 'message'], { at: { type: 'string' }, message: { type: 'string' } }),
    },
  }),
  description: 'RFC 9457.',
};

/** A decision as it is sent: the policy's document, flat, with the engine's part beside it. */
function presented(document: Schema): Schema {
  const required: readonly unknown[] = Array.isArray(document['required']) ? document['required'] : [];
  return {
    ...without(document, '$schema'),
    title: 'Decision',
    description: 'What was decided, by which policy, and what it may cost.',
    required: ['id', ...required, 'policy', 'estimate', 'decided_at'],
    properties: {
      id: { type: 'string', format: 'uuid', description: 'UUIDv7.' },
      ...properties(document),
      policy: closed(['revision', 'digest', 'entrypoint'], {
        revision: { type: 'string' },
        digest: { type: 'string' },
        entrypoint: { type: 'string' },
      }),
      estimate: refTo('Estimate'),
      decided_at: { type: 'string', format: 'date-time' },
    },
  };
}

/** What a request says of its caller: the credential fixes some of it, so nothing is required. */
const claim = (caller: Schema): Schema => ({
  ...without(caller, 'required'),
  description: 'Fills the dimensions that the credential leaves open; a contradiction is refused.',
});

function closed(required: readonly string[], fields: Readonly<Record<string, Schema>>): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length === 0 ? undefined : { required }),
    properties: fields,
  };
}

function without(schema: Schema, name: string): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== name));
}

const properties = (schema: Schema): Schema => part(schema, 'properties');

function part(schema: Schema, name: string): Schema {
  const value = schema[name];
  if (!isSchema(value)) throw new Failure('internal', `schema: ${name} is not an object`);
  return value;
}

function readSchema(name: string): Schema {
  const schema: unknown = JSON.parse(readFileSync(new URL(name, SCHEMAS), 'utf8'));
  if (!isSchema(schema)) throw new Failure('internal', `schema ${name} is not an object`);
  return schema;
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
