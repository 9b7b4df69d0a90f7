/**
 * Owns the answer to "may this happen?": facts → input → evaluate → validate → Decision.
 * May import core and its own ports. A request that does not fit is a Failure before anything is evaluated; a policy
 * that breaks is a deny with a code of its own. It fails closed: no path from an error to an allow.
 */
import type { Call, Caller } from '../core/call.ts';
import { estimateCost } from '../core/cost.ts';
import type { Decision, DecisionDocument, Estimate } from '../core/decision.ts';
import type { Attempt, Facts } from '../core/facts.ts';
import { Failure } from '../core/failure.ts';
import { buildInput, type PolicyInput } from '../core/input.ts';
import type { PriceBook } from '../core/price-card.ts';
import type { ActivePolicy, PolicyHolder } from './active-policy.ts';
import { checkBounds } from './bounds.ts';
import type { Clock, RandomSource } from './clock.ts';
import type { DecisionCheck, InputCheck } from './documents.ts';
import type { FactsSource } from './facts-source.ts';
import { createIds } from './ids.ts';
import { createLocalTime } from './local-time.ts';
import type { RecentInputs } from './recent-inputs.ts';
import { refusal } from './refusal.ts';

export interface EngineRequest {
  readonly call: Call;
  readonly caller: Caller;
  /** Facts that the asker tells; whether they count is the facts source's business. */
  readonly facts?: Facts;
  /** Attempts already made, when the decision is asked again after failures. */
  readonly attempts?: readonly Attempt[];
}

/** A decision as this process made it. */
export interface MadeDecision extends Decision {
  /** Milliseconds from the request to the document, with fraction; what waited for its turn is not in it. */
  readonly duration_ms: number;
  /** What was known when it was made. */
  readonly facts: Facts;
}

export interface Engine {
  /**
   * @throws Failure `invalid_request` or `too_large` when the request does not fit the input schema, `not_ready` when
   *   no policy is active
   */
  decide(request: EngineRequest): Promise<MadeDecision>;
  /**
   * Asks any entry point with a raw input; nothing is validated but its bounds.
   * @returns the document, or `undefined` where the policy (or no entry point) defines one
   */
  query(entrypoint: string, input: unknown): unknown;
}

export interface EngineDependencies {
  readonly policy: PolicyHolder;
  readonly facts: FactsSource;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly checkInput: InputCheck;
  readonly checkDecision: DecisionCheck;
  /** Is told every input that was evaluated; default nobody. */
  readonly recentInputs?: RecentInputs;
}

/** @param options.timeZone IANA name of the zone in which policies see `now`; default `UTC` */
export function createEngine(dependencies: EngineDependencies, options: { readonly timeZone?: string } = {}): Engine {
  const { facts: source, clock, checkInput, checkDecision, recentInputs } = dependencies;
  const nextId = createIds(dependencies.random);
  const localTime = createLocalTime(options.timeZone ?? 'UTC');

  const active = (): ActivePolicy => {
    const status = dependencies.policy.status();
    if (status.kind === 'never_activated') throw new Failure('not_ready', 'no policy is active yet');
    return status.policy;
  };

  return {
    async decide(request) {
      const policy = active();
      const nowMs = clock.nowMs();
      const now = localTime(nowMs);
      const told = request.facts ?? NO_FACTS;
      const asked = buildInput(request.call, request.caller, told, request.attempts, now);
      checkInput(asked);
      const read = source.read(request.call, request.caller, request.facts);
      const facts = read instanceof Promise ? await read : read;
      const input = facts === told ? asked : buildInput(request.call, request.caller, facts, request.attempts, now);
      recentInputs?.note(input);
      const answer = ask(policy, input, checkDecision);
      return {
        id: nextId(nowMs),
        policy: policy.identity,
        document: answer.document,
        estimate: estimate(answer.document, request.call, policy.prices, nowMs),
        decided_at_ms: now.unix_ms,
        duration_ms: clock.nowMs() - nowMs,
        facts,
        ...(answer.fault === undefined ? undefined : { fault: answer.fault }),
      };
    },
    query(entrypoint, input) {
      const policy = active();
      checkBounds(input);
      return policy.evaluator.entrypoints.has(entrypoint) ? policy.evaluator.evaluate(entrypoint, input) : undefined;
    },
  };
}

const NO_FACTS: Facts = {};

interface Answer {
  readonly document: DecisionDocument;
  readonly fault?: NonNullable<Decision['fault']>;
}

function ask(policy: ActivePolicy, input: PolicyInput, check: DecisionCheck): Answer {
  let document: unknown;
  try {
    document = policy.evaluator.evaluate(policy.identity.entrypoint, input);
  } catch (reason) {
    const failure = Failure.from(reason);
    const code = failure.code === 'evaluation_limit' ? 'evaluation_limit' : 'evaluation_failed';
    return refusal(input, code, failure.message);
  }
  if (document === undefined) return refusal(input, 'no_decision', `${policy.identity.entrypoint} is undefined`);
  const checked = check(document, input.caller);
  return checked.kind === 'fits' ? checked : refusal(input, checked.code, checked.message);
}

function estimate(document: DecisionDocument, call: Call, prices: PriceBook, nowMs: number): Estimate {
  const first = document.route[0];
  if (first === undefined) return NOTHING_ROUTED;
  return estimateCost(prices, first.target, { input: call.input_tokens, output: first.max_output_tokens }, nowMs);
}

const NOTHING_ROUTED: Estimate = { kind: 'none' };
