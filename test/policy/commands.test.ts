import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, suite, test } from 'node:test';
import type { Io } from '../../src/cli/io.ts';
import { runPolicyBuild } from '../../src/cli/policy/build.ts';
import { runPolicyCheck } from '../../src/cli/policy/check.ts';
import { findingText } from '../../src/cli/policy/finding-text.ts';
import { runPolicyFormat } from '../../src/cli/policy/fmt.ts';
import { runPolicyInspect } from '../../src/cli/policy/inspect.ts';
import { runPolicyTest } from '../../src/cli/policy/test.ts';
import { readBundlePath } from '../../src/policy/bundle/read.ts';
import { SAMPLE } from './compiler.ts';

const scratch = await mkdtemp(join(tmpdir(), 'turnpike-commands-'));
after(() => rm(scratch, { recursive: true }));

type Texts = Readonly<Record<string, string>>;
const { modules, data, schemas } = SAMPLE;
const PASSING: Texts = Object.fromEntries(
  Object.entries({ ...modules, ...data, ...schemas }).map(([path, text]) => [
    path,
    path.endsWith('_test.rego')
      ? text.replace(
          '\taccess.known with input as {"caller": {"team": team}}',
          '\tnot access.known with input as {"caller": {"team": team}}',
        )
      : text,
  ]),
);

/** Runs a command in a folder of its own that holds `policies/` with these files. */
async function commandIn(files: Texts, command: (io: Io) => Promise<number>) {
  const cwd = await mkdtemp(join(scratch, 'c-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, 'policies', path)), { recursive: true });
    await writeFile(join(cwd, 'policies', path), text);
  }
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({ write: (text: string) => (written[name] += text) });
  const io: Io = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    readStdin: () => Promise.resolve(''),
    color: false,
    cwd,
    env: process.env,
  };
  return { exitCode: await command(io), cwd, ...written };
}

const directory = 'policies';

