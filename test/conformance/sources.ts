/** Where OPA's published cases are: in the module that the compiler is pinned to, fetched and verified by Go. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
const MODULE = 'github.com/open-policy-agent/opa';
const CASES = ['v1', 'test', 'cases', 'testdata', 'v1'] as const;

/** A file of cases: its topic is the folder that it lies in. */
export interface CaseFile {
  readonly topic: string;
  readonly path: string;
}

/** The folder of the cases within the pinned module. */
export async function casesFolder(): Promise<string> {
  const pinned = new RegExp(`${MODULE} (v[^\\s]+)`).exec(await readFile(join(ROOT, 'compiler', 'go.mod'), 'utf8'))?.[1];
  if (pinned === undefined) throw new Error(`compiler/go.mod does not pin ${MODULE}`);
  try {
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', `${MODULE}@${pinned}`], {
      cwd: join(ROOT, 'compiler'),
    });
    // Go's own report of what it downloaded: `Dir` is the folder of the unpacked module.
    const { Dir } = JSON.parse(stdout) as { readonly Dir: string };
    return join(Dir, ...CASES);
  } catch (reason) {
    throw new Error(
      `the published cases come with ${MODULE}@${pinned}, which Go downloads: install Go, or give --cases FOLDER`,
      {
        cause: reason,
      },
    );
  }
}

/** Every file of cases, by path. */
export async function caseFiles(folder: string): Promise<readonly CaseFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, topic: path.slice(folder.length + 1).split('/')[0] ?? '' }));
}
