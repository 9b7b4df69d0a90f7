/** What a vendor can do wrong, and what comes of it: the tests run from this table, and docs/faults.md shows it. */
import type { FailedOutcome } from '../../src/core/attempt-failure.ts';
import type { FailureCode } from '../../src/core/failure.ts';
import type { Misbehaviour } from './misbehaviour.ts';

/** How the client asks: for one document, or for a stream. */
export type Asked = 'whole' | 'stream';

/** What the attempt at the vendor that misbehaves is charged. */
export type Charged =
  /** It was refused, or nothing was sent. */
  | 'nothing'
  /** The vendor's own count. */
  | 'exact'
  /** What was seen of the answer, counted by its length. */
  | 'estimated'
  /** It may have cost something, and nobody can say what: no cost is told. */
  | 'unknown';

/** What the client sees where no other target is left. */
export type Seen =
  | { readonly kind: 'error'; readonly status: number; readonly code: FailureCode; readonly retryAfterS?: number }
  /** 200 and output, then an error event and no marker of success. */
  | { readonly kind: 'cut'; readonly code: FailureCode; readonly says?: string }
  /** 200 with what there is. */
  | { readonly kind: 'answer' };

export interface Fault {
  /** What the vendor does, as a sentence goes on after "a vendor that". */
  readonly name: string;
  readonly asked: readonly Asked[];
  readonly does: Misbehaviour;
  readonly outcome: FailedOutcome | 'ok';
  readonly charged: Charged;
  /** Of Anthropic's, which tell the tokens of the input before the output. */
  readonly chargedByAnthropic?: Charged;
  /** With a second target in the route, whether that one answers. */
  readonly movesOn: boolean;
  readonly alone: Seen;
  /** Of which time the plan allows little; the others are long. */
  readonly pace?: 'connect' | 'first_token' | 'idle';
  /** Only its own client can ask for it. */
  readonly door?: 'openai';
}

const BOTH: readonly Asked[] = ['whole', 'stream'];
const WHOLE: readonly Asked[] = ['whole'];
const STREAM: readonly Asked[] = ['stream'];

const UNAVAILABLE: Seen = { kind: 'error', status: 502, code: 'upstream_unavailable' };
const TIMEOUT: Seen = { kind: 'error', status: 504, code: 'upstream_timeout' };
const RATE_LIMITED: Seen = { kind: 'error', status: 429, code: 'upstream_rate_limited', retryAfterS: 30 };
const CUT: Seen = { kind: 'cut', code: 'upstream_unavailable' };
const PAUSED: Seen = { kind: 'cut', code: 'upstream_timeout', says: 'the stream paused for too long' };
const SLOW: Seen = { kind: 'cut', code: 'upstream_timeout', says: 'the stream is too slow' };
const ANSWER: Seen = { kind: 'answer' };
const rejected = (code: FailureCode): Seen => ({ kind: 'error', status: 400, code });

