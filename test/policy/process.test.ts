import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { locateCompiler } from '../../src/policy/compiler/artifact.ts';
import { createCompiler } from '../../src/policy/compiler/client.ts';
import { createCompilerProcess } from '../../src/policy/compiler/process.ts';
import { openCompiler, SAMPLE, sourcesOf, valueIn } from './compiler.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const scratch = await mkdtemp(join(tmpdir(), 'turnpike-compiler-'));
after(() => rm(scratch, { recursive: true }));

const BOUNDS = { timeLimitMs: 60_000, maxAnswerBytes: 1 << 20, optimize: false };
const wasmPath = () => locateCompiler().path();

suite("the compiler's process", () => {
  test('answers what is asked at once, each its own', async () => {
    const compiler = openCompiler();
    const modules = (n: number) => ({ modules: { 'a.rego': `package a\n\np := ${n}\n` }, entrypoints: ['a/p'] });
    const built = await Promise.all([1, 2, 3].map((n) => compiler.compileModules(modules(n))));
    assert.equal(new Set(built.map((each) => Buffer.from(valueIn(each).wasm).toString('base64'))).size, 3);
  });

  test('is stopped past its limit, and the next request is served by another', async () => {
    const compiler = createCompilerProcess(wasmPath, { ...BOUNDS, timeLimitMs: 5_000 });
    after(() => compiler.close());
    const endless = `package x_test

test_x if {
	some a in numbers.range(1, 3000)
	some b in numbers.range(1, 3000)
	a * b < 0
}
`;
    const modules = { 'x_test.rego': endless };
    await assert.rejects(compiler.ask('test', { modules, timeout_ms: 600_000 }), {
      code: 'deadline_exceeded',
      message: 'policy test took longer than 5000 ms and was stopped',
    });
    assert.equal((await compiler.ask('hello', {})).kind, 'result');
  });

  test('is refused an answer past its bound', async () => {
    const compiler = createCompilerProcess(wasmPath, { ...BOUNDS, maxAnswerBytes: 100_000 });
    after(() => compiler.close());
    const modules = { 'a.rego': 'package a\n\np := 1\n' };
    await assert.rejects(compiler.ask('build', { modules, entrypoints: ['a/p'] }), { code: 'too_large' });
  });

  test('tells what it does not know without ending', async () => {
    const compiler = createCompilerProcess(wasmPath, BOUNDS);
    after(() => compiler.close());
    await assert.rejects(compiler.ask('dance', {}), { message: 'policy dance: unknown operation "dance"' });
    assert.equal((await compiler.ask('hello', {})).kind, 'result');
  });

  test('that does not start says why in one sentence', async () => {
    const broken = join(scratch, 'broken.wasm');
    await writeFile(broken, 'not wasm');
    const compiler = createCompilerProcess(() => Promise.resolve(broken), BOUNDS);
    await assert.rejects(compiler.ask('hello', {}), {
      code: 'compiler_unavailable',
      message: /^the policy compiler's process ended \(exit code 1\)/,
    });
  });

  test('serves nobody once closed', async () => {
    const compiler = createCompiler(locateCompiler());
    valueIn(await compiler.check(SAMPLE));
    compiler.close();
    await assert.rejects(compiler.check(SAMPLE), { code: 'compiler_unavailable' });
  });

  test('keeps nobody from leaving who forgot to close it', () => {
    const script = `
      import { locateCompiler } from './src/policy/compiler/artifact.ts';
      import { createCompiler } from './src/policy/compiler/client.ts';
      console.log((await createCompiler(locateCompiler()).facts()).opaVersion);
    `;
    const options = { cwd: ROOT, encoding: 'utf8', timeout: 30_000 } as const;
    assert.equal(execFileSync(process.execPath, ['--input-type=module', '--eval', script], options).trim(), '1.22.2');
  });
});

