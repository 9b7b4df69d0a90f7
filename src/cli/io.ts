/** What a command needs of its process; a test hands in its own. */
export interface Io {
  /** Results, for people and for pipes. */
  readonly stdout: { write(text: string): unknown };
  /** Progress and errors. */
  readonly stderr: { write(text: string): unknown };
  /** Reads standard input to its end. */
  readonly readStdin: () => Promise<string>;
  /** Colours and a moving progress line: only where both streams are a terminal and nobody said no. */
  readonly color: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @param process_ the process whose streams, folder and environment are used */
export function processIo(process_: NodeJS.Process = process): Io {
  return {
    stdout: process_.stdout,
    stderr: process_.stderr,
    readStdin: async () => {
      const parts: Buffer[] = [];
      for await (const part of process_.stdin) parts.push(Buffer.from(part));
      return Buffer.concat(parts).toString('utf8');
    },
    color: wantsColor(process_.env, process_.stdout.isTTY === true && process_.stderr.isTTY === true),
    cwd: process_.cwd(),
    env: process_.env,
  };
}

/** NO_COLOR and CI say no, FORCE_COLOR says yes, otherwise the terminal decides. */
export function wantsColor(env: Io['env'], isTerminal: boolean): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0') return true;
  if (env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false') return false;
  return isTerminal;
}
