/** The plan that is followed now, how far, and policy asked for another one. */
import type { AttemptRecord } from '../core/attempt.ts';
import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { AllowDocument } from '../core/decision.ts';
import type { Order } from './execution.ts';
import type { Skip } from './failure.ts';
import { type Place, Walk, type WalkOptions } from './walk.ts';

export interface ItineraryOptions extends WalkOptions {
  /** Times that policy is asked again. */
  readonly maxAsks: number;
}

export class Itinerary {
  plan: AllowDocument;
  walk: Walk;
  /** Why targets of this plan were not asked. */
  readonly skips = new Map<string, Skip>();
  /** What broke when policy was asked. */
  cause: unknown;
  private readonly options: ItineraryOptions;
  private readonly order: Order;
  /** Targets that failed: a later plan is not followed to them again. */
  private readonly spent = new Set<string>();
  private asks = 0;
  private askedForLess = false;
  private madeUnderPlan = 0;

  constructor(order: Order, options: ItineraryOptions) {
    this.order = order;
    this.options = options;
    this.plan = order.plan;
    this.walk = new Walk(order.plan, options, this.spent);
  }

  started(place: Place): void {
    place.tried += 1;
    this.madeUnderPlan += 1;
  }

  /** It cannot be asked: the walk goes on without it. */
  skip(place: Place, skip: Skip): 'skipped' {
    place.closed = true;
    this.skips.set(place.step.target, skip);
    return 'skipped';
  }

  failed({ step }: Place): void {
    this.spent.add(step.target);
  }

  /** After failures. @returns whether there is another plan to follow */
  async again(last: AttemptFailure | undefined, records: readonly AttemptRecord[]): Promise<boolean> {
    if (last === undefined || !this.walk.fallsBackOn(last.outcome) || this.madeUnderPlan === 0) return false;
    return this.anew(records);
  }

  /** Money went to somebody else since policy was asked: it is asked once more, with what is left. */
  async forLess(records: readonly AttemptRecord[]): Promise<boolean> {
    if (this.askedForLess || ![...this.skips.values()].some(({ kind }) => kind === 'funds')) return false;
    this.askedForLess = true;
    return this.anew(records);
  }

  private async anew(records: readonly AttemptRecord[]): Promise<boolean> {
    if (this.asks >= this.options.maxAsks || this.order.signal.aborted) return false;
    this.asks += 1;
    this.madeUnderPlan = 0;
    const made = records.map(({ target, outcome }) => ({ target, outcome, output_started: false }));
    let plan: AllowDocument | undefined;
    try {
      plan = await this.order.askAgain(made);
    } catch (reason) {
      this.cause = reason;
    }
    if (plan === undefined) return false;
    this.plan = plan;
    this.skips.clear();
    this.walk = new Walk(plan, this.options, this.spent);
    return true;
  }
}
