/** What is asked of the executor, and what comes of it. */

import type { AttemptCost, AttemptRecord } from '../core/attempt.ts';
import type { CancelSignal } from '../core/cancellation.ts';
import type { AllowDocument } from '../core/decision.ts';
import type { Attempt, TargetFact } from '../core/facts.ts';
import type { Failure } from '../core/failure.ts';
import type { ModelRequest } from '../core/generation.ts';
import type { ModelReply } from '../core/reply.ts';
import type { MeteredUsage, TokenCounts } from '../core/usage.ts';
import type { Funds } from './funds.ts';
import type { ProviderStream } from './provider.ts';

export interface Order {
  readonly request: ModelRequest;
  /** What policy allowed: route, envelope, fallback, hedge. */
  readonly plan: AllowDocument;
  /** Tokens of input, by estimate: what a broken answer is taken to have read, and what the envelope is held against. */
  readonly inputTokens: number;
  /** Tokens of input that no target can count more of: what is held is bounded with it. */
  readonly inputBoundTokens: number;
  /** Absent: nothing is held. */
  readonly funds?: Funds;
  /** Milliseconds since the epoch at which the caller's patience or the envelope ends, whichever is first. */
  readonly deadlineAtMs: number;
  /** Aborted: the client left. */
  readonly signal: CancelSignal;
  /** Asks policy once more, with what was tried so far; undefined: it says that it is over. */
  readonly askAgain: (attempts: readonly Attempt[]) => Promise<AllowDocument | undefined>;
  /** Told once for every attempt, when it ended; of a stream that is behind the last byte. */
  readonly onAttempt: (record: AttemptRecord) => void;
}

export type Execution =
  | {
      readonly kind: 'answered';
      readonly reply: ModelReply;
      readonly target: string;
      readonly attempts: readonly AttemptRecord[];
    }
  /** Output has begun; `stream` holds it from its first event on. Its attempt is told when it ends. */
  | {
      readonly kind: 'streaming';
      readonly stream: ProviderStream;
      readonly target: string;
      readonly attempts: readonly AttemptRecord[];
    }
  /** No attempt brought an answer; the failure says why the last one did not, and what may be done. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly attempts: readonly AttemptRecord[] };

export interface Executor {
  execute(order: Order): Promise<Execution>;
  /** Health of every target that is not nominal, as policy sees it. */
  health(): Readonly<Record<string, TargetFact>>;
  /** Feedback from outside: 0 (useless) to 1. */
  rate(target: string, quality: number): void;
}

/** Port: what attempts cost, by the price cards in force. */
export interface Pricing {
  costOf(target: string, usage: MeteredUsage, atMs: number): AttemptCost;
  /** The most that so many tokens may cost at a target, in nano-USD; undefined: no card is in force. */
  boundOf(target: string, tokens: Pick<TokenCounts, 'input' | 'output'>, atMs: number): bigint | undefined;
  /** Tokens of the longest prompt that a target reads; undefined: the catalogue does not say. */
  contextOf(target: string): number | undefined;
}
