/** An identity that is swapped whole while it serves: what replaced it counts from the next credential on. */
import type { Identity } from '../flows/identity.ts';

export interface ReplaceableIdentity extends Identity {
  replace(next: Identity): void;
}

export function createReplaceableIdentity(first: Identity): ReplaceableIdentity {
  let current = first;
  return {
    identify: (credential) => current.identify(credential),
    replace(next) {
      current = next;
    },
  };
}
