import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, suite, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { packTar } from 'modern-tar';
import { Failure } from '../../src/core/failure.ts';
import { digestOf, makeBundle } from '../../src/policy/bundle/bundle.ts';
import { readBundle, readBundlePath } from '../../src/policy/bundle/read.ts';
import { writeBundle } from '../../src/policy/bundle/write.ts';

const WASM = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 7, 7, 7);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);
const BUNDLE = makeBundle({
  revision: 'abc',
  wasm: WASM,
  plan: bytes('{"plans":{}}'),
  dataJson: bytes('{"a":1.50}'),
  resolvers: [{ entrypoint: 'turnpike/decision', module: '/policy.wasm', annotations: [{ title: 'x' }] }],
  facts: { prepared: false },
});
const WRITTEN = await writeBundle(BUNDLE);

type Files = Readonly<Record<string, string | Uint8Array>>;
const MANIFEST = '{"revision":"r","roots":[""],"wasm":[{"entrypoint":"a/b","module":"/policy.wasm"}]}';
const STOCK: Files = { '/data.json': '{}', '/policy.wasm': WASM, '/.manifest': MANIFEST };

async function packed(files: Files): Promise<Uint8Array> {
  const tar = await packTar(
    Object.entries(files).map(([name, content]) => {
      const body = typeof content === 'string' ? bytes(content) : content;
      return { header: { name, size: body.length, type: 'file' }, body };
    }),
  );
  return gzipSync(tar);
}

function isRefusal(reason: unknown): reason is Failure {
  return reason instanceof Failure && reason.code === 'bundle_invalid';
}

async function refusalOf(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
  } catch (reason) {
    assert.ok(isRefusal(reason), String(reason));
    return reason.message;
  }
  throw new Error('it was read');
}

