/** The suites of `npm test`: checks, which pass or fail as one, and folders of node:test files. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Suite {
  readonly name: string;
  /** Arguments of Node, one list per command; they run one after the other and stop at the first failure. */
  readonly commands: readonly (readonly string[])[];
  readonly kind: 'check' | 'tests';
  /** Starts when this suite has ended well: the compiler is built once, not by everybody at once. */
  readonly after?: string;
  readonly timeoutMs: number;
}

const MINUTE_MS = 60_000;
const bin = (name: string): string => join('node_modules', name);

const COMPILER = 'compiler';
/** Folders whose tests run compiled policy, and so need the compiler. */
const NEED_COMPILER = new Set([
  'cli',
  'contract',
  'conformance',
  'e2e',
  'faults',
  'flow',
  'package',
  'policy',
  'rego',
  'transport',
]);

function check(name: string, commands: readonly (readonly string[])[], after?: string): Suite {
  return { name, commands, kind: 'check', timeoutMs: 4 * MINUTE_MS, ...(after === undefined ? {} : { after }) };
}

const CHECKS: readonly Suite[] = [
  // The first build on a machine takes minutes; later ones find it in the cache.
  { name: COMPILER, kind: 'check', timeoutMs: 15 * MINUTE_MS, commands: [['test/runner/build-compiler.ts']] },
  check('types', [
    [bin('typescript/bin/tsc'), '-p', 'tsconfig.check.json', '--noEmit'],
    [bin('typescript/bin/tsc'), '-p', 'src/core/tsconfig.json', '--noEmit'],
  ]),
  check('lint', [[bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings']]),
  check('imports', [
    [
      bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
      'src',
      'test',
      'bench',
      '--config',
      '.dependency-cruiser.cjs',
    ],
  ]),
  check('dead code', [[bin('knip/bin/knip.js'), '--no-progress']]),
  check(
    'policies',
    [
      ['bin/turnpike', 'policy', 'fmt', '--check', 'policies'],
      ['bin/turnpike', 'policy', 'check', 'policies'],
      ['bin/turnpike', 'policy', 'test', '--coverage', '--threshold', '95', 'policies'],
    ],
    COMPILER,
  ),
];

/** Suites that can be long come first, so that the last to end is short. */
const LONG_FIRST = ['package', 'e2e', 'conformance', 'rego'];

/** @param testFolder where the folders of tests are */
export function findSuites(testFolder: string): readonly Suite[] {
  const folders = readdirSync(testFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return [...CHECKS, ...folders.flatMap((folder) => testsOf(testFolder, folder))];
}

const rank = (folder: string): number => (LONG_FIRST.includes(folder) ? LONG_FIRST.indexOf(folder) : LONG_FIRST.length);

function testsOf(testFolder: string, folder: string): readonly Suite[] {
  const files = readdirSync(join(testFolder, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && !path.endsWith('.services.test.ts'))
    .sort()
    .map((path) => join(testFolder, folder, path));
  if (files.length === 0) return [];
  return [
    {
      name: folder,
      kind: 'tests',
      commands: [files],
      timeoutMs: 5 * MINUTE_MS,
      ...(NEED_COMPILER.has(folder) ? { after: COMPILER } : {}),
    },
  ];
}
