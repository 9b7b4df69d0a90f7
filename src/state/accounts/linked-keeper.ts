/**
 * The end of the process that keeps the accounts, and the decisions that it holds for: answers its workers, each turn of
 * the event loop in one message.
 */
import type { HoldResult } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';
import type { Accounts, HoldOptions } from '../../flows/accounts.ts';
import type { Claim } from '../../flows/held-decisions.ts';
import { createMemoryHeldDecisions } from '../decisions/memory.ts';
import { heldOfText, textOfHeld } from '../decisions/text.ts';
import { type Answer, type Asked, type PlainClaim, packed, unpacked } from './linked-message.ts';

export interface AccountsKeeper {
  told(worker: number, message: unknown, answer: (message: unknown) => void): void;
  /** A worker died: nobody waits for its holds; those it was given end with their leases. */
  gone(worker: number): void;
}

interface Worker {
  answer(message: unknown): void;
  batch: Answer[];
  /** Holds that are waited for, by their ids. */
  readonly waiting: Map<number, AbortController>;
}

type AskedHold = Extract<Asked, { kind: 'hold' }>;

const plainOf = (claim: Claim): PlainClaim =>
  claim.kind === 'claimed' ? { ...claim, held: textOfHeld(claim.held) } : claim;

/** @param accounts with patience, so that all workers wait in the same lines */
export function createAccountsKeeper(accounts: Accounts): AccountsKeeper {
  const workers = new Map<number, Worker>();
  const decisions = createMemoryHeldDecisions();

  const put = (worker: Worker, answer: Answer): void => {
    if (worker.batch.push(answer) > 1) return;
    setImmediate(() => {
      const { batch } = worker;
      worker.batch = [];
      worker.answer(packed(batch));
    });
  };
  const failed = (worker: Worker, id: number, reason: unknown): void => {
    const { code, message, details } = Failure.from(reason);
    put(worker, { id, failure: { code, message, details } });
  };

  /** Before anybody is told of a hold, what it is for is remembered. */
  const hold = ({ request, decision }: AskedHold, options: HoldOptions): HoldResult | Promise<HoldResult> => {
    const result = accounts.hold(request, options);
    if (decision === undefined) return result;
    const remembered = (found: HoldResult): HoldResult => {
      if (found.kind === 'held') decisions.remember(heldOfText(decision), found.fence);
      return found;
    };
    return result instanceof Promise ? result.then(remembered) : remembered(result);
  };
  const ask = (worker: Worker, asked: Exclude<Asked, { kind: 'leave' | 'settled' }>) => {
    switch (asked.kind) {
      case 'hold': {
        if ((asked.terms.waitMs ?? 0) <= 0) return hold(asked, asked.terms);
        const caller = new AbortController();
        worker.waiting.set(asked.id, caller);
        return hold(asked, { ...asked.terms, signal: caller.signal });
      }
      case 'claim':
        return plainOf(decisions.claim(asked.claim));
      case 'settle':
        return accounts.settle(asked.request);
      case 'balances':
        return accounts.balances(asked.accounts);
    }
  };

  const heard = (worker: Worker, asked: Asked): void => {
    if (asked.kind === 'leave') {
      worker.waiting.get(asked.id)?.abort();
      return;
    }
    if (asked.kind === 'settled') {
      decisions.settled(asked.decisionId, asked.reportId);
      return;
    }
    const { id } = asked;
    try {
      const result = ask(worker, asked);
      if (!(result instanceof Promise)) {
        worker.waiting.delete(id);
        put(worker, { id, result });
        return;
      }
      void (result as Promise<Extract<Answer, { result: unknown }>['result']>) // a promise of one of those that it may be
        .then(
          (found) => put(worker, { id, result: found }),
          (reason: unknown) => failed(worker, id, reason),
        )
        .finally(() => worker.waiting.delete(id));
    } catch (reason) {
      worker.waiting.delete(id);
      failed(worker, id, reason);
    }
  };

  return {
    told(id, message, answer) {
      const worker = workers.get(id) ?? { answer, batch: [], waiting: new Map() };
      workers.set(id, worker);
      for (const asked of unpacked<readonly Asked[]>(message)) heard(worker, asked);
    },
    gone(id) {
      const worker = workers.get(id);
      workers.delete(id);
      for (const caller of worker?.waiting.values() ?? []) caller.abort();
    },
  };
}
