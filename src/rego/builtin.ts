/**
 * What a host builtin is: the contract between the WASM host, which calls it, and `builtins/`, which has them all.
 *
 * Operands arrive as JavaScript values of what the policy holds, with nothing lost:
 *   null, boolean, string   themselves
 *   number                  `number` where a double says exactly what the policy's text says (`1`, `-0.25`),
 *                           `bigint` for an integer beyond ±(2^53 − 1), `ExactNumber` for every other decimal text,
 *                           `1.0` and `1e3` among them, which sprintf tells from `1` and `1000`
 *   array                   array
 *   set                     `Set`, in Rego's order (its members are never equal, though JavaScript would not know)
 *   object                  a plain object where every key is a string (order of integer-like keys is JavaScript's,
 *                           and `__proto__` is an own property), else `Map`, in Rego's order
 * Results go back in the same form; `undefined` anywhere at the top is a non-halting error: the expression is
 * undefined in Rego. A number that is not finite is treated as `undefined` too. A thrown Failure halts the evaluation.
 */
export type HostBuiltin = (evaluation: BuiltinContext, ...operands: unknown[]) => unknown;

/** What a builtin may know of the evaluation that calls it. Lives for one evaluation; never keep it. */
export interface BuiltinContext {
  /** Nanoseconds since 1970: `input.now.unix_ms` where the input has it, else the host's clock; fixed per evaluation. */
  readonly nowNs: bigint;
  /** Memo of this evaluation. Key it by builtin name and operands; values are the builtin's own. */
  readonly cache: Map<string, unknown>;
  /**
   * Deterministic bytes: a function of the seed and of `label`, not of the order of calls. The seed is `input.seed` where
   * the input has one, else a hash of the input document, so the same input replays to the same bytes.
   * @param label such as `rand.intn:x`; equal labels give equal bytes
   */
  randomBytes(label: string, sizeBytes: number): Uint8Array;
  /**
   * Takes fuel for work that the meter inside the policy cannot see; charge before working, in proportion to it
   * (one unit is about one step of a loop, 1 to 2 ns).
   * @throws Failure `evaluation_limit` when the fuel or the time of this evaluation is spent
   */
  charge(units: number): void;
}

/** A number of the policy that neither `number` nor `bigint` would write as it stands: its decimal text. */
export class ExactNumber {
  /** As JSON writes a number, such as `0.12345678901234567890` or `1e400`. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
