/** What a server prints when it is ready: where it listens, what it serves, and lines to paste. */
import pc from 'picocolors';
import type { Config } from '../../config/config.ts';
import type { PolicyIdentity } from '../../core/decision.ts';
import { printable } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { packageVersion } from '../version.ts';
import { pasteLines } from './paste-lines.ts';

/** Plain data: a worker sends it to its primary. */
export interface ReadyNotice {
  readonly identity: PolicyIdentity;
  /** Address by name of transport. */
  readonly addresses: Readonly<Record<string, string>>;
}

export function readyText(notice: ReadyNotice, config: Config, options: { readonly json?: boolean }, io: Io): string {
  const { identity, addresses } = notice;
  if (options.json === true) return `${JSON.stringify({ event: 'ready', ...addresses, ...identity })}\n`;
  const colors = pc.createColors(io.color);
  const { mode, keys, keysFile } = config.identity;
  const { grpc: grpcConfig, http: httpConfig } = config.transports;
  const { grpc, http } = addresses;
  const workers = config.workers > 1 ? `, ${config.workers} workers` : '';
  const lines = [
    `${colors.green('ready')}: turnpike ${packageVersion()} serves ${identity.entrypoint}, revision ${printable(identity.revision)} (${identity.digest.slice(0, 19)})${workers}`,
  ];
  if (grpc !== undefined) lines.push(`  gRPC  ${grpc}${grpcConfig.tls === undefined ? '' : ' (TLS)'}`);
  if (http !== undefined) lines.push(`  HTTP  ${httpConfig.tls === undefined ? 'http' : 'https'}://${http}`);
  const listening = { ...(grpc === undefined ? {} : { grpc }), ...(http === undefined ? {} : { http }) };
  const paste = pasteLines(listening, {
    grpc: grpcConfig,
    http: httpConfig,
    asksForKey: mode === 'keys' && (keys.length > 0 || keysFile !== undefined),
  });
  return `${[...lines, '', 'Ask it:', ...paste.map((line) => `  ${line}`), ''].join('\n')}\n`;
}
