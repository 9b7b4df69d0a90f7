/** Stock OPA of the same version, built through Go, makes the same policy byte for byte and reads our bundles. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, suite, test } from 'node:test';
import { makePrepareEvaluator } from '../../src/compose-prepare.ts';
import { buildBundle } from '../../src/policy/build.ts';
import { readBundlePath } from '../../src/policy/bundle/read.ts';
import { writeBundle } from '../../src/policy/bundle/write.ts';
import { readPolicyDirectory } from '../../src/policy/source/directory.ts';
import type { PolicySources } from '../../src/policy/source/policy-sources.ts';
import { openCompiler, SAMPLE, valueIn } from './compiler.ts';

const OPA = 'github.com/open-policy-agent/opa@v1.22.2';
const ROOT = join(import.meta.dirname, '..', '..');
const CACHE = join(ROOT, '.cache', 'opa', OPA.replace(/.*@/, ''));

function stockOpa(): string {
  const path = join(CACHE, 'opa');
  if (!existsSync(path)) {
    execFileSync('go', ['install', '-trimpath', OPA], { env: { ...process.env, GOBIN: CACHE }, stdio: 'inherit' });
  }
  return path;
}

const opa = stockOpa();
const compiler = openCompiler();
const scratch = await mkdtemp(join(tmpdir(), 'turnpike-stock-'));
after(() => rm(scratch, { recursive: true }));
const run = (args: readonly string[], cwd: string) => execFileSync(opa, args, { cwd, encoding: 'utf8' });

/** Builds a folder as its README would say: everything but tests and schemas, the data folder as a root of its own. */
function stockBuild(folder: string, sources: PolicySources, output: string): void {
  const policies = Object.keys(sources.modules).filter((path) => !path.endsWith('_test.rego'));
  const tops = new Set(policies.map((path) => path.split('/')[0] ?? ''));
  const ignore = ['*_test.rego', 'schemas'].flatMap((pattern) => ['--ignore', pattern]);
  run(['build', '-t', 'wasm', '-e', 'turnpike/decision', ...ignore, '-o', output, ...tops, 'data'], folder);
}

async function sample(): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'sample-'));
  for (const [path, text] of Object.entries({ ...SAMPLE.modules, ...SAMPLE.data, ...SAMPLE.schemas })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function projectPolicies(): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'project-'));
  await cp(join(ROOT, 'policies'), folder, { recursive: true });
  return folder;
}

const FOLDERS = [
  { name: 'a small policy', folder: await sample() },
  { name: "the project's policies", folder: await projectPolicies() },
];

suite('stock OPA', () => {
  for (const { name, folder } of FOLDERS) {
    test(`makes of ${name} the same policy, byte for byte, over the same data`, async () => {
      const sources = await readPolicyDirectory(folder);
      const output = join(scratch, 'stock.tar.gz');
      stockBuild(folder, sources, output);
      const stock = await readBundlePath(output);
      const ours = valueIn(await compiler.build(sources, { entrypoints: ['turnpike/decision'], prepare: 'nothing' }));
      assert.ok(Buffer.from(ours.wasm).equals(stock.wasm), `${ours.wasm.length} bytes, stock ${stock.wasm.length}`);
      assert.equal(Buffer.from(ours.dataJson).toString(), Buffer.from(stock.dataJson).toString().trimEnd());
      const { manifest } = stock;
      assert.deepEqual(ours.resolvers, manifest.wasm);
    });

    test(`reads the bundle of ${name}`, async () => {
      const sources = await readPolicyDirectory(folder);
      const entrypoints = ['turnpike/decision'];
      const options = { compiler, entrypoints, revision: 'r1', makeEvaluator: makePrepareEvaluator };
      const path = join(scratch, 'ours.tar.gz');
      await writeFile(path, await writeBundle(await buildBundle(sources, options)));
      const seen = JSON.parse(run(['inspect', '--format', 'json', path], scratch));
      assert.equal(seen.manifest.revision, 'r1');
      assert.deepEqual(seen.namespaces['data.turnpike.decision'], ['/policy.wasm']);
    });

    test(`formats ${name} as we do`, async () => {
      const sources = await readPolicyDirectory(folder);
      const { changed } = valueIn(await compiler.format(sources));
      const listed = run(['fmt', '--list', '.'], folder).split('\n').filter(Boolean).sort();
      assert.deepEqual(Object.keys(changed).sort(), listed);
    });
  }
});
