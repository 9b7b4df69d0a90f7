/**
 * Holds of which nobody knows whether they were given: the answer did not come. Whoever asked was told that they were
 * not, so they are given back, at once or when the server is back; what is forgotten here ends with its lease.
 */
import type { SettleRequest } from '../../core/account.ts';

export interface Undo {
  /** Gives a hold back. Never rejects. */
  add(request: SettleRequest): void;
  /** Nobody may be told that a hold is given which is about to be given back: before an id is asked for again. */
  before(id: string): Promise<void> | undefined;
  /** Tries what could not be given back. Never rejects. */
  all(): Promise<void>;
}

const MOST = 10_000;

/** @param release what settles a hold at nothing */
export function createUndo(release: (request: SettleRequest) => Promise<unknown>): Undo {
  const waiting = new Map<string, SettleRequest>();

  const attempt = async (request: SettleRequest): Promise<void> => {
    try {
      await release(request);
      if (waiting.get(request.id) === request) waiting.delete(request.id);
    } catch {
      // Away: tried again when it is back.
    }
  };
  return {
    add(request) {
      if (waiting.size >= MOST) return;
      waiting.set(request.id, request);
      void attempt(request);
    },
    before(id) {
      const request = waiting.get(id);
      return request === undefined ? undefined : attempt(request);
    },
    async all() {
      await Promise.all([...waiting.values()].map(attempt));
    },
  };
}
