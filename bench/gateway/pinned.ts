/** One core for whoever is measured, the other for the load and the upstream, where the machine can be told so. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export interface Pinning {
  /** What to start a measured server with: the command itself, or `taskset` before it. */
  measured(command: string, args: readonly string[]): readonly [command: string, args: readonly string[]];
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
      note: 'whoever is measured has one core for itself; load and upstream share another',
    };
  } catch {
    return { measured: (command, args) => [command, args], note: 'nothing is pinned to a core: taskset is missing' };
  }
}
