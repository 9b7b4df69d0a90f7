/** What a person reads of a failure: one sentence, the place of each fault, and never a stack trace. */
import { inspect } from 'node:util';
import pc from 'picocolors';
import { Failure, type FailureCode } from '../core/failure.ts';
import type { Io } from './io.ts';

/** Exit codes of every command: 0 done or allowed, 1 failed, 2 used or configured wrongly, 3 denied or throttled. */
export const EXIT = { ok: 0, failed: 1, usage: 2, denied: 3 } as const;

const USAGE_CODES: ReadonlySet<FailureCode> = new Set(['config_invalid', 'invalid_request', 'too_large']);

/** Tells a failure on standard error; with TURNPIKE_DEBUG=1 its causes too. @returns the exit code */
export function tellFailure(reason: unknown, io: Io): number {
  const failure = Failure.from(reason);
  io.stderr.write(`${failureText(failure, io.color)}\n`);
  if (io.env['TURNPIKE_DEBUG'] === '1') {
    io.stderr.write(`${printable(inspect(reason, { depth: 6 }))}\n`);
  } else if (failure.code === 'internal') {
    io.stderr.write('this is a fault of Turnpike itself: TURNPIKE_DEBUG=1 shows what happened\n');
  }
  return USAGE_CODES.has(failure.code) ? EXIT.usage : EXIT.failed;
}

/** `error: sentence`, then a line for each fault when there are several. */
export function failureText(failure: Failure, color: boolean): string {
  const colors = pc.createColors(color);
  const lines = [`${colors.red('error')}: ${printable(failure.message)}`];
  if (failure.faults.length > 1) {
    for (const { at, message } of failure.faults) {
      const where = at === '' ? '' : `${colors.bold(printable(at))}: `;
      lines.push(`  ${where}${printable(message)}`);
    }
  }
  return lines.join('\n');
}

/** Text from elsewhere without what would drive the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to keep out
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
