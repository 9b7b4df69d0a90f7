/** Until it is told to end: SIGTERM and SIGINT drain, a second one cuts short; SIGHUP brings in the newest policy. */
import { EXIT, tellFailure } from '../failure-text.ts';
import type { Io } from '../io.ts';

/** Where signals and faults that nobody waited for arrive. */
export type Signals = Pick<NodeJS.Process, 'on' | 'off'>;

/** What is told to end: one server, or the workers of a cluster. */
export interface Running {
  reload(): Promise<void>;
  drain(): Promise<void>;
}

/** What may take longer than the drain itself: telemetry is flushed, evaluators are closed. */
export const CLOSING_MS = 8000;

/** @returns the exit code, after the drain */
export function untilToldToEnd(
  running: Running,
  options: { readonly drainMs: number },
  io: Io,
  signals: Signals,
): Promise<number> {
  return new Promise((resolve) => {
    let ending = false;
    const say = (text: string): void => void io.stderr.write(`${text}\n`);

    const end = (signal: NodeJS.Signals): void => {
      if (ending) {
        say(`${signal} again: ending at once`);
        resolve(EXIT.failed);
        return;
      }
      ending = true;
      say(`${signal}: draining for at most ${options.drainMs} ms`);
      const bound = setTimeout(() => {
        say('error: the server could not be closed in time');
        resolve(EXIT.failed);
      }, options.drainMs + CLOSING_MS);
      void drained(running, io).then((exitCode) => {
        clearTimeout(bound);
        resolve(exitCode);
      });
    };

    signals.on('SIGTERM', end);
    signals.on('SIGINT', end);
    signals.on('SIGHUP', () => {
      running.reload().catch((reason: unknown) => tellFailure(reason, io));
    });
    // One call must never end all others: what nobody waited for is told, and the server goes on.
    signals.on('unhandledRejection', (reason: unknown) => tellFailure(reason, io));
  });
}

async function drained(running: Running, io: Io): Promise<number> {
  try {
    await running.drain();
    io.stderr.write('drained\n');
    return EXIT.ok;
  } catch (reason) {
    return tellFailure(reason, io);
  }
}
