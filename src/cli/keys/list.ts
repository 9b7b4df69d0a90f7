/** `turnpike keys list`: who may ask, with what, until when. No hash, because nobody needs to see one. */
import pc from 'picocolors';
import type { KeyConfig } from '../../config/config.ts';
import { everyKey, readKeysFile } from '../../config/keys-file.ts';
import { readConfig } from '../config-file.ts';
import { EXIT, printable } from '../failure-text.ts';
import type { Io } from '../io.ts';

export interface KeysListOptions {
  /** A file of keys; left out, every key of the configuration. */
  readonly file?: string;
  readonly config?: string;
  readonly json?: boolean;
}

type State = 'active' | 'expired' | 'revoked' | 'rotating';

export async function runKeysList(options: KeysListOptions, io: Io): Promise<number> {
  const keys =
    options.file === undefined ? everyKey(readConfig(options.config, io).config.identity) : readKeysFile(options.file);
  const nowMs = Date.now();
  if (options.json === true) {
    const rows = keys.map(({ hash: _hash, previousHash: _previous, ...key }) => ({
      ...key,
      state: stateOf(key, nowMs),
    }));
    io.stdout.write(`${JSON.stringify({ keys: rows })}\n`);
    return EXIT.ok;
  }
  if (keys.length === 0) {
    io.stderr.write('no keys; make one: npx turnpike keys create --file keys.yaml\n');
    return EXIT.ok;
  }
  io.stdout.write(`${table(keys, nowMs, io).join('\n')}\n`);
  return EXIT.ok;
}

function stateOf(key: Pick<KeyConfig, 'expiresAt' | 'revokedAt' | 'previousExpiresAt'>, nowMs: number): State {
  const isPast = (moment: string | undefined): boolean => moment !== undefined && Date.parse(moment) <= nowMs;
  if (isPast(key.revokedAt)) return 'revoked';
  if (isPast(key.expiresAt)) return 'expired';
  return key.previousExpiresAt !== undefined && !isPast(key.previousExpiresAt) ? 'rotating' : 'active';
}

function table(keys: readonly KeyConfig[], nowMs: number, io: Io): readonly string[] {
  const colors = pc.createColors(io.color);
  const paint = { active: colors.green, rotating: colors.yellow, expired: colors.red, revoked: colors.red } as const;
  const rows = keys.map((key) => [
    key.id,
    stateOf(key, nowMs),
    key.subject,
    [key.team, key.application, key.environment].map((name) => name ?? '*').join(' / '),
    scopeText(key),
    key.revokedAt ?? key.expiresAt ?? 'never',
  ]);
  const cells = [['id', 'state', 'subject', 'team / application / environment', 'scope', 'ends'], ...rows];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => printable(row[column] ?? '').length))) ?? [];
  return cells.map((row, index) =>
    row
      .map((cell, column) => {
        const padded = printable(cell).padEnd(widths[column] ?? 0);
        if (index === 0) return colors.bold(padded);
        return column === 1 && cell in paint ? paint[cell as State](padded) : padded; // the column of states
      })
      .join('  ')
      .trimEnd(),
  );
}

function scopeText({ operations, models }: KeyConfig): string {
  const parts = [...(operations ?? []), ...(models ?? [])];
  return parts.length === 0 ? 'all' : parts.join(', ');
}
