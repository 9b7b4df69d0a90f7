/**
 * A fence as whoever holds it has it: a token, and the slots that are given back with it. A settlement names no slots,
 * and a script must be told of every key that it touches.
 */

export const writeFence = (token: string, slots: readonly { readonly key: string }[]): string =>
  [token, ...slots.map(({ key }) => encodeURIComponent(key))].join('/');

const NONE: readonly string[] = [];

/** Of one that is not ours: none. */
export function slotsOf(fence: string): readonly string[] {
  if (!fence.includes('/')) return NONE;
  try {
    return fence.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return NONE;
  }
}

/** As a script is told of it: the sign that stands between two is none of its own. */
export const plainFence = (fence: string): string => fence.replaceAll(',', '%2C');
