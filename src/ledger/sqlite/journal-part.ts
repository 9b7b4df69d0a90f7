/**
 * A file of a journal. One may have its room beforehand, as zeros that are on the disk: writing over them changes nothing
 * but them, so the disk is asked for half as much each time that they have to be on it. No line has a zero in it.
 */
import { closeSync, fchmodSync, fdatasync, fstatSync, openSync, readSync, statSync, unlinkSync, write } from 'node:fs';
import { promisify } from 'node:util';
import type { JournalFile } from './journal-files.ts';

/** A file of the journal that is not known to be in the database. */
export interface Part {
  readonly file: JournalFile;
  /** Bytes that were written to it, in whole lines; what stands behind them is zeros. */
  readonly size: number;
  /** Those that are in the database. */
  readonly moved: number;
}

export interface OpenPart extends Part {
  readonly fd: number;
  readonly inode: number;
  size: number;
  moved: number;
  /** It is as long already. */
  room: number;
}

const ZEROS = Buffer.alloc(1024 * 1024);
const written = promisify(write);
/** By the file's descriptor. Rejects with what the disk says. */
export const synced = promisify(fdatasync);

/** @returns undefined: there is one of that name */
export function createPart(file: JournalFile, mode: number): OpenPart | undefined {
  let fd: number;
  try {
    fd = openSync(file.path, 'wx+', mode);
  } catch (reason) {
    if (reason instanceof Error && 'code' in reason && reason.code === 'EEXIST') return undefined;
    throw reason;
  }
  // What was asked for is less where there is an umask.
  fchmodSync(fd, mode);
  return { file, fd, inode: fstatSync(fd).ino, size: 0, moved: 0, room: 0 };
}

/** Room for so many bytes, on the disk. Before anything is written to it. @throws what the disk says */
export async function makeRoom(part: OpenPart, bytes: number): Promise<void> {
  let at = 0;
  while (at < bytes) at += (await written(part.fd, ZEROS, 0, Math.min(ZEROS.length, bytes - at), at)).bytesWritten;
  await synced(part.fd);
  part.room = bytes;
}

/** To read; undefined: its writer has moved it and is gone, or it was put away. */
export function openPart(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

export const isInPlace = ({ file, inode }: OpenPart): boolean =>
  statSync(file.path, { throwIfNoEntry: false })?.ino === inode;

export function removePart(part: OpenPart): void {
  const isOurs = isInPlace(part);
  closeSync(part.fd);
  if (isOurs) unlinkSync(part.file.path);
}

/** @returns how many of these bytes stand in a file, from `at` on */
export function bytesThere(fd: number, bytes: Buffer, at: number): number {
  const there = Buffer.alloc(bytes.length);
  const read = readSync(fd, there, 0, there.length, at);
  let same = 0;
  while (same < read && there[same] === bytes[same]) same += 1;
  return same;
}

/** Whether nothing stands in a file from `at` on. */
export function isEmptyFrom(fd: number, at: number): boolean {
  const piece = Buffer.allocUnsafe(ZEROS.length);
  for (let place = at; ; ) {
    const read = readSync(fd, piece, 0, piece.length, place);
    if (read === 0) return true;
    if (!piece.subarray(0, read).equals(ZEROS.subarray(0, read))) return false;
    place += read;
  }
}
