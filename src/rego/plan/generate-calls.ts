/** Builtins that are an expression of JavaScript: what they give is always defined. */

const COMPARISONS: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['lte', '<='],
  ['gt', '>'],
  ['gte', '>='],
]);

/** @returns the expression, or undefined where the builtin has to be called */
export function inlineCall(name: string, args: readonly string[]): string | undefined {
  const [a, b] = args;
  if (a === undefined || b === undefined || args.length !== 2) return undefined;
  const sign = COMPARISONS.get(name);
  if (sign !== undefined) {
    return `typeof ${a} === 'number' && typeof ${b} === 'number' ? ${a} ${sign} ${b} : compare(${a}, ${b}) ${sign} 0`;
  }
  if (name === 'equal') return `${a} === ${b} || equal(${a}, ${b})`;
  if (name === 'neq') return `!(${a} === ${b} || equal(${a}, ${b}))`;
  return undefined;
}
