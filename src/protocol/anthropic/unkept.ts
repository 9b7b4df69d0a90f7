/** What of a request has no word outside Anthropic's protocol, gathered by name while it is read. */

export interface Unkept {
  readonly names: readonly string[];
  /** @param what beside the path, such as the type of a block */
  add(at: string, what?: string): void;
}

/** More would not fit a sentence; one is enough for a refusal. */
const MAX_NAMES = 32;

export function createUnkept(): Unkept {
  const names: string[] = [];
  return {
    names,
    add(at, what) {
      if (names.length < MAX_NAMES) names.push(what === undefined ? at : `${at} (${what.slice(0, 64)})`);
    },
  };
}
