/** One core for whoever is measured, the other for the load and the upstream, where the machine can be told so. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export interface Pinning {
  /** What to start a measured server with: the command itself, or `taskset` before it. */
  measured(command: string, args: readonly string[]): readonly [command: string, args: readonly string[]];
  /** The same for one whose threads beside that of its calls may have both cores; `calls` gives that one the first. */
  readonly threads: {
    measured(command: string, args: readonly string[]): readonly [command: string, args: readonly string[]];
    calls(pid: number): void;
  };
  /** For the report. */
  readonly note: string;
}

/** Moves this process, and so what it starts from now on, to the second core. */
export function pin(): Pinning {
  try {
    if (availableParallelism() < 2) throw new Error('one core');
    execFileSync('taskset', ['-cp', '1', String(process.pid)], { stdio: 'ignore' });
    return {
      measured: (command, args) => ['taskset', ['-c', '0', command, ...args]],
      threads: {
        measured: (command, args) => ['taskset', ['-c', '0,1', command, ...args]],
        // Of the thread that has the number of its process, which is the one of its calls.
        calls: (pid) => void execFileSync('taskset', ['-cp', '0', String(pid)], { stdio: 'ignore' }),
      },
      note: 'whoever is measured has one core for itself; load and upstream share another',
    };
  } catch {
    return {
      measured: (command, args) => [command, args],
      threads: { measured: (command, args) => [command, args], calls: () => undefined },
      note: 'nothing is pinned to a core: taskset is missing',
    };
  }
}