// biome-ignore format: a table, one fault a row
export const FAULTS: readonly Fault[] = [
  // It says no.
  { name: 'answers 429 with `Retry-After` in seconds', asked: BOTH, does: 'rate_limited_for_seconds', outcome: 'rate_limited', charged: 'nothing', movesOn: true, alone: RATE_LIMITED },
  { name: 'answers 429 with `Retry-After` as a date', asked: BOTH, does: 'rate_limited_until_date', outcome: 'rate_limited', charged: 'nothing', movesOn: true, alone: RATE_LIMITED },
  { name: 'answers 500', asked: BOTH, does: 'status_500', outcome: 'unavailable', charged: 'nothing', movesOn: true, alone: UNAVAILABLE },
  { name: 'answers 503 with a page of HTML', asked: BOTH, does: 'status_503_html', outcome: 'unavailable', charged: 'nothing', movesOn: true, alone: UNAVAILABLE },
  { name: 'answers 401 and quotes our key', asked: BOTH, does: 'status_401', outcome: 'auth', charged: 'nothing', movesOn: true, alone: UNAVAILABLE },
  { name: 'redirects to elsewhere', asked: BOTH, does: 'redirect', outcome: 'unavailable', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'says that the request is longer than its window', asked: BOTH, does: 'context_length', outcome: 'context_length', charged: 'nothing', movesOn: true, alone: rejected('context_too_long') },
  { name: 'filters the content', asked: BOTH, does: 'content_filter', outcome: 'content_filter', charged: 'nothing', movesOn: true, alone: rejected('content_filtered') },
  { name: 'says that the request is malformed', asked: BOTH, does: 'invalid_request', outcome: 'invalid_request', charged: 'nothing', movesOn: false, alone: rejected('upstream_rejected') },
  // It cannot be reached.
  { name: 'has a name that does not resolve', asked: WHOLE, does: 'unresolved', outcome: 'connection', charged: 'nothing', movesOn: true, alone: UNAVAILABLE },
  { name: 'refuses connections', asked: WHOLE, does: 'refused', outcome: 'connection', charged: 'nothing', movesOn: true, alone: UNAVAILABLE },
  { name: 'never completes a connection', asked: WHOLE, does: 'unconnected', outcome: 'timeout', charged: 'nothing', movesOn: true, alone: TIMEOUT, pace: 'connect' },
  { name: 'shows a certificate that nobody vouches for', asked: WHOLE, does: 'untrusted', outcome: 'connection', charged: 'nothing', movesOn: true, alone: UNAVAILABLE },
  { name: 'shows a certificate of another name', asked: WHOLE, does: 'misnamed', outcome: 'connection', charged: 'nothing', movesOn: true, alone: UNAVAILABLE },
  { name: 'shows a certificate that has expired', asked: WHOLE, does: 'expired', outcome: 'connection', charged: 'nothing', movesOn: true, alone: UNAVAILABLE },
  // It breaks before there is an answer.
  { name: 'resets the connection instead of answering', asked: BOTH, does: 'reset_before_head', outcome: 'connection', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'closes the connection instead of answering', asked: BOTH, does: 'close_before_head', outcome: 'connection', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'never answers', asked: BOTH, does: 'hang_before_head', outcome: 'timeout', charged: 'unknown', movesOn: true, alone: TIMEOUT, pace: 'first_token' },
  { name: 'answers with something that is no HTTP', asked: BOTH, does: 'no_http', outcome: 'connection', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'sends a head and nothing more', asked: BOTH, does: 'hang_after_head', outcome: 'timeout', charged: 'unknown', movesOn: true, alone: TIMEOUT, pace: 'first_token' },
  { name: 'resets the connection behind the head', asked: BOTH, does: 'reset_after_head', outcome: 'connection', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'stops within a document', asked: WHOLE, does: 'cut_document', outcome: 'connection', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  // Its answer is none.
  { name: 'answers 200 with HTML', asked: BOTH, does: 'html', outcome: 'unavailable', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'answers under another content type than was asked for', asked: BOTH, does: 'mislabelled', outcome: 'unavailable', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'answers 200 with an error', asked: BOTH, does: 'error_with_200', outcome: 'unavailable', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'answers 200 with an empty body', asked: WHOLE, does: 'empty_body', outcome: 'unavailable', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'answers 200 with an empty body', asked: STREAM, does: 'empty_body', outcome: 'connection', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'answers with broken JSON', asked: WHOLE, does: 'broken_json', outcome: 'unavailable', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'answers with another document than was asked for', asked: WHOLE, does: 'foreign_json', outcome: 'unavailable', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  { name: 'answers with more than may be', asked: WHOLE, does: 'flood', outcome: 'unavailable', charged: 'unknown', movesOn: true, alone: UNAVAILABLE },
  // Its answer is poor.
  { name: 'answers with nothing', asked: BOTH, does: 'empty_answer', outcome: 'degraded', charged: 'exact', movesOn: true, alone: ANSWER },
  { name: 'cuts its answer before the cap', asked: WHOLE, does: 'truncated_answer', outcome: 'degraded', charged: 'exact', movesOn: true, alone: ANSWER },
  { name: 'refuses', asked: WHOLE, does: 'refusal', outcome: 'degraded', charged: 'exact', movesOn: true, alone: ANSWER },
  { name: "answers with JSON that does not fit the caller's schema", asked: WHOLE, does: 'misfit', outcome: 'degraded', charged: 'exact', movesOn: true, alone: ANSWER, door: 'openai' },
  // Its stream breaks before the first output.
  { name: 'ends a stream before any output', asked: STREAM, does: 'end_before_output', outcome: 'connection', charged: 'unknown', chargedByAnthropic: 'estimated', movesOn: true, alone: UNAVAILABLE },
  { name: 'resets a stream before any output', asked: STREAM, does: 'reset_before_output', outcome: 'connection', charged: 'unknown', chargedByAnthropic: 'estimated', movesOn: true, alone: UNAVAILABLE },
  { name: 'hangs in a stream before any output', asked: STREAM, does: 'hang_before_output', outcome: 'timeout', charged: 'unknown', chargedByAnthropic: 'estimated', movesOn: true, alone: TIMEOUT, pace: 'first_token' },
  { name: 'says an error in a stream before any output', asked: STREAM, does: 'error_before_output', outcome: 'unavailable', charged: 'unknown', chargedByAnthropic: 'estimated', movesOn: true, alone: UNAVAILABLE },
  { name: 'sends an event that is no JSON before any output', asked: STREAM, does: 'bad_event_before_output', outcome: 'unavailable', charged: 'unknown', chargedByAnthropic: 'estimated', movesOn: true, alone: UNAVAILABLE },
  { name: 'sends an event larger than 16 MiB', asked: STREAM, does: 'oversized_event', outcome: 'unavailable', charged: 'unknown', chargedByAnthropic: 'estimated', movesOn: true, alone: UNAVAILABLE },
  // Its stream breaks within the answer: what the client has cannot be taken back.
  { name: 'ends a stream within the answer', asked: STREAM, does: 'end_within_answer', outcome: 'connection', charged: 'estimated', movesOn: false, alone: CUT },
  { name: 'resets a stream within the answer', asked: STREAM, does: 'reset_within_answer', outcome: 'connection', charged: 'estimated', movesOn: false, alone: CUT },
  { name: 'hangs within the answer', asked: STREAM, does: 'hang_within_answer', outcome: 'timeout', charged: 'estimated', movesOn: false, alone: PAUSED, pace: 'idle' },
  { name: 'drips an event byte by byte', asked: STREAM, does: 'drip_bytes', outcome: 'timeout', charged: 'estimated', movesOn: false, alone: PAUSED, pace: 'idle' },
  { name: 'streams slower than the least throughput', asked: STREAM, does: 'drip_words', outcome: 'timeout', charged: 'estimated', movesOn: false, alone: SLOW },
  { name: 'says an error within the answer', asked: STREAM, does: 'error_within_answer', outcome: 'unavailable', charged: 'estimated', movesOn: false, alone: CUT },
  { name: 'sends an event that is no JSON within the answer', asked: STREAM, does: 'bad_event_within_answer', outcome: 'unavailable', charged: 'estimated', movesOn: false, alone: CUT },
];
