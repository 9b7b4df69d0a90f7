/**
 * Names of what is kept in Redis; `lua-state.ts` says what it is. All of them are in one slot of a cluster, by the tag
 * in braces: a hold is given by every budget or by none, and only what is together can be changed together.
 */

export interface Keys {
  readonly accounts: string;
  readonly leases: string;
  readonly ends: string;
  /** Where replicas tell one another how targets are. */
  readonly health: string;
  /** Of the holds of one minute; of a hold whose id does not say its time, of that one alone. */
  settled(id: string): string;
  rolling(account: string): string;
  rate(key: string): string;
  slot(key: string): string;
  decision(id: string): string;
}

export function keysOf(prefix: string): Keys {
  const tag = `{${prefix}}`;
  return {
    accounts: `${tag}:accounts`,
    leases: `${tag}:leases`,
    ends: `${tag}:ends`,
    health: `${tag}:health`,
    settled: (id) => `${tag}:settled:${minuteOf(id) ?? id}`,
    rolling: (account) => `${tag}:rolling:${account}`,
    rate: (key) => `${tag}:rate:${key}`,
    slot: (key) => `${tag}:slot:${key}`,
    decision: (id) => `${tag}:decision:${id}`,
  };
}

/** Ids begin with a UUIDv7: its first 12 hex digits are milliseconds since the epoch. */
const UUID_V7 = /^([\da-f]{8})-([\da-f]{4})-7/;

function minuteOf(id: string): number | undefined {
  const [, high, low] = UUID_V7.exec(id) ?? [];
  return high === undefined || low === undefined ? undefined : Math.floor(Number.parseInt(high + low, 16) / 60_000);
}

/** The state is complete. */
export const COMPLETE_FIELD = '*';
/** Of what moment it is: ms since the epoch, as whoever rebuilt it read the ledger. */
export const REBUILT_FIELD = '@';

export const settledField = (account: string): string => `s:${inOneLine(account)}`;
export const heldField = (account: string): string => `h:${inOneLine(account)}`;

export const holdField = (id: string): string => `r:${inOneLine(id)}`;

/** Fields are listed one a line. */
const inOneLine = (name: string): string =>
  /[%\n]/.test(name) ? name.replaceAll('%', '%25').replaceAll('\n', '%0A') : name;
