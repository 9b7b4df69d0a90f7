/** Says on standard error what is being waited for, once that takes longer than two seconds. */
import pc from 'picocolors';
import type { Io } from './io.ts';

export interface Progress {
  /** What is being done now, such as `compiling the policies`. */
  step(text: string): void;
  /** Ends the display; called on every ending. */
  done(): void;
}

const QUIET_MS = 2000;
const TERMINAL_TICK_MS = 500;
const LOG_TICK_MS = 10_000;

export function createProgress(io: Pick<Io, 'stderr' | 'color'>): Progress {
  const colors = pc.createColors(io.color);
  const startedAtMs = performance.now();
  let text = '';
  let shown = false;
  let timer: NodeJS.Timeout | undefined;

  const clear = (): void => {
    if (shown && io.color) io.stderr.write('\r\x1b[2K');
    shown = false;
  };
  const show = (): void => {
    const line = `${text} … ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`;
    clear();
    io.stderr.write(io.color ? colors.dim(line.slice(0, 118)) : `${line}\n`);
    shown = true;
    timer = setTimeout(show, io.color ? TERMINAL_TICK_MS : LOG_TICK_MS).unref();
  };

  return {
    step(next) {
      text = next;
      timer ??= setTimeout(show, QUIET_MS).unref();
    },
    done() {
      clearTimeout(timer);
      clear();
    },
  };
}
