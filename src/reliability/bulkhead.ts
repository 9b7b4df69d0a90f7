/** So many at once and no more: what does not fit is turned away at once, nothing waits. */

export interface Bulkhead {
  /** @returns false: it is full */
  enter(): boolean;
  leave(): void;
  readonly inside: number;
}

export function createBulkhead(limit: number): Bulkhead {
  let inside = 0;
  return {
    enter() {
      if (inside >= limit) return false;
      inside += 1;
      return true;
    },
    leave() {
      if (inside > 0) inside -= 1;
    },
    get inside() {
      return inside;
    },
  };
}
