/** One server in this process: configuration → policy → listeners. */

import type { Link } from '../../cluster/link.ts';
import { compose, type Server } from '../../compose.ts';
import type { Config } from '../../config/config.ts';
import { Failure } from '../../core/failure.ts';
import { failureText, printable } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { createProgress } from '../progress.ts';
import { packageVersion } from '../version.ts';
import type { ReadyNotice } from './ready-text.ts';

export async function startServer(
  config: Config,
  io: Io,
  link: Link,
): Promise<{ readonly server: Server; readonly notice: ReadyNotice }> {
  const progress = createProgress(io);
  progress.step(`activating the policy of ${printable(config.policy.source)}`);
  try {
    const server = await compose(config, {
      env: io.env,
      version: packageVersion(),
      link,
      warn: (message) => io.stderr.write(`warning: ${printable(message)}\n`),
      onCompilerProgress: ({ phase, detail }) =>
        progress.step(`the policy compiler: ${phase}${detail === undefined ? '' : ` ${printable(detail)}`}`),
    });
    const { identity } = await server.activate();
    return { server, notice: { identity, addresses: Object.fromEntries(await server.start()) } };
  } finally {
    progress.done();
  }
}

/** Brings in the newest policy, and keeps the last good one where that fails. */
export async function reloadServer(server: Server, io: Io): Promise<void> {
  const say = (text: string): void => void io.stderr.write(`${text}\n`);
  try {
    const { kind, identity } = await server.activate();
    const which = `revision ${printable(identity.revision)} (${identity.digest.slice(0, 19)})`;
    say(kind === 'activated' ? `now serving ${which}` : `unchanged: still serving ${which}`);
  } catch (reason) {
    say(`${failureText(Failure.from(reason), io.color)}\nstill serving the last good policy`);
  }
}
