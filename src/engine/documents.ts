/**
 * Checks of the two documents at the policy's border, compiled once from `policies/schemas/`: what goes in (bounds
 * and types of a request) and what comes out (a decision, for this caller).
 */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Caller } from '../core/call.ts';
import { type DecisionDocument, OBLIGATION_KINDS } from '../core/decision.ts';
import { Failure, type Fault } from '../core/failure.ts';
import type { PolicyInput } from '../core/input.ts';

/** @throws Failure `invalid_request` or `too_large` with every fault */
export type InputCheck = (input: PolicyInput) => void;

export type CheckedDecision =
  | { readonly kind: 'fits'; readonly document: DecisionDocument }
  | { readonly kind: 'misfit'; readonly code: 'invalid_decision' | 'unknown_obligation'; readonly message: string };

export type DecisionCheck = (document: unknown, caller: Caller) => CheckedDecision;

const SCHEMAS = new URL('../../policies/schemas/', import.meta.url);
const MAX_FAULTS = 20;
const BOUND_KEYWORDS: ReadonlySet<string> = new Set(['maxLength', 'maxItems', 'maxProperties']);

export function createInputCheck(schema: object = readSchema('input.json')): InputCheck {
  const fits = new Ajv({ strict: false }).compile(schema);
  const every = new Ajv({ strict: false, allErrors: true, verbose: true }).compile(schema);
  return (input) => {
    if (fits(input)) return;
    const [first] = fits.errors ?? [];
    // Only a request within its bounds is worth a walk through all of it for further faults.
    const bound = first !== undefined && BOUND_KEYWORDS.has(first.keyword);
    if (!bound) every(input);
    const faults = describeAll((bound ? fits.errors : every.errors) ?? []);
    throw new Failure(bound ? 'too_large' : 'invalid_request', headline(faults), { faults });
  };
}

export function createDecisionCheck(schema: object = readSchema('decision.json')): DecisionCheck {
  const fits = new Ajv({ strict: false }).compile(schema);
  return (document, caller) => {
    if (!isDecision(fits, document)) {
      return unknownObligation(document) ?? misfit('invalid_decision', headline(describeAll(fits.errors ?? [])));
    }
    const { team, application, environment } = document.attribution;
    if (team !== caller.team || application !== caller.application || environment !== caller.environment) {
      return misfit('invalid_decision', 'attribution: is not that of the caller');
    }
    return { kind: 'fits', document };
  };
}

// The schema is the definition of the type; the cast that TypeScript cannot check is said here, once.
const isDecision = (fits: ValidateFunction, document: unknown): document is DecisionDocument => fits(document);

function unknownObligation(document: unknown): CheckedDecision | undefined {
  if (typeof document !== 'object' || document === null || !('obligations' in document)) return undefined;
  if (!Array.isArray(document.obligations)) return undefined;
  const known: readonly unknown[] = OBLIGATION_KINDS;
  const kinds: unknown[] = document.obligations.map((one: { kind?: unknown } | null) => one?.kind);
  const stranger = kinds.find((kind) => !known.includes(kind));
  return stranger === undefined ? undefined : misfit('unknown_obligation', `obligation ${JSON.stringify(stranger)}`);
}

const misfit = (code: 'invalid_decision' | 'unknown_obligation', message: string): CheckedDecision => ({
  kind: 'misfit',
  code,
  message,
});

function describeAll(errors: readonly ErrorObject[]): readonly Fault[] {
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const error of errors) {
    const fault = describe(error);
    const key = `${fault.at} ${fault.message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    faults.push(fault);
    if (faults.length === MAX_FAULTS) break;
  }
  return faults;
}

function describe(error: ErrorObject): Fault {
  const at = error.instancePath === '' ? '/' : error.instancePath;
  switch (error.keyword) {
    case 'additionalProperties':
      return { at, message: `unknown field ${quote(error.params['additionalProperty'])}` };
    case 'enum':
      return { at, message: `must be one of ${JSON.stringify(error.params['allowedValues'])}${actual(error.data)}` };
    case 'const':
      return { at, message: `must be ${JSON.stringify(error.params['allowedValue'])}${actual(error.data)}` };
    default:
      return { at, message: `${error.message ?? 'does not fit'}${actual(error.data)}` };
  }
}

/** The value itself, where it is short and plain. */
function actual(data: unknown): string {
  const plain = typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean' || data === null;
  return plain ? ` (actual: ${quote(data)})` : '';
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

const headline = (faults: readonly Fault[]): string =>
  faults.length === 0 ? 'does not fit its schema' : faults.map((fault) => `${fault.at}: ${fault.message}`).join('; ');

function readSchema(name: string): object {
  const schema: unknown = JSON.parse(readFileSync(new URL(name, SCHEMAS), 'utf8'));
  if (typeof schema !== 'object' || schema === null) throw new Failure('internal', `schema ${name} is not an object`);
  return schema;
}