suite('the compiler itself', () => {
  /** A package root with sources of the compiler, and nothing cached. */
  async function checkout(): Promise<string> {
    const root = await mkdtemp(join(scratch, 'checkout-'));
    await cp(join(ROOT, 'compiler'), join(root, 'compiler'), { recursive: true });
    return root;
  }

  /** A folder whose `go` is this shell script. */
  async function pathWithGo(script: string): Promise<{ PATH: string }> {
    const bin = await mkdtemp(join(scratch, 'bin-'));
    await writeFile(join(bin, 'go'), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, 'go'), 0o755);
    return { PATH: `${bin}:/usr/bin:/bin` };
  }

  test('without Go and without a cache says in one sentence what to do', async () => {
    const artifact = locateCompiler({ packageRoot: await checkout(), env: { PATH: scratch } });
    await assert.rejects(artifact.path(), {
      code: 'compiler_unavailable',
      message: /^the policy compiler is not built yet and Go was not found: install Go 1\.26 or later .* already$/,
    });
  });

  test('that does not build says the reason and leaves nothing half done', async () => {
    const root = await checkout();
    const env = await pathWithGo('echo "main.go:1: no such thing" >&2; touch "$9"; exit 1');
    await assert.rejects(locateCompiler({ packageRoot: root, env }).path(), {
      code: 'compiler_unavailable',
      message: 'building the policy compiler with Go failed (exit code 1): main.go:1: no such thing',
    });
    const [hash = ''] = await readdir(join(root, '.cache', 'compiler'));
    assert.deepEqual(await readdir(join(root, '.cache', 'compiler', hash)), []);
  });

  test('is built once by many who ask at once, with progress, and found by who asks later', async () => {
    const root = await checkout();
    const env = await pathWithGo(
      `echo built >> ${root}/builds; echo "go: downloading example.com/m v1" >&2; while [ "$1" != -o ]; do shift; done; echo wasm > "$2"`,
    );
    const phases = new Set<string>();
    const asked = Array.from({ length: 4 }, () =>
      locateCompiler({ packageRoot: root, env, onProgress: ({ phase }) => phases.add(phase) }).path(),
    );
    assert.equal(new Set(await Promise.all(asked)).size, 1);
    await locateCompiler({ packageRoot: root, env: { PATH: scratch } }).path();
    assert.equal(execFileSync('cat', [join(root, 'builds')], { encoding: 'utf8' }), 'built\n');
    assert.ok(phases.has('compiling') && phases.has('downloading modules'));
  });

  test('is another when a source of it changes', async () => {
    const root = await checkout();
    const before = await locateCompiler({ packageRoot: root }).hash();
    assert.equal(before, await locateCompiler().hash());
    await writeFile(join(root, 'compiler', 'more.go'), 'package main\n');
    assert.notEqual(await locateCompiler({ packageRoot: root }).hash(), before);
  });

  test('that was shipped is unpacked into the cache, with neither sources nor Go', async () => {
    const root = await mkdtemp(join(scratch, 'package-'));
    const cacheRoot = await mkdtemp(join(scratch, 'cache-'));
    await mkdir(join(root, 'dist'));
    await writeFile(join(root, 'dist', 'compiler.wasm.gz'), gzipSync('wasm'));
    const path = await locateCompiler({ packageRoot: root, cacheRoot, env: { PATH: scratch } }).path();
    assert.equal(execFileSync('cat', [path], { encoding: 'utf8' }), 'wasm');
    await writeFile(join(root, 'dist', 'compiler.wasm.gz'), 'damaged');
    await assert.rejects(locateCompiler({ packageRoot: root, cacheRoot }).path(), { code: 'compiler_unavailable' });
  });

  test('that cannot be kept says where and why, at once', async () => {
    const cacheRoot = join(scratch, 'a-file');
    await writeFile(cacheRoot, '');
    await assert.rejects(locateCompiler({ packageRoot: await checkout(), cacheRoot }).path(), {
      code: 'compiler_unavailable',
      message: /^the policy compiler cannot be kept in the cache: .*a-file/,
    });
  });

  test('that is left half built by a builder who died is built by the next', async () => {
    const root = await checkout();
    const hash = await locateCompiler({ packageRoot: root }).hash();
    const lock = join(root, '.cache', 'compiler', hash, 'building');
    await mkdir(lock, { recursive: true });
    const dead = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' });
    await writeFile(join(lock, 'pid'), dead);
    const env = await pathWithGo('while [ "$1" != -o ]; do shift; done; echo wasm > "$2"');
    assert.match(await locateCompiler({ packageRoot: root, env }).path(), /compiler\.wasm$/);
  });

  test('that is nowhere says so', async () => {
    const root = await mkdtemp(join(scratch, 'empty-'));
    await assert.rejects(locateCompiler({ packageRoot: root }).path(), { code: 'compiler_unavailable' });
  });

  test('answers any request with a line, whatever it holds', async () => {
    const compiler = createCompilerProcess(wasmPath, BOUNDS);
    after(() => compiler.close());
    const odd = [
      { modules: 7 },
      { modules: { 'a.rego': null } },
      { data: { 'data/a.yaml': '&a [*a]' } },
      { filter: '(' },
    ];
    for (const operation of ['check', 'fmt', 'test', 'build', 'inspect']) {
      for (const params of odd) await compiler.ask(operation, params).catch(() => undefined);
    }
    assert.equal((await compiler.ask('hello', {})).kind, 'result');
    await assert.rejects(compiler.ask('test', { ...sourcesOf({}), filter: '(' }), { code: 'policy_invalid' });
  });
});
