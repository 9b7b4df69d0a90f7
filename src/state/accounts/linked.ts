/**
 * Accounts that another process of this machine keeps, and the decisions that it holds for: the workers of a cluster ask
 * their primary, so that however many they are, they spend from one memory. Everything asked in one turn of the event
 * loop goes in one message. Fails closed: when the primary is gone, everything that waits for it, and all that follows,
 * fails with `unavailable`.
 */

import type { Account, Balance, HoldRequest, HoldResult, SettleRequest, SettleResult } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';
import type { Accounts, HoldOptions } from '../../flows/accounts.ts';
import type { Claim, HeldDecisions } from '../../flows/held-decisions.ts';
import { heldOfText, textOfHeld } from '../decisions/text.ts';
import { type Answer, type Asked, type PlainClaim, packed, unpacked } from './linked-message.ts';

/** The way to the process that keeps them: whole messages, in order. What is sent is plain JSON. */
export interface AccountsLine {
  tell(message: unknown): void;
  onTold(listener: (message: unknown) => void): void;
  onGone(listener: () => void): void;
}

export interface LinkedAccounts extends Accounts {
  readonly decisions: HeldDecisions;
}

interface Pending {
  resolve(result: never): void;
  reject(failure: Failure): void;
}

export function createLinkedAccounts(line: AccountsLine): LinkedAccounts {
  const pending = new Map<number, Pending>();
  let nextId = 0;
  let batch: Asked[] = [];
  let isGone = false;

  line.onTold((message) => {
    for (const answer of unpacked<readonly Answer[]>(message)) {
      const waits = pending.get(answer.id);
      pending.delete(answer.id);
      if ('failure' in answer) {
        const { code, message: text, details } = answer.failure;
        waits?.reject(new Failure(code, text, { details }));
      } else waits?.resolve(answer.result as never); // what this id was asked for, by the same program
    }
  });
  line.onGone(() => {
    isGone = true;
    for (const { reject } of pending.values()) reject(gone());
    pending.clear();
  });

  const send = (): void => {
    const asked = batch;
    batch = [];
    line.tell(packed(asked));
  };
  const put = (asked: Asked): void => {
    if (batch.push(asked) === 1) setImmediate(send);
  };
  function ask<Result>(of: (id: number) => Asked): { readonly id: number; readonly result: Promise<Result> } {
    nextId += 1;
    const id = nextId;
    if (isGone) return { id, result: Promise.reject(gone()) };
    const result = new Promise<Result>((resolve, reject) => pending.set(id, { resolve, reject }));
    put(of(id));
    return { id, result };
  }

  return {
    hold(request: HoldRequest, { signal, decision, ...terms }: HoldOptions = {}) {
      const what = decision === undefined ? undefined : { decision: textOfHeld(decision) };
      const { id, result } = ask<HoldResult>((asked) => ({ kind: 'hold', id: asked, request, terms, ...what }));
      if (signal === undefined || terms.waitMs === undefined) return result;
      const leave = (): void => put({ kind: 'leave', id });
      if (signal.aborted) leave();
      signal.addEventListener('abort', leave);
      return result.finally(() => signal.removeEventListener('abort', leave));
    },
    settle: (request: SettleRequest) => ask<SettleResult>((id) => ({ kind: 'settle', id, request })).result,
    balances: (accounts: readonly Account[]) =>
      ask<readonly Balance[]>((id) => ({ kind: 'balances', id, accounts })).result,
    decisions: {
      /** The primary has it with the hold. */
      remember: () => undefined,
      claim: async (claim) => claimOf(await ask<PlainClaim>((id) => ({ kind: 'claim', id, claim })).result),
      settled(decisionId, reportId) {
        if (!isGone) put({ kind: 'settled', decisionId, reportId });
      },
    },
    /** They are the primary's. */
    close: async () => undefined,
  };
}

const claimOf = (claim: PlainClaim): Claim =>
  claim.kind === 'claimed' ? { ...claim, held: heldOfText(claim.held) } : claim;

const gone = (): Failure => new Failure('unavailable', 'accounts: the process that keeps them is gone');
