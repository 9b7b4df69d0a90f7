/** Servers under load run in processes of their own: one core for them, one for the load. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Of Node. */
  readonly flags?: readonly string[];
  /** Puts what pins the server to a core before its command. */
  readonly measured?: (command: string, args: readonly string[]) => readonly [string, readonly string[]];
}

export interface ServerChild<Addresses> {
  readonly addresses: Addresses;
  /** Resident memory now, where the script answers the message `memory`. */
  rssBytes(): Promise<number>;
  /** Also where it has ended. */
  stop(): Promise<void>;
}

/** Forks a server script, sends it `options`, and waits for the addresses it answers with. */
export async function startChild<Addresses>(
  script: URL,
  options: object,
  start: StartOptions = {},
): Promise<ServerChild<Addresses>> {
  const { environment = {}, flags = [], measured = (command, args) => [command, args] } = start;
  const [execPath, execArgv] = measured(process.execPath, ['--disable-warning=ExperimentalWarning', ...flags]);
  const child = fork(fileURLToPath(script), [], {
    env: { ...process.env, ...environment },
    execPath,
    execArgv: [...execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.send(options);
  const addresses = await Promise.race([once(child, 'message').then(([message]: unknown[]) => message), died(child)]);
  return {
    addresses: addresses as Addresses, // each script says in its head what it answers
    async rssBytes() {
      child.send('memory');
      const [bytes]: unknown[] = await once(child, 'message');
      return Number(bytes);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function died(child: ChildProcess): Promise<never> {
  const [code]: unknown[] = await once(child, 'exit');
  throw new Error(`a server under load ended before it was ready (exit code ${String(code)})`);
}
