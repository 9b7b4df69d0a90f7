/** What the runner shows: a line per suite when it ends, and what is still running while it runs. */
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import type { SuiteResult } from './run-suite.ts';

export interface Progress {
  started(name: string): void;
  ended(result: SuiteResult): void;
  /** A suite that never started, because what it needs failed. */
  close(): void;
}

const STILL_RUNNING_MS = 15_000;
const TICK_MS = 250;

/** @param isTerminal a terminal gets colours and a line that moves; a log gets plain lines only */
export function createProgress(write: (text: string) => void, isTerminal: boolean): Progress {
  const colors = pc.createColors(isTerminal);
  const since = new Map<string, number>();
  let shown = '';

  const clear = (): void => {
    if (shown !== '') write('\r\x1b[2K');
    shown = '';
  };
  const running = (): string => [...since].map(([name, at]) => `${name} ${seconds(performance.now() - at)}`).join(', ');
  const tick = (): void => {
    if (since.size === 0) return;
    if (!isTerminal) {
      write(`   still running: ${running()}\n`);
      return;
    }
    clear();
    shown = `   running: ${running()}`.slice(0, 118);
    write(colors.dim(shown));
  };
  const timer = setInterval(tick, isTerminal ? TICK_MS : STILL_RUNNING_MS);

  return {
    started(name) {
      since.set(name, performance.now());
    },
    ended(result) {
      clear();
      since.delete(result.name);
      const good = result.failed === 0;
      const mark = good ? colors.green('ok  ') : colors.red('FAIL');
      const skipped = result.skipped === 0 ? '' : `, ${result.skipped} skipped`;
      const failed = good ? '' : `, ${result.failed} failed`;
      write(
        `${mark} ${result.name.padEnd(14)} ${seconds(result.durationMs).padStart(7)}  ${result.passed} passed${failed}${skipped}\n`,
      );
      if (good) return;
      const output = isTerminal ? result.output : stripVTControlCharacters(result.output);
      write(`${output.trimEnd().replace(/^/gm, '     ')}\n`);
    },
    close() {
      clear();
      clearInterval(timer);
    },
  };
}

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;
