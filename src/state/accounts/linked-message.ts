/** What a worker asks of the process that keeps the accounts, and is answered; as JSON, in which there is no bigint. */
import type { Account, Balance, HoldRequest, HoldResult, SettleRequest, SettleResult } from '../../core/account.ts';
import type { FailureCode, FailureDetails } from '../../core/failure.ts';
import type { HoldOptions } from '../../flows/accounts.ts';

export type Asked =
  | {
      readonly kind: 'hold';
      readonly id: number;
      readonly request: HoldRequest;
      readonly terms: Omit<HoldOptions, 'signal'>;
    }
  | { readonly kind: 'settle'; readonly id: number; readonly request: SettleRequest }
  | { readonly kind: 'balances'; readonly id: number; readonly accounts: readonly Account[] }
  /** Nobody waits any more for the hold that was asked for under this id. */
  | { readonly kind: 'leave'; readonly id: number };

export type Answer =
  | { readonly id: number; readonly result: HoldResult | SettleResult | readonly Balance[] }
  | {
      readonly id: number;
      readonly failure: { readonly code: FailureCode; readonly message: string; readonly details: FailureDetails };
    };

/** Fields that end so are amounts. */
const AMOUNT = /[nN]ano$/;

/** One text: the channel writes it out once, and need not look into it. */
export function packed(message: readonly (Asked | Answer)[]): string {
  return JSON.stringify(message, (_field, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** @returns what the same program packed at the other end */
export function unpacked<Message>(text: unknown): Message {
  return JSON.parse(String(text), (field, value: unknown) =>
    typeof value === 'string' && AMOUNT.test(field) ? BigInt(value) : value,
  );
}
