/**
 * Facts of a decision from what this process has at hand: the request itself, or a static file.
 * May import core and the engine's port. The shared state will come through the same port.
 */
import type { Facts } from '../core/facts.ts';
import { Failure } from '../core/failure.ts';
import type { FactsSource } from '../engine/facts-source.ts';

const NOTHING: Facts = {};

/** Facts come with the request: for askers that keep budgets and health themselves and are trusted with them. */
export function createRequestFacts(): FactsSource {
  return { read: (_call, _caller, told) => told ?? NOTHING };
}

/** The same facts for every call; a request that tells its own is refused rather than overruled in silence. */
export function createStaticFacts(facts: Facts): FactsSource {
  return {
    read(_call, _caller, told) {
      if (told === undefined) return facts;
      throw new Failure('invalid_request', 'facts: this server reads facts from its own file, leave them out');
    },
  };
}
