/** What every part of the benchmark gives: rows for the table, bars for the report. */
import type { Bar } from './bars.ts';

export interface Row {
  readonly case: string;
  readonly contender: string;
  /** Column name → figure; units stand in the name, such as `p50 µs`. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly bars: readonly Bar[];
  /** What a reader must know of how it was measured. */
  readonly notes: readonly string[];
}

export interface BenchOptions {
  /** Also starts and measures other engines. */
  readonly peers: boolean;
  /** Shorter rounds: for trying, not for quoting. */
  readonly quick: boolean;
  /** Called with a line whenever something that takes long begins. */
  readonly progress: (line: string) => void;
}
