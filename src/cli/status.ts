/** `turnpike status`: what a running server says of its policy. */
import pc from 'picocolors';
import { DEFAULT_HTTP_SERVER, httpRequest } from './ask-server.ts';
import { EXIT, printable } from './failure-text.ts';
import type { Io } from './io.ts';

export interface StatusOptions {
  /** Address of its HTTP listener. */
  readonly server?: string;
  readonly json?: boolean;
  readonly timeout: number;
}

/** @returns 0 when it serves the policy that it should, 1 when it serves none, an old one or a stale one */
export async function runStatus(options: StatusOptions, io: Io): Promise<number> {
  const server = options.server ?? DEFAULT_HTTP_SERVER;
  const { document } = await httpRequest({ server, timeoutMs: options.timeout }, '/readyz');
  const said: Readonly<Record<string, unknown>> =
    typeof document === 'object' && document !== null ? { ...document } : {};
  const state = String(said['state'] ?? 'unknown');
  if (options.json === true) io.stdout.write(`${JSON.stringify(said)}\n`);
  else io.stdout.write(statusText(server, state, said, io.color));
  return state === 'serving' ? EXIT.ok : EXIT.failed;
}

function statusText(server: string, state: string, said: Readonly<Record<string, unknown>>, color: boolean): string {
  const colors = pc.createColors(color);
  const paint = state === 'serving' ? colors.green : state === 'never_activated' ? colors.red : colors.yellow;
  const lines = [`${colors.bold(paint(state.replaceAll('_', ' ')))}  ${printable(server)}`];
  for (const name of ['why', 'revision', 'digest'] as const) {
    if (said[name] !== undefined) lines.push(`  ${name.padEnd(11)}${printable(String(said[name]))}`);
  }
  const ageMs = said['age_ms'];
  if (typeof ageMs === 'number') lines.push(`  ${'synced'.padEnd(11)}${Math.round(ageMs / 1000)} s ago`);
  return `${lines.join('\n')}\n`;
}
