/** A primary and its workers in one process, with all that they say to each other as it is on a real channel: as JSON, later. */
import { EventEmitter } from 'node:events';
import { createLink, type Link } from '../../src/cluster/link.ts';
import { createPrimary, type Keeper, type WorkerProcess } from '../../src/cluster/primary.ts';

export interface LinkedWorkers {
  readonly links: readonly Link[];
  /** Messages that workers have sent. */
  readonly sent: number;
  /** A worker dies. */
  kill(worker: number): void;
  /** The primary dies. */
  killPrimary(): void;
}

export async function linkedWorkers(workers: number, keepers: ReadonlyMap<string, Keeper>): Promise<LinkedWorkers> {
  const links: Link[] = [];
  const ends: (() => void)[] = [];
  const lost: (() => void)[] = [];
  let sent = 0;

  const fork = (): WorkerProcess => {
    const atWorker = new EventEmitter();
    const atPrimary = new EventEmitter();
    const later = (to: EventEmitter, message: unknown): void => {
      const text = JSON.stringify(message);
      setImmediate(() => to.emit('message', JSON.parse(text)));
    };
    const link = createLink({
      send(message) {
        sent += 1;
        later(atPrimary, message);
      },
      on: (event: 'message' | 'disconnect', listener: (message?: unknown) => void) => atWorker.on(event, listener),
    });
    links.push(link);
    ends.push(() => atPrimary.emit('exit', null, 'SIGKILL'));
    lost.push(() => atWorker.emit('disconnect'));
    setImmediate(() => link.ready({}));
    return {
      id: links.length,
      send: (message) => later(atWorker, message),
      on: (event, listener) => atPrimary.on(event, listener),
      once: (event, listener) => atPrimary.once(event, listener),
      kill: () => undefined,
    };
  };
  const primary = createPrimary({ workers, fork, warn: () => undefined, nowMs: () => 0, keepers });
  await primary.start();
  return {
    links,
    get sent() {
      return sent;
    },
    kill(worker) {
      // One that dies while all are drained is not replaced.
      void primary.drain(0);
      ends[worker]?.();
    },
    killPrimary() {
      for (const end of lost) end();
    },
  };
}
