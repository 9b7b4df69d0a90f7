/**
 * Names of what is kept in Redis. All of them are in one slot of a cluster, by the tag in braces: a hold is given by
 * every budget or by none, and only what is together can be changed together.
 */

export interface Keys {
  /** There when the state is complete: see COMPLETE. */
  readonly complete: string;
  /** Where replicas tell one another how targets are. */
  readonly health: string;
  hold(id: string): string;
  account(key: string): string;
  leases(key: string): string;
  rate(key: string): string;
  slot(key: string): string;
}

export function keysOf(prefix: string): Keys {
  const tag = `{${prefix}}`;
  return {
    complete: `${tag}:complete`,
    health: `${tag}:health`,
    hold: (id) => `${tag}:hold:${id}`,
    account: (key) => `${tag}:account:${key}`,
    leases: (key) => `${tag}:leases:${key}`,
    rate: (key) => `${tag}:rate:${key}`,
    slot: (key) => `${tag}:slot:${key}`,
  };
}
