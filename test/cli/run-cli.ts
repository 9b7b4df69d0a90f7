/** Runs the command line in this process, with streams, folder and environment of its own. */
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/main.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly color?: boolean;
}

export async function runCli(args: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    stdout: {
      write: (text) => {
        stdout += text;
      },
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
    readStdin: async () => surroundings.stdin ?? '',
    color: surroundings.color ?? false,
    cwd: surroundings.cwd ?? process.cwd(),
    env: surroundings.env ?? {},
  };
  const exitCode = await run(args, io);
  return { exitCode, stdout, stderr };
}