suite('a bundle', () => {
  test('is read as it was written', async () => {
    assert.deepEqual(await readBundle(WRITTEN), BUNDLE);
  });

  test('is the same bytes whenever it is written', async () => {
    assert.deepEqual(await writeBundle(BUNDLE), WRITTEN);
  });

  test('has a digest over policy, data and plan, and not over its revision', () => {
    assert.equal(digestOf(WASM, bytes('{}')), digestOf(WASM, bytes('{}')));
    assert.notEqual(digestOf(WASM, bytes('{}')), digestOf(WASM, bytes('{ }')));
    assert.notEqual(digestOf(WASM, bytes('{}')), digestOf(bytes('{}'), WASM));
    assert.notEqual(digestOf(WASM, bytes('{}')), digestOf(WASM, bytes('{}'), bytes('{}')));
    assert.match(BUNDLE.digest, /^sha256:[0-9a-f]{64}$/);
  });

  test('of stock OPA is read: leading slashes, Rego beside it, no digest', async () => {
    const bundle = await readBundle(await packed({ ...STOCK, '/a/b.rego': 'package a' }));
    assert.deepEqual([bundle.revision, bundle.entrypoints, textOf(bundle.dataJson)], ['r', ['a/b'], '{}']);
    assert.equal(bundle.digest, digestOf(WASM, bytes('{}')));
    assert.equal('plan' in bundle, false);
  });

  test('whose plan was exchanged is refused', async () => {
    const parts = { revision: 'r', wasm: WASM, dataJson: bytes('{}'), resolvers: BUNDLE.manifest.wasm };
    const other = { ...makeBundle({ ...parts, plan: bytes('{"plans":{}}') }), plan: bytes('{"plans":{ }}') };
    assert.match(await refusalOf(readBundle(await writeBundle(other))), /its content has digest/);
  });

  const DATA: readonly { name: string; files: Files; want: string }[] = [
    { name: 'absent is empty', files: {}, want: '{}' },
    { name: 'at the root stays as it was written', files: { 'data.json': '{ "n": 1.50 }' }, want: '{ "n": 1.50 }' },
    { name: 'in YAML becomes JSON', files: { 'data.yaml': 'a: [1, x]\n' }, want: '{"a":[1,"x"]}' },
    {
      name: 'in folders stands under their names, every digit kept',
      files: { 'data.json': '{"a":{"x":1}}', 'a/b/data.json': '{"n":12345678901234567890}' },
      want: '{"a":{"b":{"n":12345678901234567890},"x":1}}',
    },
    {
      name: 'with a member named __proto__ keeps it a member',
      files: { 'data.json': '{}', 'a/data.json': '{"__proto__":{"x":1}}' },
      want: '{"a":{"__proto__":{"x":1}}}',
    },
  ];
  for (const { name, files, want } of DATA) {
    test(`data ${name}`, async () => {
      const bundle = await readBundle(await packed({ 'policy.wasm': WASM, '.manifest': MANIFEST, ...files }));
      assert.equal(textOf(bundle.dataJson), want);
    });
  }

  const without = (name: string): Files => Object.fromEntries(Object.entries(STOCK).filter(([key]) => key !== name));
  const manifest = (document: unknown): Files => ({ ...STOCK, '/.manifest': JSON.stringify(document) });
  const WRONG: readonly { name: string; files: Files; want: RegExp }[] = [
    { name: 'no manifest', files: without('/.manifest'), want: /has no \/\.manifest/ },
    { name: 'no policy', files: without('/policy.wasm'), want: /has no \/policy\.wasm: build it with/ },
    { name: 'a policy that is none', files: { ...STOCK, '/policy.wasm': 'MZ' }, want: /is not a WebAssembly module/ },
    { name: 'data that is not JSON', files: { ...STOCK, '/data.json': '{' }, want: /\/data\.json is not JSON/ },
    { name: 'data that is no object', files: { ...STOCK, '/data.json': '[]' }, want: /\/data\.json is not an object/ },
    {
      name: 'data that is not UTF-8',
      files: { ...STOCK, '/data.json': Uint8Array.of(0x22, 0xff, 0x22) },
      want: /\/data\.json is not UTF-8/,
    },
    {
      name: 'data that is not YAML',
      files: { ...STOCK, '/a/data.yaml': 'a: [1' },
      want: /\/a\/data\.yaml is not YAML/,
    },
    {
      name: 'data defined twice',
      files: { ...STOCK, '/data.json': '{"a":{"x":1}}', '/a/data.json': '{"x":2}' },
      want: /\/data\.json defines "x", which another/,
    },
    { name: 'a manifest that is not JSON', files: { ...STOCK, '/.manifest': 'x' }, want: /\/\.manifest is not JSON/ },
    { name: 'no entry point', files: manifest({ wasm: [] }), want: /names no entry point/ },
    {
      name: 'an entry point without a name',
      files: manifest({ wasm: [{ module: 'x' }] }),
      want: /wasm\[0\]\.entrypoint/,
    },
    { name: 'a revision that is a number', files: manifest({ revision: 1, wasm: [] }), want: /revision is 1/ },
    {
      name: 'two modules',
      files: manifest({ wasm: ['a', 'b'].map((module) => ({ entrypoint: 'x', module })) }),
      want: /names 2 WebAssembly modules/,
    },
    {
      name: 'another digest than promised',
      files: manifest({
        wasm: [{ entrypoint: 'a', module: 'policy.wasm' }],
        metadata: { turnpike: { digest: 'sha256:00' } },
      }),
      want: /its manifest promises "sha256:00"/,
    },
    { name: 'a path that climbs', files: { ...STOCK, '/../x': 'y' }, want: /points outside the bundle/ },
    { name: 'a file twice', files: { ...STOCK, 'data.json': '{}' }, want: /"data\.json" is there twice/ },
  ];
  for (const { name, files, want } of WRONG) {
    test(`is refused with ${name}`, async () => {
      assert.match(await refusalOf(packed(files).then((archive) => readBundle(archive))), want);
    });
  }

  test('is refused when it is a link, empty, not gzipped, or past a bound', async () => {
    const link = gzipSync(
      await packTar([{ header: { name: 'x', size: 0, type: 'symlink', linkname: '/etc/passwd' } }]),
    );
    assert.match(await refusalOf(readBundle(link)), /is a symlink/);
    assert.match(await refusalOf(readBundle(new Uint8Array())), /is not gzipped/);
    assert.match(await refusalOf(readBundle(bytes('{}'))), /is not gzipped/);
    assert.match(await refusalOf(readBundle(gzipSync(''))), /is cut short/);
    assert.match(await refusalOf(readBundle(WRITTEN, { maxPackedBytes: 10 })), /at most 10 are read/);
    assert.match(await refusalOf(readBundle(WRITTEN, { maxUnpackedBytes: 1000 })), /unpacks to more than 1000 bytes/);
    assert.match(await refusalOf(readBundle(WRITTEN, { maxEntries: 2 })), /more than 2 entries/);
  });

  test('cut anywhere is refused', async () => {
    for (let length = 0; length < WRITTEN.length; length += 7) {
      await refusalOf(readBundle(WRITTEN.subarray(0, length)));
    }
  });

  test('with any bit turned is refused, or its content is what was written', async () => {
    const flip = fc.record({ at: fc.nat(WRITTEN.length - 1), bit: fc.nat(7) });
    await fc.assert(
      fc.asyncProperty(flip, async ({ at, bit }) => {
        const damaged = Uint8Array.from(WRITTEN, (byte, index) => (index === at ? byte ^ (1 << bit) : byte));
        const read = await readBundle(damaged).catch((reason: unknown) => reason);
        assert.ok(isRefusal(read) || digestIn(read) === BUNDLE.digest);
      }),
      { numRuns: 500 },
    );
  });

  test('with any bit of its tar turned is refused or read, and nothing else happens', async () => {
    const tar = gunzipSync(WRITTEN);
    await fc.assert(
      fc.asyncProperty(fc.nat(tar.length - 1), fc.nat(7), async (at, bit) => {
        const damaged = Uint8Array.from(tar, (byte, index) => (index === at ? byte ^ (1 << bit) : byte));
        const read = await readBundle(gzipSync(damaged, { level: 1 })).catch((reason: unknown) => reason);
        assert.ok(isRefusal(read) || digestIn(read) === BUNDLE.digest, String(read));
      }),
      { numRuns: 500 },
    );
  });

  test('that is garbage is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), async (garbage, zipped) => {
        await refusalOf(readBundle(zipped ? gzipSync(garbage) : garbage));
      }),
      { numRuns: 300 },
    );
  });
});

