/**
 * Lets what arrived in one turn of the event loop be decided back to back. Measured over gRPC at 16 in flight: a policy
 * whose code and data are still in the processor's caches from the decision before takes less than half the time of one
 * that was evicted by the reading and writing of other calls between, and throughput rises by half. A call that is alone
 * waits for nothing but the end of the reading it arrived in.
 */
export function createTurn(): () => Promise<void> {
  let turn: Promise<void> | undefined;
  return () => {
    turn ??= new Promise((resolve) => {
      setImmediate(() => {
        turn = undefined;
        resolve();
      });
    });
    return turn;
  };
}
