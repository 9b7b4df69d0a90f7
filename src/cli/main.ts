/**
 * Owns the command line: reads it, runs one command, ends with its exit code. May import anything.
 * Fails with one sentence on standard error and a code: 1 failed, 2 used or configured wrongly, 3 denied.
 */
import { CommanderError } from 'commander';
import { EXIT, tellFailure } from './failure-text.ts';
import { type Io, processIo } from './io.ts';
import { createProgram } from './program.ts';

/** @param args without those of Node and the program itself. @returns the exit code */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (reason) {
    if (reason instanceof CommanderError) return reason.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return tellFailure(reason, io);
  }
}

/** Runs the command of this process and ends it: what still listens or waits then is of no use any more. */
export async function main(process_: NodeJS.Process): Promise<void> {
  // A reader that has seen enough, such as `head`, is no fault.
  process_.stdout.on('error', (reason: NodeJS.ErrnoException) =>
    process_.exit(reason.code === 'EPIPE' ? EXIT.ok : EXIT.failed),
  );
  const exitCode = await run(process_.argv.slice(2), processIo(process_));
  process_.stdout.write('', () => process_.stderr.write('', () => process_.exit(exitCode)));
}
