/** `turnpike serve`: configuration → policy → listeners → signals → drain. */
import pc from 'picocolors';
import { compose, type Server } from '../compose.ts';
import type { Config } from '../config/config.ts';
import type { PolicyIdentity } from '../core/decision.ts';
import { Failure } from '../core/failure.ts';
import { readConfig } from './config-file.ts';
import { EXIT, failureText, printable, tellFailure } from './failure-text.ts';
import type { Io } from './io.ts';
import { pasteLines } from './paste-lines.ts';
import { createProgress } from './progress.ts';
import { packageVersion } from './version.ts';

export interface ServeOptions {
  readonly config?: string;
  /** Events as JSON lines, for who starts servers. */
  readonly json?: boolean;
}

/** Where signals and faults that nobody waited for arrive. */
export type Signals = Pick<NodeJS.Process, 'on' | 'off'>;

/** What may take longer than the drain itself: telemetry is flushed, evaluators are closed. */
const CLOSING_MS = 8000;

/** @returns after the drain, or at once when the server cannot start */
export async function runServe(options: ServeOptions, io: Io, signals: Signals = process): Promise<number> {
  const { config, isSample, file } = readConfig(options.config, io);
  if (isSample) io.stderr.write(`no turnpike.yaml in this folder: serving the sample policies (${file})\n`);
  const { server, identity, addresses } = await start(config, io);
  // Whoever reads that it is ready may end it at once.
  const ended = untilToldToEnd(server, config, io, signals);
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify({ event: 'ready', ...Object.fromEntries(addresses), ...identity })}\n`
      : readyText(config, identity, addresses, io),
  );
  return ended;
}

async function start(config: Config, io: Io) {
  const progress = createProgress(io);
  const source = printable(config.policy.source);
  progress.step(`activating the policy of ${source}`);
  try {
    const server = await compose(config, {
      env: io.env,
      version: packageVersion(),
      warn: (message) => io.stderr.write(`warning: ${printable(message)}\n`),
      onCompilerProgress: ({ phase, detail }) =>
        progress.step(`the policy compiler: ${phase}${detail === undefined ? '' : ` ${printable(detail)}`}`),
    });
    const { identity } = await server.activate();
    return { server, identity, addresses: await server.start() };
  } finally {
    progress.done();
  }
}

function readyText(config: Config, identity: PolicyIdentity, addresses: ReadonlyMap<string, string>, io: Io): string {
  const colors = pc.createColors(io.color);
  const { grpc: grpcConfig, http: httpConfig } = config.transports;
  const [grpc, http] = [addresses.get('grpc'), addresses.get('http')];
  const lines = [
    `${colors.green('ready')}: turnpike ${packageVersion()} serves ${identity.entrypoint}, revision ${printable(identity.revision)} (${identity.digest.slice(0, 19)})`,
  ];
  if (grpc !== undefined) lines.push(`  gRPC  ${grpc}${grpcConfig.tls === undefined ? '' : ' (TLS)'}`);
  if (http !== undefined) lines.push(`  HTTP  ${httpConfig.tls === undefined ? 'http' : 'https'}://${http}`);
  const listening = { ...(grpc === undefined ? {} : { grpc }), ...(http === undefined ? {} : { http }) };
  const paste = pasteLines(listening, {
    grpc: grpcConfig,
    http: httpConfig,
    asksForKey: config.identity.mode === 'keys' && config.identity.keys.length > 0,
  });
  return `${[...lines, '', 'Ask it:', ...paste.map((line) => `  ${line}`), ''].join('\n')}\n`;
}

/** SIGTERM and SIGINT drain, a second one cuts short; SIGHUP brings in the newest policy, and keeps the last good. */
function untilToldToEnd(server: Server, config: Config, io: Io, signals: Signals): Promise<number> {
  return new Promise((resolve) => {
    let ending = false;
    const say = (text: string): void => void io.stderr.write(`${text}\n`);

    const end = (signal: NodeJS.Signals): void => {
      if (ending) {
        say(`${signal} again: ending at once`);
        resolve(EXIT.failed);
        return;
      }
      ending = true;
      say(`${signal}: draining for at most ${config.shutdown.drainMs} ms`);
      const bound = setTimeout(() => {
        say('error: the server could not be closed in time');
        resolve(EXIT.failed);
      }, config.shutdown.drainMs + CLOSING_MS);
      void drained(server, say, io).then((exitCode) => {
        clearTimeout(bound);
        resolve(exitCode);
      });
    };

    signals.on('SIGTERM', end);
    signals.on('SIGINT', end);
    signals.on('SIGHUP', () => {
      reload(server, say, io).catch((reason: unknown) => tellFailure(reason, io));
    });
    // One call must never end all others: what nobody waited for is told, and the server goes on.
    signals.on('unhandledRejection', (reason: unknown) => tellFailure(reason, io));
  });
}

async function drained(server: Server, say: (text: string) => void, io: Io): Promise<number> {
  try {
    await server.drain();
    say('drained');
    return EXIT.ok;
  } catch (reason) {
    return tellFailure(reason, io);
  }
}

async function reload(server: Server, say: (text: string) => void, io: Io): Promise<void> {
  try {
    const { kind, identity } = await server.activate();
    const which = `revision ${printable(identity.revision)} (${identity.digest.slice(0, 19)})`;
    say(kind === 'activated' ? `now serving ${which}` : `unchanged: still serving ${which}`);
  } catch (reason) {
    say(`${failureText(Failure.from(reason), io.color)}\nstill serving the last good policy`);
  }
}
