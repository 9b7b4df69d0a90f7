import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { requiredBuiltins } from '../../src/cli/policy/required-builtins.ts';
import { makePrepareEvaluator } from '../../src/compose-prepare.ts';
import { Failure } from '../../src/core/failure.ts';
import { buildBundle, tryBuildBundle } from '../../src/policy/build.ts';
import { factOf } from '../../src/policy/bundle/bundle.ts';
import { createWasmEvaluator } from '../../src/rego/evaluator.ts';
import { findingsOf, openCompiler, SAMPLE, sourcesOf, valueIn } from './compiler.ts';

const compiler = openCompiler();
const cacheDir = await mkdtemp(join(tmpdir(), 'turnpike-build-'));
after(() => rm(cacheDir, { recursive: true }));

const refusing = {
  hash: () => compiler.hash(),
  build: () => Promise.reject(new Error('the cache should have answered')),
};
const options = { compiler, cacheDir, entrypoints: ['turnpike/decision'], makeEvaluator: makePrepareEvaluator };

suite('build', () => {
  test('makes a policy that decides, over data whose numbers keep every digit', async () => {
    const bundle = await buildBundle(SAMPLE, { ...options, revision: 'abc' });
    assert.deepEqual([bundle.revision, bundle.entrypoints], ['abc', ['turnpike/decision']]);
    assert.match(Buffer.from(bundle.dataJson).toString(), /"price":12345678901234567890\.5/);
    const evaluator = await createWasmEvaluator(bundle, { warmup: 0 });
    const decide = (team: string) =>
      evaluator.evaluate('turnpike/decision', { caller: { team }, call: { model: 'small' } });
    assert.deepEqual([decide('search'), decide('nobody')], [{ outcome: 'allow', price: 0.25 }, { outcome: 'deny' }]);
    evaluator.close();
  });

  test('needs no compiler the second time, whatever the revision', async () => {
    const first = await buildBundle(SAMPLE, options);
    const again = await tryBuildBundle(SAMPLE, { ...options, compiler: refusing, revision: 'later' });
    assert.equal(again.kind, 'built');
    assert.deepEqual(again.kind === 'built' && [again.origin, again.bundle.digest, again.bundle.revision], [
      'cache',
      first.digest,
      'later',
    ]);
  });

  test('builds again when the cached bundle is damaged', async () => {
    const { digest } = await buildBundle(SAMPLE, options);
    for (const name of await readdir(cacheDir)) await writeFile(join(cacheDir, name), 'not a bundle');
    const again = await tryBuildBundle(SAMPLE, options);
    assert.deepEqual(again.kind === 'built' && [again.origin, again.bundle.digest], ['compiler', digest]);
  });

  test('builds again when a source, an option or the compiler is another', async () => {
    await buildBundle(SAMPLE, options);
    const data = { ...SAMPLE.data, 'data/teams.yaml': 'teams: [search]\n' };
    const others = [
      [{ ...SAMPLE, data }, options],
      [SAMPLE, { ...options, prepare: false }],
      [SAMPLE, { ...options, compiler: { build: compiler.build, hash: () => Promise.resolve('another') } }],
    ] as const;
    for (const [sources, changed] of others) {
      const built = await tryBuildBundle(sources, changed);
      assert.equal(built.kind === 'built' && built.origin, 'compiler');
    }
  });

  test('prepares the same data by the compiled policy as by the compiler itself', async () => {
    const { makeEvaluator, cacheDir: _, ...uncached } = options;
    const byPolicy = await buildBundle(SAMPLE, { ...uncached, makeEvaluator });
    const byCompiler = await buildBundle(SAMPLE, uncached);
    const parsed = [byPolicy, byCompiler].map(({ dataJson }) => JSON.parse(Buffer.from(dataJson).toString()));
    assert.deepEqual(parsed[0], parsed[1]);
    assert.deepEqual(parsed[0].prepared, { dear: ['large'] });
    assert.equal(factOf(byPolicy, 'prepared'), true);
  });

  const prepare = (body: string) => ({
    ...SAMPLE,
    modules: { ...SAMPLE.modules, 'prepare/prepare.rego': `package turnpike.prepare\n\n${body}\n` },
  });
  test('refuses data that cannot be prepared', async () => {
    for (const makeEvaluator of [undefined, makePrepareEvaluator]) {
      const how = makeEvaluator === undefined ? {} : { makeEvaluator };
      const build = buildBundle(prepare('prepared := data.nothing'), { compiler, entrypoints: [], ...how });
      await assert.rejects(build, (reason) => {
        assert.ok(reason instanceof Failure);
        assert.equal(reason.code, 'policy_invalid');
        assert.match(reason.message, /data\.turnpike\.prepare\.prepared is undefined over the data/);
        return true;
      });
    }
  });

  test('refuses a data file that stands where prepared data goes', async () => {
    const data = { ...SAMPLE.data, 'data/p.yaml': 'prepared: {}\n' };
    const built = await compiler.build({ ...SAMPLE, data }, { entrypoints: ['turnpike/decision'] });
    assert.equal(findingsOf(built)[0]?.code, 'data_conflict');
  });

  test('gives every finding as a fault of one failure', async () => {
    const modules = { 'a.rego': 'package a\n\np := x\n\nq := y\n' };
    await assert.rejects(buildBundle(sourcesOf({ modules }), { compiler, entrypoints: ['a/p'] }), (reason) => {
      assert.ok(reason instanceof Failure);
      assert.equal(reason.message, 'a.rego:3:6: var x is unsafe (and 1 more)');
      assert.deepEqual(reason.faults[1], { at: 'a.rego:5:6', message: 'var y is unsafe' });
      return true;
    });
  });

  test('refuses entry points that are not there, and a build without any', async () => {
    const modules = { 'a.rego': 'package a\n\np := 1\n' };
    for (const entrypoints of [['a/q'], []]) {
      const [finding] = findingsOf(await compiler.build(sourcesOf({ modules }), { entrypoints }));
      assert.equal(finding?.code, 'build_failed');
      assert.match(finding?.message ?? '', /entrypoint/);
    }
  });

  test('compiles loose modules, tests among them, with any builtin', async () => {
    const modules = { 'x_test.rego': 'package x\n\np := http.send(input)\n' };
    const { wasm, builtins } = valueIn(await compiler.compileModules({ modules, entrypoints: ['x/p'] }));
    assert.deepEqual(requiredBuiltins(wasm), ['http.send']);
    const host = builtins.filter((builtin) => !builtin.native);
    assert.deepEqual(host, [{ name: 'http.send', native: false, file: 'x_test.rego', row: 3, col: 6 }]);
  });

  test('says what a folder holds', async () => {
    const seen = valueIn(await compiler.inspect(SAMPLE));
    assert.deepEqual(seen.entrypoints, ['turnpike/decision']);
    assert.deepEqual(seen.data_keys, ['models', 'teams']);
    assert.deepEqual(
      seen.packages.map(({ path, files }) => [path, ...files]),
      [
        ['data.turnpike', 'decision.rego'],
        ['data.turnpike.access', 'access/access.rego'],
        ['data.turnpike.prepare', 'prepare/prepare.rego'],
      ],
    );
    assert.equal(seen.packages[0]?.rules[0]?.title, 'The decision');
  });
});
