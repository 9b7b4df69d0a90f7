/**
 * Settlements that could not be told, in the order they came: told again when somebody asks for it, and every little
 * while. Bounded: where no more can be kept, whoever brings one is told so.
 */
import type { SettleRequest } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';

export interface OwedSettlements {
  readonly size: number;
  /** @throws what it failed with, where no more can be kept */
  add(request: SettleRequest, failure: Failure): void;
  /** Tells all that is owed. @throws Failure `unavailable` where nobody hears it */
  pay(): Promise<void>;
  /** @returns how many came before this moment: they are owed no more */
  forget(beforeMs: number): number;
  /** Tries once more. Never rejects. */
  close(): Promise<void>;
}

export interface OwedOptions {
  readonly clock: { nowMs(): number };
  readonly timers: { after(ms: number, run: () => void): () => void };
  readonly warn: (message: string) => void;
  readonly most: number;
}

interface Owed {
  readonly request: SettleRequest;
  readonly atMs: number;
}

const AGAIN_MS = 1_000;
const AT_ONCE = 64;

export function createOwedSettlements(
  tell: (request: SettleRequest) => unknown,
  { clock, timers, warn, most }: OwedOptions,
): OwedSettlements {
  const owed = new Set<Owed>();
  let paying: Promise<void> | undefined;
  let cancel: (() => void) | undefined;

  const payOne = async (one: Owed): Promise<Failure | undefined> => {
    try {
      await tell(one.request);
    } catch (reason) {
      const failure = Failure.from(reason);
      if (failure.code === 'unavailable') return failure;
      // Trying again would not help.
      warn(`accounts: hold ${one.request.id} could not be settled: ${failure.message}`);
    }
    owed.delete(one);
    return undefined;
  };
  const payAll = async (): Promise<void> => {
    const before = owed.size;
    while (owed.size > 0) {
      const failures = await Promise.all([...owed].slice(0, AT_ONCE).map(payOne));
      const failure = failures.find((one) => one !== undefined);
      if (failure !== undefined) throw failure;
    }
    warn(`accounts: ${before} settlements were told late`);
  };
  const pay = async (): Promise<void> => {
    if (owed.size === 0) return;
    paying ??= payAll().finally(() => {
      paying = undefined;
    });
    return paying;
  };
  const again = (): void => {
    cancel ??= timers.after(AGAIN_MS, () => {
      cancel = undefined;
      pay().catch(again);
    });
  };

  return {
    get size() {
      return owed.size;
    },
    add(request, failure) {
      if (owed.size >= most) {
        throw new Failure('unavailable', `accounts: ${most} settlements wait to be told, no more`, { cause: failure });
      }
      owed.add({ request, atMs: clock.nowMs() });
      again();
    },
    pay,
    forget(beforeMs) {
      let count = 0;
      for (const one of owed) {
        if (one.atMs >= beforeMs) continue;
        owed.delete(one);
        count += 1;
      }
      return count;
    },
    async close() {
      cancel?.();
      await pay().catch((reason: unknown) => {
        warn(`accounts: ${owed.size} settlements could not be told: ${Failure.from(reason).message}`);
      });
    },
  };
}
