/** Reads a report off the wire; what does not fit is refused by name. */
import { ATTEMPT_OUTCOMES, type AttemptOutcome } from '../core/facts.ts';
import { Failure } from '../core/failure.ts';
import type { AttemptReport, Usage } from '../core/report.ts';
import { requireRecord } from './untrusted.ts';

const FIELDS: ReadonlySet<string> = new Set([
  'id',
  'decision_id',
  'target',
  'outcome',
  'usage',
  'duration_ms',
  'first_token_ms',
  'quality',
]);
const MAX_ID_LENGTH = 128;
/** Tokens or milliseconds at most: what an int32 on the wire holds. */
const MAX_COUNT = 2_147_483_647;

/** @throws Failure `invalid_request` that names the field, the rule and the value */
export function readReport(untrusted: unknown): AttemptReport {
  const report = requireRecord('report', untrusted);
  for (const name in report) {
    if (!FIELDS.has(name)) throw new Failure('invalid_request', `report: unknown field "${name.slice(0, 64)}"`);
  }
  const durationMs = optionalCount('duration_ms', report['duration_ms']);
  const firstTokenMs = optionalCount('first_token_ms', report['first_token_ms']);
  const quality = optionalShare('quality', report['quality']);
  return {
    id: text('id', report['id']),
    decision_id: text('decision_id', report['decision_id']),
    target: text('target', report['target']),
    outcome: outcome(report['outcome']),
    usage: usage(report['usage']),
    ...(durationMs === undefined ? {} : { duration_ms: durationMs }),
    ...(firstTokenMs === undefined ? {} : { first_token_ms: firstTokenMs }),
    ...(quality === undefined ? {} : { quality }),
  };
}

function usage(value: unknown): Usage {
  if (value === undefined) return { kind: 'unknown' };
  const said = requireRecord('usage', value);
  const kind = said['kind'];
  if (kind === 'unknown') return { kind };
  if (kind !== 'exact' && kind !== 'estimated') {
    throw new Failure('invalid_request', 'report.usage.kind: must be one of exact, estimated, unknown');
  }
  return {
    kind,
    input_tokens: count('usage.input_tokens', said['input_tokens']),
    output_tokens: count('usage.output_tokens', said['output_tokens']),
  };
}

function outcome(value: unknown): AttemptOutcome {
  const known = ATTEMPT_OUTCOMES.find((one) => one === value);
  if (known === undefined) {
    throw new Failure('invalid_request', `report.outcome: must be one of ${ATTEMPT_OUTCOMES.join(', ')}`);
  }
  return known;
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_ID_LENGTH) {
    throw new Failure('invalid_request', `report.${name}: must be a string of 1 to ${MAX_ID_LENGTH} characters`);
  }
  return value;
}

function count(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > MAX_COUNT) {
    throw new Failure('invalid_request', `report.${name}: must be an integer from 0 to ${MAX_COUNT}`);
  }
  return value;
}

function optionalShare(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
    throw new Failure('invalid_request', `report.${name}: must be a number from 0 to 1`);
  }
  return value;
}

const optionalCount = (name: string, value: unknown): number | undefined =>
  value === undefined ? undefined : count(name, value);
