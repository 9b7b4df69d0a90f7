/** `turnpike serve`: configuration → policy → listeners → signals → drain; alone, or as workers under a primary. */
import cluster from 'node:cluster';
import { NO_LINK } from '../cluster/link.ts';
import { readConfig } from './config-file.ts';
import type { Io } from './io.ts';
import { type ReadyNotice, readyText } from './serve/ready-text.ts';
import { type Signals, untilToldToEnd } from './serve/signals.ts';
import { reloadServer, startServer } from './serve/start.ts';
import { runPrimary, runWorker } from './serve/workers.ts';

export interface ServeOptions {
  readonly config?: string;
  /** Events as JSON lines, for who starts servers. */
  readonly json?: boolean;
}

/** @returns after the drain, or at once when the server cannot start */
export async function runServe(options: ServeOptions, io: Io, signals: Signals = process): Promise<number> {
  const { config, isSample, file } = readConfig(options.config, io);
  if (cluster.isWorker) return runWorker(config, io);
  if (isSample) io.stderr.write(`no turnpike.yaml in this folder: serving the sample policies (${file})\n`);
  const tell = (notice: ReadyNotice): void => void io.stdout.write(readyText(notice, config, options, io));
  if (config.workers > 1) return runPrimary(config, io, signals, tell);
  const { server, notice } = await startServer(config, io, NO_LINK);
  // Whoever reads that it is ready may end it at once.
  const running = { reload: () => reloadServer(server, io), drain: () => server.drain() };
  const ended = untilToldToEnd(running, config.shutdown, io, signals);
  tell(notice);
  return ended;
}
