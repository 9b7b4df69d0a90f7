/**
 * Bytes and what stands before and behind them in one write to the kernel. A string of Latin-1 is bytes one to one, and
 * Node writes a string in one call where it writes strings and buffers side by side in a dearer one.
 */
import type { ServerResponse } from 'node:http';

export type Bytes = string | Uint8Array;

/** Longer than this, copying costs more than a second piece. */
const MAX_COPIED_BYTES = 65_536;

/** @returns as `response.write` */
export function joined(response: ServerResponse, before: string, bytes: Bytes, behind: string): boolean {
  if (typeof bytes === 'string') return response.write(`${before}${bytes}${behind}`);
  const text = latin1Of(bytes);
  if (text !== undefined) return response.write(`${before}${text}${behind}`, 'latin1');
  response.cork();
  response.write(before, 'latin1');
  response.write(bytes);
  const takesMore = response.write(behind, 'latin1');
  response.uncork();
  return takesMore;
}

/** Ends a response with its only bytes. */
export function endJoined(response: ServerResponse, bytes: Bytes): void {
  const text = typeof bytes === 'string' ? undefined : latin1Of(bytes);
  if (text === undefined) response.end(bytes);
  else response.end(text, 'latin1');
}

function latin1Of(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_COPIED_BYTES) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
