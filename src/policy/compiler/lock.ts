/**
 * One builder at a time among processes: a folder is made by one and waited for by the others. A lock whose owner is
 * gone is taken over; should two take it over at once, both do the work, which is harmless.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 250;
/** How long a lock without a readable owner is respected: its owner may be about to write its name. */
const GRACE_POLLS = 8;

/** @param onWait told at every look while somebody else holds the lock */
export async function withLock(path: string, onWait: () => void, work: () => Promise<void>): Promise<void> {
  let nameless = 0;
  for (;;) {
    if (await make(path)) break;
    const owner = await ownerOf(path);
    nameless = owner === undefined ? nameless + 1 : 0;
    if (owner === undefined ? nameless > GRACE_POLLS : !isAlive(owner)) {
      await rm(path, { recursive: true, force: true });
      continue;
    }
    onWait();
    await delay(POLL_MS);
  }
  try {
    await writeFile(join(path, 'pid'), String(process.pid));
    await work();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

/** @returns whether it was made; not when it was there already */
async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (reason) {
    if (reason instanceof Error && 'code' in reason && reason.code === 'EEXIST') return false;
    throw reason;
  }
}

async function ownerOf(path: string): Promise<number | undefined> {
  const text = await readFile(join(path, 'pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (reason) {
    // A process that may not be signalled is there all the same.
    return reason instanceof Error && 'code' in reason && reason.code === 'EPERM';
  }
}
