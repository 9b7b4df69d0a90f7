/** Why a call brought no answer, as its caller is told. A vendor's words are told where they are about the request. */

import type { AttemptRecord } from '../core/attempt.ts';
import type { AttemptFailure } from '../core/attempt-failure.ts';
import { Failure } from '../core/failure.ts';
import type { Room } from './envelope.ts';

/** Why a target of the route was not asked. */
export type Skip =
  | { readonly kind: 'unconfigured' | 'full' }
  | { readonly kind: 'open'; readonly retryAfterMs: number }
  | { readonly kind: 'unsupported'; readonly names: readonly string[] }
  | { readonly kind: 'room'; readonly room: Exclude<Room, 'fits'> }
  /** Budgets or limits do not bear it. */
  | { readonly kind: 'funds'; readonly failure: Failure };

/** What the call came to. */
export interface Account {
  readonly last: AttemptFailure | undefined;
  readonly cause: unknown;
  readonly records: readonly AttemptRecord[];
  readonly skips: ReadonlyMap<string, Skip>;
  readonly maxCostNano: bigint;
}

const LONGEST_QUOTE = 256;

export function failureOf(account: Account): Failure {
  const { last, records } = account;
  if (last === undefined) return unasked(account);
  const made = records.findLast(({ failure }) => failure === last) ?? records.at(-1);
  // Who leaves before the first attempt is told nothing but that.
  return made === undefined ? new Failure('cancelled', 'the client left') : failed(last, made.target, account);
}

function failed(last: AttemptFailure, target: string, account: Account): Failure {
  const { records, skips, cause } = account;
  const made = `after ${records.length === 1 ? '1 attempt' : `${records.length} attempts`}`;
  const limit = limitText(skips, account.maxCostNano);
  const tail = limit === undefined ? made : `${made}; ${limit}`;
  const retryAfterMs = soonest(records);
  const details = { target, attempts: records.length };
  const options = { details, ...(cause === undefined ? undefined : { cause }) };
  if (last.crowded === true) return new Failure('overloaded', `${target}: ${last.message}, ${tail}`, options);
  switch (last.outcome) {
    case 'rate_limited':
      return new Failure('upstream_rate_limited', `${target}: rate limited, ${tail}`, {
        ...options,
        details: { ...details, ...(retryAfterMs === undefined ? undefined : { retryAfterMs }) },
      });
    case 'timeout':
      return new Failure('upstream_timeout', `${target}: ${last.message}, ${tail}`, options);
    case 'connection':
    case 'unavailable': {
      const status = last.status === undefined ? '' : ` (${last.status})`;
      return new Failure('upstream_unavailable', `${target}: ${OUTCOME_TEXT[last.outcome]}${status}, ${tail}`, options);
    }
    // Whatever the vendor says of our key is nobody else's business.
    case 'auth':
      return new Failure('upstream_unavailable', `${target}: the gateway was not let in, ${tail}`, options);
    case 'context_length':
      return new Failure('context_too_long', `${target}: the request is too long: ${quoted(last)}`, options);
    case 'content_filter':
      return new Failure('content_filtered', `${target}: the content was refused: ${quoted(last)}`, options);
    case 'invalid_request':
      // Ours, not the vendor's: it was found while the request was written.
      if (cause instanceof Failure)
        return new Failure(cause.code, cause.message, {
          ...options,
          faults: cause.faults,
          details: { ...cause.details, ...details },
        });
      return new Failure('upstream_rejected', `${target}: the request was rejected: ${quoted(last)}`, options);
    case 'degraded':
      return new Failure('upstream_unavailable', `${target}: ${last.message}, ${tail}`, options);
    case 'cancelled':
      return new Failure('cancelled', 'the client left', options);
  }
}

const OUTCOME_TEXT = { connection: 'could not be reached', unavailable: 'unavailable' } as const;

const quoted = ({ message }: AttemptFailure): string =>
  message.length > LONGEST_QUOTE ? `${message.slice(0, LONGEST_QUOTE - 1)}…` : message;

function soonest(records: readonly AttemptRecord[]): number | undefined {
  let least: number | undefined;
  for (const { failure } of records) {
    if (failure?.retryAfterMs !== undefined) least = Math.min(least ?? failure.retryAfterMs, failure.retryAfterMs);
  }
  return least;
}

/** The limit of the envelope that stopped it. */
function limitText(skips: ReadonlyMap<string, Skip>, maxCostNano: bigint): string | undefined {
  for (const [target, skip] of skips) {
    if (skip.kind === 'room') return `${target} was not asked: ${roomText(skip.room, maxCostNano)}`;
    if (skip.kind === 'funds') return `${target} was not asked: ${skip.failure.message}`;
  }
  return undefined;
}

function roomText(room: Exclude<Room, 'fits'>, maxCostNano: bigint): string {
  switch (room) {
    case 'deadline':
      return 'the deadline has passed';
    case 'attempts':
      return 'the attempts that policy allows are made';
    case 'cost':
      return `it may cost more than what is left of ${maxCostNano} nano-USD`;
  }
}

/** Nobody was asked. */
function unasked({ skips, maxCostNano }: Account): Failure {
  const names: string[] = [];
  const texts: string[] = [];
  const targets: string[] = [];
  let retryAfterMs: number | undefined;
  let room: Exclude<Room, 'fits'> | undefined;
  let lasting = true;
  let isFull = false;
  let refused: Failure | undefined;
  for (const [target, skip] of skips) {
    targets.push(target);
    switch (skip.kind) {
      case 'unsupported':
        for (const name of skip.names) if (!names.includes(name)) names.push(name);
        texts.push(`${target}: cannot do ${skip.names.join(', ')}`);
        continue;
      case 'room':
        room ??= skip.room;
        texts.push(`${target}: ${roomText(skip.room, maxCostNano)}`);
        break;
      case 'funds':
        refused ??= skip.failure;
        texts.push(`${target}: ${skip.failure.message}`);
        break;
      case 'open':
        retryAfterMs = Math.min(retryAfterMs ?? skip.retryAfterMs, skip.retryAfterMs);
        texts.push(`${target}: resting after failures`);
        break;
      case 'full':
        isFull = true;
        texts.push(`${target}: as many calls are in flight as may be`);
        break;
      case 'unconfigured':
        texts.push(`${target}: not configured`);
        break;
    }
    lasting = false;
  }
  if (refused !== undefined) return refused;
  const message = texts.length === 0 ? 'no target is left' : clip(texts.join('; '));
  const [target] = targets;
  const details = {
    attempts: 0,
    ...(target === undefined ? undefined : { target }),
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
  };
  if (lasting && names.length > 0) {
    const [param] = names;
    return new Failure('unsupported', message, { details: param === undefined ? details : { ...details, param } });
  }
  if (room === 'deadline') return new Failure('deadline_exceeded', message, { details });
  if (room === 'cost') return new Failure('budget_exhausted', message, { details });
  return new Failure(isFull ? 'overloaded' : 'upstream_unavailable', message, { details });
}

const clip = (text: string): string => (text.length > 512 ? `${text.slice(0, 511)}…` : text);
