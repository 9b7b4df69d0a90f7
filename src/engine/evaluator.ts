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
