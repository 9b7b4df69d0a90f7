/**
 * Port: what the engine needs of compiled policy. Implemented by `rego/` (our WASM host, and the official SDK);
 * evaluation is synchronous and bounded, and an implementation replaces its own broken instances.
 */
export interface Evaluator {
  /** Names of what can be asked, such as `turnpike/decision`. */
  readonly entrypoints: ReadonlySet<string>;
  /**
   * @param entrypoint one of `entrypoints`
   * @param input any JSON value; `undefined` means that there is no input document
   * @returns the document, or `undefined` where the policy leaves it undefined
   * @throws Failure `evaluation_limit` when stopped at its limit, `evaluation_failed` when the policy aborted
   */
  evaluate(entrypoint: string, input: unknown): unknown;
  /** Releases what it holds; later evaluations throw. */
  close(): void;
}

/** A compiled policy as bytes: what a bundle holds of it. */
export interface PolicyProgram {
  /** OPA's WASM ABI 1.2 or 1.3. */
  readonly wasm: Uint8Array;
  /** OPA's intermediate plan of the same policy, as UTF-8 JSON; not every bundle has one. */
  readonly plan?: Uint8Array;
  /** UTF-8 JSON text of the data document. */
  readonly dataJson: Uint8Array;
}

/**
 * Makes an evaluator of a program, warmed and ready to serve.
 * @param warmupInputs inputs such as it will see; none: an empty one
 * @throws Failure `bundle_invalid` when the bytes are not such a module or the data does not load,
 *   `builtin_missing` when the policy calls what the evaluator lacks (names every one)
 */
export type EvaluatorFactory = (program: PolicyProgram, warmupInputs?: readonly unknown[]) => Promise<Evaluator>;
