/** Wires the health of targets to the other workers of a cluster, where there are any. */
import type { Link } from './cluster/link.ts';
import { SYSTEM_CLOCK } from './engine/clock.ts';
import type { Executor } from './executor/execution.ts';
import { createSharedHealth, type Health } from './state/shared-health.ts';

const TELL_MS = 500;
const TOPIC = 'health';

export interface ComposedHealth {
  read(): Health;
  close(): void;
}

export function composeHealth(executor: Executor, link: Link): ComposedHealth {
  const shared = createSharedHealth(
    () => executor.health(),
    {
      publish: (health) => link.broadcast(TOPIC, { from: process.pid, health }),
      subscribe: (listener) =>
        link.onBroadcast(TOPIC, (payload) => {
          const { from, health } = payload as { readonly from: number; readonly health: Health }; // sent just above
          listener(String(from), health);
        }),
    },
    SYSTEM_CLOCK,
  );
  const timer = setInterval(() => shared.tell(), TELL_MS).unref();
  return { read: () => shared.read(), close: () => clearInterval(timer) };
}