suite('a bundle on disk', async () => {
  const root = await mkdtemp(join(tmpdir(), 'turnpike-bundle-'));
  after(() => rm(root, { recursive: true }));

  test('is read from a file, and from the folder it was unpacked in', async () => {
    await writeFile(join(root, 'b.tar.gz'), WRITTEN);
    for (const [name, content] of Object.entries({ ...STOCK, '/a/data.json': '{"x":1}' })) {
      await mkdir(dirname(join(root, 'd', name)), { recursive: true });
      await writeFile(join(root, 'd', name), content);
    }
    assert.equal((await readBundlePath(join(root, 'b.tar.gz'))).digest, BUNDLE.digest);
    assert.equal(textOf((await readBundlePath(join(root, 'd'))).dataJson), '{"a":{"x":1}}');
  });

  test('is named in its refusal', async () => {
    const path = join(root, 'broken.tar.gz');
    await writeFile(path, 'nothing');
    assert.equal(await refusalOf(readBundlePath(path)), `bundle ${path}: is not gzipped`);
    await assert.rejects(readBundlePath(join(root, 'nowhere')), { code: 'not_found' });
  });

  test('is refused when a file of the folder is a link', async () => {
    const folder = join(root, 'linked');
    await mkdir(folder);
    await writeFile(join(folder, '.manifest'), MANIFEST);
    await symlink('/etc/hostname', join(folder, 'data.json'));
    assert.match(await refusalOf(readBundlePath(folder)), /\/data\.json is not a regular file/);
  });
});

const digestIn = (read: unknown): unknown =>
  typeof read === 'object' && read !== null && 'digest' in read ? read.digest : undefined;
