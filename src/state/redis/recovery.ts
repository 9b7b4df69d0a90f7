/**
 * What happens when the server has lost the state, as one without a disk does when it restarts. Nothing is held until
 * it is complete again: what was settled is read from the ledger and written once among all replicas; then each replica
 * has a moment to hold again what it held, before anybody may hold more. So even then nothing is overspent.
 */
import { Failure } from '../../core/failure.ts';

export interface Recovery {
  /** To be called with every connection: holds again what is held here, and rebuilds where the state is lost. */
  connected(): Promise<void>;
  /** To be called when a command was answered that the state is lost, or not open yet. */
  noticed(): void;
}

export interface RecoverySteps {
  /** Also notes what was rebuilt. */
  isComplete(): Promise<boolean>;
  /** Absent: somebody else will rebuild. */
  readonly onLost: (() => Promise<ReadonlyMap<string, bigint>>) | undefined;
  rebuild(settled: ReadonlyMap<string, bigint>, readAtMs: number): Promise<boolean>;
  /** Holds again what this process holds. */
  restore(): Promise<void>;
  warn(message: string): void;
}

/** After a failure it is tried again with the next call, but not more often. */
const AGAIN_MS = 250;

export function createRecovery(steps: RecoverySteps): Recovery {
  let running: Promise<void> | undefined;
  let endedAtMs = Number.NEGATIVE_INFINITY;

  const recover = async (): Promise<void> => {
    try {
      if (!(await steps.isComplete())) await rebuild();
      await steps.restore();
    } catch (reason) {
      steps.warn(`accounts: their state could not be made complete: ${Failure.from(reason).message}`);
    }
  };
  const rebuild = async (): Promise<void> => {
    if (steps.onLost === undefined) throw new Failure('unavailable', 'it was lost, and nothing is told to rebuild it');
    steps.warn('accounts: redis has no state: it is rebuilt from what is known to be settled');
    const readAtMs = Date.now();
    const settled = await steps.onLost();
    const mine = await steps.rebuild(settled, readAtMs);
    await steps.isComplete();
    steps.warn(`accounts: the state of ${settled.size} accounts was rebuilt${mine ? '' : ' by another replica'}`);
  };
  const once = (): Promise<void> => {
    running ??= recover().finally(() => {
      running = undefined;
      endedAtMs = performance.now();
    });
    return running;
  };

  return {
    connected: once,
    noticed() {
      if (running === undefined && performance.now() - endedAtMs >= AGAIN_MS) void once();
    },
  };
}
