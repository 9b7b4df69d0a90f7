/** Health as this gateway sees it, laid over what another source says: of a target that it uses, it knows better. */
import type { Facts, TargetFact } from '../core/facts.ts';
import type { FactsSource } from '../engine/facts-source.ts';

type Health = Readonly<Record<string, TargetFact>>;

/** @param health of every target that is not nominal, at this moment */
export function createHealthFacts(source: FactsSource, health: () => Health): FactsSource {
  return {
    read(call, caller, told) {
      const seen = health();
      const facts = source.read(call, caller, told);
      if (isNominal(seen)) return facts;
      return facts instanceof Promise ? facts.then((found) => overlaid(found, seen)) : overlaid(facts, seen);
    },
  };
}

const overlaid = (facts: Facts, seen: Health): Facts => ({ ...facts, targets: { ...facts.targets, ...seen } });

function isNominal(seen: Health): boolean {
  for (const _target in seen) return false;
  return true;
}
