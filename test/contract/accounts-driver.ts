/** What the contract of Accounts needs of an implementation; its time is set by the test. */
import type { Accounts } from '../../src/flows/accounts.ts';

export interface AccountsDriver {
  readonly name: string;
  /** A store of its own, empty but for what was settled before. */
  open(settled?: ReadonlyMap<string, bigint>): Promise<OpenAccounts>;
}

export interface OpenAccounts {
  readonly accounts: Accounts;
  /** The same store, as a second process sees it. */
  readonly replica: Accounts;
  /** The time of the store: starts at `START_MS` and stands still until it is moved. */
  advance(ms: number): void;
  /** It dies and begins anew with what was settled; absent: it has a memory of its own. */
  restart?(settled: ReadonlyMap<string, bigint>): void;
  close(): Promise<void>;
}

/** 2026-11-22T00:00:00Z */
export const START_MS = 1_795_305_600_000;