suite('turnpike policy', () => {
  test('check tells each finding at its place with the line, and ends with 1', async () => {
    const ran = await commandIn({ 'a/x.rego': 'package a\n\np if {\n\tq == 1\n}\n' }, (io) =>
      runPolicyCheck({ directory }, io),
    );
    assert.deepEqual([ran.exitCode, ran.stderr], [1, '1 finding\n']);
    assert.equal(ran.stdout, 'policies/a/x.rego:4:2: var q is unsafe\n    4 |     q == 1\n      |     ^\n');
  });

  test('check as JSON gives the findings as data', async () => {
    const ran = await commandIn({ 'x.rego': 'package a\n\np := q\n' }, (io) =>
      runPolicyCheck({ directory, json: true }, io),
    );
    const { ok, diagnostics } = JSON.parse(ran.stdout);
    assert.deepEqual(
      [ran.exitCode, ok, diagnostics[0].file, diagnostics[0].row, diagnostics[0].col],
      [1, false, 'x.rego', 3, 6],
    );
  });

  test('check ends with 0 without findings, and notes a file that nobody reads', async () => {
    const ran = await commandIn({ ...PASSING, 'access/stray.yaml': 'a: 1' }, (io) => runPolicyCheck({ directory }, io));
    assert.deepEqual([ran.exitCode, ran.stdout], [0, '4 files, no findings\n']);
    assert.equal(ran.stderr, 'note: policies/access/stray.yaml is not read: data belongs in policies/data\n');
  });

  test('every command ends with 2 and one sentence when there is no such folder', async () => {
    const nowhere = { directory: 'nowhere' };
    const commands = [
      (io: Io) => runPolicyCheck(nowhere, io),
      (io: Io) => runPolicyFormat(nowhere, io),
      (io: Io) => runPolicyTest(nowhere, io),
      (io: Io) => runPolicyBuild(nowhere, io),
      (io: Io) => runPolicyInspect({ target: 'nowhere' }, io),
    ];
    for (const command of commands) {
      const ran = await commandIn({}, command);
      assert.deepEqual([ran.exitCode, ran.stdout], [2, '']);
      assert.match(ran.stderr, /^error: (policy folder|bundle) .*nowhere: there is no such (folder|file or folder)\n$/);
    }
  });

  test('fmt names what differs, shows how, and writes it', async () => {
    const files = { 'x.rego': 'package a\np:=1\n' };
    const check = await commandIn(files, (io) => runPolicyFormat({ directory }, io));
    assert.deepEqual([check.exitCode, check.stdout], [1, 'policies/x.rego\n']);
    const diff = await commandIn(files, (io) => runPolicyFormat({ directory, mode: 'diff' }, io));
    assert.equal(diff.exitCode, 1);
    assert.match(diff.stdout, /^--- policies\/x\.rego\n[\s\S]*\n-p:=1\n\+\n\+p := 1\n/);
    const write = await commandIn(files, (io) => runPolicyFormat({ directory, mode: 'write' }, io));
    assert.equal(write.exitCode, 0);
    assert.equal(await readFile(join(write.cwd, 'policies', 'x.rego'), 'utf8'), 'package a\n\np := 1\n');
  });

  const TESTS = [
    { name: 'passes', files: PASSING, options: {}, want: 0 },
    { name: 'fails with a failed test', files: { ...modules, ...data }, options: {}, want: 1 },
    { name: 'fails below the threshold', files: PASSING, options: { thresholdPercent: 90 }, want: 1 },
    { name: 'passes at the threshold', files: PASSING, options: { thresholdPercent: 25 }, want: 0 },
    { name: 'fails when no test matches', files: PASSING, options: { filter: 'nothing' }, want: 1 },
    {
      name: 'fails when tests do not compile',
      files: { 'x_test.rego': 'package x\n\ntest_x if y\n' },
      options: {},
      want: 1,
    },
    { name: 'cannot run with a threshold of 200', files: PASSING, options: { thresholdPercent: 200 }, want: 2 },
  ];
  for (const { name, files, options, want } of TESTS) {
    test(`test ${name}`, async () => {
      const ran = await commandIn(files, (io) => runPolicyTest({ directory, ...options }, io));
      assert.equal(ran.exitCode, want, ran.stdout + ran.stderr);
    });
  }

  test('test writes JUnit XML where it is told to', async () => {
    const ran = await commandIn(PASSING, (io) => runPolicyTest({ directory, junitPath: 'out/junit.xml' }, io));
    assert.match(
      await readFile(join(ran.cwd, 'out/junit.xml'), 'utf8'),
      /<testsuites name="turnpike policy test" tests="2" failures="0"/,
    );
  });

  test('build writes a bundle that inspect describes', async () => {
    const ran = await commandIn(PASSING, async (io) => {
      const built = await runPolicyBuild({ directory, output: 'out/b.tar.gz', revision: 'r7' }, io);
      return built + (await runPolicyInspect({ target: 'out/b.tar.gz', json: true }, io));
    });
    assert.equal(ran.exitCode, 0, ran.stderr);
    const bundle = await readBundlePath(join(ran.cwd, 'out/b.tar.gz'));
    const seen = JSON.parse(ran.stdout.slice(ran.stdout.indexOf('{')));
    assert.deepEqual(
      [
        seen.revision,
        seen.digest,
        seen.digest_promised,
        seen.entrypoints,
        seen.host_builtins,
        seen.data_keys.toSorted(),
      ],
      ['r7', bundle.digest, true, ['turnpike/decision'], [], ['models', 'prepared', 'teams']],
    );
  });

  test('build writes nothing when a test fails', async () => {
    const ran = await commandIn({ ...modules, ...data }, (io) => runPolicyBuild({ directory }, io));
    assert.deepEqual([ran.exitCode, ran.stderr], [1, '1 of 2 tests failed, so nothing was built\n']);
    await assert.rejects(readBundlePath(join(ran.cwd, 'bundle.tar.gz')), { code: 'not_found' });
  });

  test('inspect tells what a folder holds', async () => {
    const ran = await commandIn(PASSING, (io) => runPolicyInspect({ target: 'policies' }, io));
    assert.equal(ran.exitCode, 0);
    assert.match(
      ran.stdout,
      /^revision +unversioned\nentry points +turnpike\/decision\ndata +models, teams\nbuiltins /,
    );
  });
});

test('a finding shows nothing that would drive the terminal, and its caret under wide text and tabs', () => {
  const finding = {
    file: 'x.rego',
    row: 12,
    col: 10,
    code: 'c',
    message: 'bad \u001b[31m',
    line: '\tp := "é\u001b" == q',
  };
  assert.equal(
    findingText(finding, 'policies', false),
    `policies/x.rego:12:10: bad \ufffd[31m\n   12 |     p := "é\ufffd" == q\n      | ${' '.repeat(11)}^\n`,
  );
});
