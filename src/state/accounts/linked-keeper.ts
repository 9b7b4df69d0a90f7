/** The end of the process that keeps the accounts: answers its workers, each turn of the event loop in one message. */
import { Failure } from '../../core/failure.ts';
import type { Accounts } from '../../flows/accounts.ts';
import type { HeldDecisions } from '../../flows/held-decisions.ts';
import { heldOf, heldText } from '../decisions/text.ts';
import { type Answer, type Asked, type LinkedDecision, packed, unpacked } from './linked-message.ts';

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

/** @param accounts with patience, so that all workers wait in the same lines */
export function createAccountsKeeper(accounts: Accounts, decisions: HeldDecisions): AccountsKeeper {
  const workers = new Map<number, Worker>();

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

  const find = async (decisionId: string): Promise<LinkedDecision | undefined> => {
    const held = await decisions.find(decisionId);
    return held && { held: heldText(held) };
  };
  const claim = async (decisionId: string, reportId: string): Promise<LinkedDecision | undefined> => {
    const claimed = await decisions.claim(decisionId, reportId);
    return claimed && { held: heldText(claimed.held), place: claimed.place };
  };

  const ask = (worker: Worker, asked: Exclude<Asked, { kind: 'leave' | 'remember' }>) => {
    switch (asked.kind) {
      case 'hold': {
        if ((asked.terms.waitMs ?? 0) <= 0) return accounts.hold(asked.request, asked.terms);
        const caller = new AbortController();
        worker.waiting.set(asked.id, caller);
        return accounts.hold(asked.request, { ...asked.terms, signal: caller.signal });
      }
      case 'settle':
        return accounts.settle(asked.request);
      case 'balances':
        return accounts.balances(asked.accounts);
      case 'find':
        return find(asked.decisionId);
      case 'claim':
        return claim(asked.decisionId, asked.reportId);
    }
  };

  const heard = (worker: Worker, asked: Asked): void => {
    if (asked.kind === 'leave') {
      worker.waiting.get(asked.id)?.abort();
      return;
    }
    if (asked.kind === 'remember') {
      decisions.remember(asked.decisionId, heldOf(asked.held), asked.leaseMs);
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
