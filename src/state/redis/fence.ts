/**
 * A fence as whoever holds it has it: a token, and the slots that are given back with it. A settlement names no slots,
 * and a script must be told of every key that it touches.
 */

export interface Fence {
  readonly token: string;
  readonly slots: readonly string[];
}

export const writeFence = ({ token, slots }: Fence): string => [token, ...slots.map(encodeURIComponent)].join('/');

export function readFence(text: string): Fence {
  const [token = '', ...slots] = text.split('/');
  try {
    return { token, slots: slots.map(decodeURIComponent) };
  } catch {
    // Not one of ours: it fits no hold.
    return { token: encodeURIComponent(text), slots: [] };
  }
}
