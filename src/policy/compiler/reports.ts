/** What the compiler tells, as it stands on the wire (snake_case). Rows and columns count from 1. */
import type { Diagnostic } from './diagnostic.ts';

export interface CompilerFacts {
  readonly opaVersion: string;
  /** Builtins that OPA's WebAssembly answers by itself. */
  readonly natives: readonly string[];
}

export interface CheckReport {
  readonly modules: number;
}

export interface FormatReport {
  /** Formatted text of each file that differs from it. */
  readonly changed: Readonly<Record<string, string>>;
}

export interface TestCase {
  /** Such as `data.turnpike.access_test`. */
  readonly package: string;
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'error' | 'skip';
  readonly file: string;
  readonly row: number;
  readonly duration_ms: number;
  /** Why an erroneous test stopped. */
  readonly message?: string;
  /** The last expression of the test that did not hold, or where it stopped. */
  readonly failed_at?: Diagnostic;
  /** What it printed. */
  readonly printed?: string;
  /** The failed cases of a test that has several. */
  readonly cases?: readonly string[];
}

export interface FileCoverage {
  readonly file: string;
  readonly covered_lines: number;
  readonly missing_lines: number;
  readonly percent: number;
  readonly uncovered: readonly UncoveredRows[];
}

export interface UncoveredRows {
  readonly from_row: number;
  readonly to_row: number;
}

export interface CoverageReport {
  readonly files: readonly FileCoverage[];
  /** Of the policies' lines; tests do not count. */
  readonly percent: number;
}

export interface TestReport {
  readonly tests: readonly TestCase[];
  readonly coverage?: CoverageReport;
}

/** A builtin that policies call, with the first place that does. */
export interface BuiltinUse {
  readonly name: string;
  /** Answered by OPA's WebAssembly itself; otherwise by the host. */
  readonly native: boolean;
  readonly file: string;
  readonly row: number;
  readonly col: number;
}

/** An entry of the manifest's `wasm`. */
export interface WasmResolver {
  readonly entrypoint: string;
  readonly module: string;
  readonly annotations?: readonly unknown[];
}

export interface BuiltPolicy {
  readonly wasm: Uint8Array;
  /** The same policy as OPA's intermediate plan: UTF-8 JSON. */
  readonly plan: Uint8Array;
  /** UTF-8 JSON; numbers as they were written. */
  readonly dataJson: Uint8Array;
  readonly resolvers: readonly WasmResolver[];
  /** Whether `data.prepared` is in the data. */
  readonly prepared: boolean;
  /** A module whose one entry point is `turnpike/prepare/prepared`, if it was asked for and there is such a rule. */
  readonly prepareWasm?: Uint8Array;
  readonly builtins: readonly BuiltinUse[];
}

export interface InspectedRule {
  /** Such as `data.turnpike.access.allowed`. */
  readonly path: string;
  readonly file: string;
  readonly row: number;
  readonly title?: string;
  readonly entrypoint?: boolean;
  readonly custom?: Readonly<Record<string, unknown>>;
}

export interface InspectReport {
  readonly packages: readonly {
    readonly path: string;
    readonly files: readonly string[];
    readonly rules: readonly InspectedRule[];
  }[];
  /** Such as `turnpike/decision`. */
  readonly entrypoints: readonly string[];
  readonly builtins: readonly BuiltinUse[];
  readonly data_keys: readonly string[];
}
