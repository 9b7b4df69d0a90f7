/** Everything that a front door can ask of the gateway. A refusal by policy is a Failure here: there is no answer. */
import type { CancelSignal } from '../core/cancellation.ts';
import type { ModelRequest } from '../core/generation.ts';
import type { ModelReply } from '../core/reply.ts';
import type { ProviderStream } from '../executor/provider.ts';
import type { Arrival } from './arrival.ts';

/** What served a call: told in response headers. */
export interface Served {
  readonly decisionId: string;
  /** `provider/model`. */
  readonly target: string;
  /** Made so far. */
  readonly attempts: number;
  /** Of all attempts so far, in nano-USD; undefined where one is unpriced or unknown, or still running. */
  readonly costNano: bigint | undefined;
  /** W3C headers, such as `traceparent`. */
  readonly headers: Readonly<Record<string, string>>;
}

export type GatewayReply =
  | { readonly kind: 'whole'; readonly reply: ModelReply; readonly served: Served }
  /**
   * Start it, or cancel it; metering is done in either case. What fails after the first byte is told by `closed`.
   * `final` tells what is only known when it ended.
   */
  | {
      readonly kind: 'stream';
      readonly stream: ProviderStream;
      readonly served: Served;
      readonly final: () => Pick<Served, 'attempts' | 'costNano'>;
    };

export interface ListedModel {
  /** Alias, or `provider/model`. */
  readonly id: string;
  readonly kind: 'alias' | 'model';
  /** The provider, or `turnpike` for an alias. */
  readonly ownedBy: string;
}

export interface Gateway {
  /**
   * @param read reads the body once the caller is known; what it throws is observed as the call's failure
   * @param signal aborted when the client leaves
   * @throws Failure of any code; its `details` say what the caller may be told
   */
  call(arrival: Arrival, read: () => Promise<ModelRequest>, signal: CancelSignal): Promise<GatewayReply>;
  /** What this caller may use now. */
  models(arrival: Arrival): Promise<readonly ListedModel[]>;
}
