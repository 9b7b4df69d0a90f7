/** `workers: N`: this process starts the workers and listens for signals; the workers serve, on shared listeners. */
import cluster, { type Worker } from 'node:cluster';
import { createLink } from '../../cluster/link.ts';
import { createPrimary, type WorkerProcess } from '../../cluster/primary.ts';
import { composeKeepers } from '../../compose-money.ts';
import type { Config } from '../../config/config.ts';
import { EXIT, printable, tellFailure } from '../failure-text.ts';
import type { Io } from '../io.ts';
import type { ReadyNotice } from './ready-text.ts';
import { CLOSING_MS, type Signals, untilToldToEnd } from './signals.ts';
import { reloadServer, startServer } from './start.ts';

/** @param tell is told when every worker serves */
export async function runPrimary(
  config: Config,
  io: Io,
  signals: Signals,
  tell: (notice: ReadyNotice) => void,
): Promise<number> {
  const keepers = await composeKeepers(config, io);
  const primary = createPrimary({
    keepers,
    workers: config.workers,
    fork: () => workerProcess(cluster.fork()),
    warn: (message) => io.stderr.write(`warning: ${printable(message)}\n`),
    nowMs: () => performance.now(),
  });
  const { drainMs } = config.shutdown;
  const drain = (): Promise<void> => primary.drain(drainMs + CLOSING_MS);
  const ended = untilToldToEnd({ drain, reload: async () => primary.reload() }, { drainMs }, io, signals);
  const notice = await primary.start().catch(async (reason: unknown) => {
    await drain();
    throw reason;
  });
  tell(notice as ReadyNotice); // what `runWorker` sent
  return ended;
}

/** A worker that died takes no message, which is no fault. */
function workerProcess(worker: Worker): WorkerProcess {
  worker.on('error', () => undefined);
  return {
    id: worker.id,
    send: (message) => worker.isConnected() && worker.send(message),
    on: (event, listener) => worker.on(event, listener),
    once: (event, listener) => worker.once(event, listener),
    kill: (signal) => worker.process.kill(signal),
  };
}

/** Ends when its primary says so or is gone; signals of a terminal reach the primary, and are its business. */
export async function runWorker(config: Config, io: Io): Promise<number> {
  const link = createLink({
    send: (message) => process.connected && process.send?.(message),
    on: (event: 'message' | 'disconnect', listener: (message?: unknown) => void) => process.on(event, listener),
  });
  process
    .on('SIGINT', () => undefined)
    .on('SIGTERM', () => undefined)
    .on('SIGHUP', () => undefined);
  process.on('unhandledRejection', (reason) => tellFailure(reason, io));
  // One that replaces another may be told to end while it still starts.
  const starting = startServer(config, io, link);
  const ended = new Promise<number>((resolve) => {
    let ending = false;
    link.onOrder((order) => {
      switch (order) {
        case 'reload':
          starting.then(({ server }) => reloadServer(server, io)).catch((reason: unknown) => tellFailure(reason, io));
          return;
        case 'drain':
          if (ending) return;
          ending = true;
          starting
            .then(({ server }) => server.drain())
            .then(
              () => resolve(EXIT.ok),
              (reason: unknown) => resolve(tellFailure(reason, io)),
            );
      }
    });
  });
  link.ready((await starting).notice);
  return ended;
}
