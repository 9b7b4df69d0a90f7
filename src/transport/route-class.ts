/**
 * What every route and method of every transport is. Only what is declared as a model call, of an operation that policy
 * knows and with a word on its price, may ask the gateway for one: `ModelCallOf` picks those out for the compiler.
 */
import type { Operation } from '../core/call.ts';

export type RouteClass =
  | {
      readonly kind: 'model_call';
      /** As policy sees the call. */
      readonly operation: Exclude<Operation, 'models'>;
      /** `by_usage`: what the attempts used, by the price card of each. `free`: no vendor charges for it. */
      readonly priced: 'by_usage' | 'free';
    }
  /** What a caller may use; starts no call. */
  | { readonly kind: 'listing' }
  /** Asks policy and starts no call. */
  | { readonly kind: 'decision' }
  /** Tells what became of a decision. */
  | { readonly kind: 'report' }
  /** Shows what was spent, to whom may see it; starts no call. */
  | { readonly kind: 'cost_report' }
  /** Asked by probes and people; open to everybody. */
  | { readonly kind: 'probe' };

/** Names of a table whose class is one of `Kind`. */
export type NamesOf<Table extends Readonly<Record<string, RouteClass>>, Kind extends RouteClass['kind']> = {
  [Name in keyof Table & string]: Table[Name] extends { readonly kind: Kind } ? Name : never;
}[keyof Table & string];
