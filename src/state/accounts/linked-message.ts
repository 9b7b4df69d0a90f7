/** What a worker asks of the process that keeps the accounts, and is answered; as JSON, in which there is no bigint. */
import type { Account, Balance, HoldRequest, HoldResult, SettleRequest, SettleResult } from '../../core/account.ts';
import type { FailureCode, FailureDetails } from '../../core/failure.ts';
import type { HoldOptions } from '../../flows/accounts.ts';
import type { Claim, Claimed, ReportClaim } from '../../flows/held-decisions.ts';

export type Asked =
  | {
      readonly kind: 'hold';
      readonly id: number;
      readonly request: HoldRequest;
      readonly terms: Omit<HoldOptions, 'signal' | 'decision'>;
      /** What is held for, as its text. */
      readonly decision?: string;
    }
  | { readonly kind: 'settle'; readonly id: number; readonly request: SettleRequest }
  | { readonly kind: 'balances'; readonly id: number; readonly accounts: readonly Account[] }
  | { readonly kind: 'claim'; readonly id: number; readonly claim: ReportClaim }
  /** Nobody waits for an answer. */
  | { readonly kind: 'settled'; readonly decisionId: string; readonly reportId: string }
  /** Nobody waits any more for the hold that was asked for under this id. */
  | { readonly kind: 'leave'; readonly id: number };

export type Answer =
  | { readonly id: number; readonly result: HoldResult | SettleResult | readonly Balance[] | PlainClaim }
  | {
      readonly id: number;
      readonly failure: { readonly code: FailureCode; readonly message: string; readonly details: FailureDetails };
    };

/** The decision is a text: whoever called may have named anything in it as amounts are named here. */
export type PlainClaim = Exclude<Claim, Claimed> | (Omit<Claimed, 'held'> & { readonly held: string });

/** One text: the channel writes it out once, and need not look into it. */
export const packed = (message: readonly (Asked | Answer)[]): string => JSON.stringify(plain(message));

/** @returns what the same program packed at the other end */
export function unpacked<Message>(text: unknown): Message {
  const message = JSON.parse(String(text));
  amountsBack(message);
  return message;
}

// Walked by hand: a replacer and a reviver of JSON take five times as long.
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) copy[name] = plain(field);
  return copy;
}

/** Texts in fields that are called so are amounts. */
const isAmount = (name: string): boolean => name.endsWith('Nano') || name === 'nano';

function amountsBack(message: object): void {
  const fields = message as Record<string, unknown>; // of an object that JSON.parse has just made
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'object' && value !== null) amountsBack(value);
    else if (typeof value === 'string' && isAmount(name)) fields[name] = BigInt(value);
  }
}
