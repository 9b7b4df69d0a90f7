/** What the conformance runner knows of one published case of OPA, as the compiler's `cases` operation gives it. */
export interface ConformanceCase {
  readonly note: string;
  /** Why it cannot be asked of a compiled policy at all. */
  readonly excluded?: string;
  readonly entrypoint?: string;
  /** The variable that the query binds: the key of the wanted result. */
  readonly variable?: string;
  /** base64 */
  readonly wasm?: string;
  /** base64 of the plan's JSON */
  readonly plan?: string;
  /** JSON texts */
  readonly data?: string;
  readonly input?: string;
  readonly want_result?: string;
  readonly want_defined?: boolean;
  readonly want_error_code?: string;
  readonly want_error?: string;
  readonly sort_bindings?: boolean;
  /** The error shows in strict mode only, which compiled policy lacks: the result is undefined instead. */
  readonly strict_error?: boolean;
}

/** What came of a case. */
export type Verdict =
  | { readonly kind: 'passed' }
  /** The evaluator said by name what it lacks. */
  | { readonly kind: 'refused'; readonly by: readonly string[] }
  | { readonly kind: 'wrong'; readonly why: string }
  | { readonly kind: 'excluded'; readonly reason: string };
