/**
 * Accounts that another process of this machine keeps: the workers of a cluster ask their primary, so that however many
 * they are, they spend from one memory. Everything asked in one turn of the event loop goes in one message. Fails
 * closed: when the primary is gone, everything that waits for it, and all that follows, fails with `unavailable`.
 */

import type { Account, Balance, HoldRequest, HoldResult, SettleRequest, SettleResult } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';
import type { Accounts, HoldOptions } from '../../flows/accounts.ts';
import type { HeldDecisions } from '../../flows/held-decisions.ts';
import { heldOf, heldText } from '../decisions/text.ts';
import { type Answer, type Asked, type LinkedDecision, packed, unpacked } from './linked-message.ts';

/** The way to the process that keeps them: whole messages, in order. What is sent is plain JSON. */
export interface AccountsLine {
  tell(message: unknown): void;
  onTold(listener: (message: unknown) => void): void;
  onGone(listener: () => void): void;
}

interface Pending {
  resolve(result: never): void;
  reject(failure: Failure): void;
}

export interface LinkedAccounts extends Accounts {
  /** Kept where the accounts are. */
  readonly decisions: HeldDecisions;
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
    hold(request: HoldRequest, { signal, ...terms }: HoldOptions = {}) {
      const { id, result } = ask<HoldResult>((asked) => ({ kind: 'hold', id: asked, request, terms }));
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
      remember(decisionId, held, leaseMs) {
        if (!isGone) put({ kind: 'remember', decisionId, held: heldText(held), leaseMs });
      },
      async find(decisionId) {
        const { result } = ask<LinkedDecision | undefined>((id) => ({ kind: 'find', id, decisionId }));
        const found = await result;
        return found && heldOf(found.held);
      },
      async claim(decisionId, reportId) {
        const { result } = ask<LinkedDecision | undefined>((id) => ({ kind: 'claim', id, decisionId, reportId }));
        const found = await result;
        return found && { held: heldOf(found.held), place: found.place ?? 0 };
      },
    },
    /** They are the primary's. */
    close: async () => undefined,
  };
}

const gone = (): Failure => new Failure('unavailable', 'accounts: the process that keeps them is gone');
