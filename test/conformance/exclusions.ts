/** Cases whose compiled policy itself differs from OPA's interpreter, whatever the host: OPA's own runner leaves them out too. */

const INTEGER_KEYS =
  'the compiler turns an integer index into data into an integer key, where the document has a string key';
const BIG_INTEGERS = "compiled policy's own arithmetic has 64-bit integers and doubles only";
const EXPONENTS = "compiled policy's own json.unmarshal has no limit on exponents";

const OF_THE_COMPILER = [
  ['data/toplevel integer', INTEGER_KEYS],
  ['data/nested integer', INTEGER_KEYS],
] as const;

/** Reasons by the note of the case, for whoever evaluates the plan: its arithmetic and its JSON are ours. */
export const PLAN_EXCLUSIONS: ReadonlyMap<string, string> = new Map(OF_THE_COMPILER);

/** Reasons by the note of the case, for whoever evaluates the WebAssembly. */
export const EXCLUSIONS: ReadonlyMap<string, string> = new Map([
  ...OF_THE_COMPILER,
  ['strings/format_int: bignum exact (>64-bit integer, all bases + negative)', BIG_INTEGERS],
  ['arithmetic/bignum exact (>64-bit integers through plus, minus, multiply)', BIG_INTEGERS],
  ['aggregates/bignum exact (>64-bit integers through sum and product)', BIG_INTEGERS],
  ['arithmetic/bignum modulo (divisor a nonzero multiple of 2^64)', BIG_INTEGERS],
  ['aggregates/sum integer fast-path overflow (elements fit int64, sum does not)', BIG_INTEGERS],
  ['jsonbuiltins/unmarshal number beyond the supported exponent is undefined', EXPONENTS],
  ['jsonbuiltins/unmarshal number with too big an exponent is undefined', EXPONENTS],
]);
