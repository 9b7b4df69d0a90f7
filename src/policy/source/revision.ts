/**
 * Owns the name of a policy folder's state. May import node only.
 * Never fails: where git cannot tell, the revision is `unversioned`.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const GIT_TIMEOUT_MS = 5_000;

/** @returns the commit of HEAD, with `-dirty` when files of the folder differ from it; `unversioned` outside git */
export async function revisionOf(directory: string): Promise<string> {
  try {
    const head = (await git(directory, ['rev-parse', '--verify', 'HEAD'])).trim();
    const changes = await git(directory, ['status', '--porcelain', '--untracked-files=normal', '--', '.']);
    return changes === '' ? head : `${head}-dirty`;
  } catch {
    return 'unversioned';
  }
}

async function git(directory: string, args: readonly string[]): Promise<string> {
  const options = {
    timeout: GIT_TIMEOUT_MS,
    // Reading the state must not take locks that somebody's commit is waiting for.
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
  };
  return (await run('git', ['-C', directory, ...args], options)).stdout;
}
