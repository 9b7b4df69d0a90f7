/** Cases compiled by the project's own compiler, and kept by what compiled them: the second run needs no compiler. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import { locateCompiler } from '../../src/policy/compiler/artifact.ts';
import { type CompilerProcess, createCompilerProcess } from '../../src/policy/compiler/process.ts';
import type { ConformanceCase } from './case.ts';
import type { CaseFile } from './sources.ts';

const CACHE = join(import.meta.dirname, '..', '..', '.cache', 'conformance');

/** Policies share most of their 200 KB: with a window over all of them, a topic packs to a hundredth. */
const WINDOW = {
  params: {
    [constants.ZSTD_c_windowLog]: 27,
    [constants.ZSTD_c_enableLongDistanceMatching]: 1,
    [constants.ZSTD_c_compressionLevel]: 3,
  },
  maxOutputLength: 1 << 30,
};
const UNPACK = { params: { [constants.ZSTD_d_windowLogMax]: 27 }, maxOutputLength: 1 << 30 };

/** A file, and which of its cases are wanted; without a list, all. */
export interface Wanted extends CaseFile {
  readonly only?: readonly number[];
}

export interface CaseCompiler {
  /** The cases of some files, from the cache where they are in it. */
  compile(name: string, files: readonly Wanted[]): Promise<readonly ConformanceCase[]>;
  close(): void;
}

export function createCaseCompiler(): CaseCompiler {
  const artifact = locateCompiler();
  const process = createCompilerProcess(() => artifact.path(), {
    timeLimitMs: 600_000,
    maxAnswerBytes: 1 << 29,
    optimize: true,
  });
  return {
    async compile(name, files) {
      const folder = join(CACHE, (await artifact.hash()).slice(0, 16));
      const path = join(folder, `${name}-${keyOf(files)}.json.zst`);
      if (existsSync(path)) return unpack(await readFile(path));
      const cases = await compileAll(process, files);
      await mkdir(folder, { recursive: true });
      await removeOthers(folder);
      const draft = `${path}.${globalThis.process.pid}.draft`;
      await writeFile(draft, zstdCompressSync(JSON.stringify(cases), WINDOW));
      await rename(draft, path);
      return cases;
    },
    close: () => process.close(),
  };
}

/** What other compilers made is of no use any more: the cache stays at about 20 MB. */
async function removeOthers(folder: string): Promise<void> {
  for (const name of await readdir(CACHE)) {
    if (join(CACHE, name) !== folder) await rm(join(CACHE, name), { recursive: true, force: true });
  }
}

function unpack(packed: Buffer): readonly ConformanceCase[] {
  // Written by `compile` above.
  return JSON.parse(zstdDecompressSync(packed, UNPACK).toString('utf8')) as readonly ConformanceCase[];
}

/** The files by name and choice; the module that they come with is part of the compiler's hash. */
function keyOf(files: readonly Wanted[]): string {
  const chosen = files.map(({ topic, path, only }) => [topic, path.split('/').at(-1), only ?? 'all']);
  return createHash('sha256').update(JSON.stringify(chosen)).digest('hex').slice(0, 12);
}

async function compileAll(process: CompilerProcess, files: readonly Wanted[]): Promise<readonly ConformanceCase[]> {
  const cases: ConformanceCase[] = [];
  for (const { path, only } of files) {
    const answer = await process.ask('cases', { yaml: await readFile(path, 'utf8'), only: only ?? [] });
    if (answer.kind !== 'result') throw new Error(`${path} has findings where it should have cases`);
    // The `cases` operation of our own compiler writes this shape.
    cases.push(...(answer.result as { readonly cases: readonly ConformanceCase[] }).cases);
  }
  return cases;
}
