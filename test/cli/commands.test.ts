import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { wantsColor } from '../../src/cli/io.ts';
import { loadConfig } from '../../src/config/load.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const root = join(import.meta.dirname, '..', '..');

describe('wrong use ends with 2, one sentence on standard error and nothing on standard output', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown command, with the one that was meant', ['sevre'], /unknown command 'sevre'\n\(Did you mean serve\?\)/],
    [
      'an unknown option, with the one that was meant',
      ['status', '--jsn'],
      /unknown option '--jsn'\n\(Did you mean --json\?\)/,
    ],
    ['an option without its value', ['serve', '--config'], /option '-c, --config <file>' argument missing/],
    ['too many arguments', ['decide', 'a', 'b'], /too many arguments/],
    ['a count that is none', ['decide', '--input-tokens', 'many'], /Must be a whole number/],
    ['a shell that is none', ['completion', 'powershell'], /no completion for 'powershell': bash, zsh, fish/],
    ['a tag without a value', ['decide', '--tag', 'x'], /--tag: must be name=value \(actual: "x"\)/],
    ['a request that is not there', ['decide', 'gone.json'], /gone\.json: no such file/],
    ['a key that is none', ['keys', 'hash'], /key: must be of the form/],
    ['an end of a key that is no date', ['keys', 'create', '--expires-at', 'soon'], /--expires-at: must be a date/],
    ['a key id that cannot be', ['keys', 'create', '--id', 'a b'], /key id: must be/],
    ['a configuration that is not there', ['config', 'check', '--config', 'gone.yaml'], /gone\.yaml: no such file/],
  ];
  for (const [name, args, expected] of cases) {
    test(name, async () => {
      const { exitCode, stdout, stderr } = await runCli(args, { cwd: folder });
      assert.equal(exitCode, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /\bat .*:\d+:\d+\)/, 'no stack trace');
    });
  }
});

describe('help', () => {
  const paths: readonly (readonly string[])[] = [
    [],
    ['serve'],
    ['decide'],
    ['keys', 'create'],
    ['keys', 'hash'],
    ['prices', 'sync'],
    ['prices', 'reprice'],
    ['budgets'],
    ['report'],
    ['report', 'weekly'],
    ['report', 'pivot'],
    ['report', 'entries'],
    ['config', 'check'],
    ['config', 'print'],
    ['status'],
    ['completion'],
    ['policy'],
  ];
  for (const path of paths) {
    test(`of "turnpike ${path.join(' ')}" shows examples`, async () => {
      const { exitCode, stdout, stderr } = await runCli([...path, '--help']);
      assert.deepEqual([exitCode, stderr], [0, '']);
      assert.match(stdout, /^Usage: turnpike/);
      assert.match(stdout, /\nExamples:\n {2}\$ /);
    });
  }

  test('is what a program without a command says, as wrong use', async () => {
    const { exitCode, stdout, stderr } = await runCli([]);
    assert.deepEqual([exitCode, stdout], [2, '']);
    assert.match(stderr, /^Usage: turnpike/);
  });
});

describe('config', () => {
  test('check tells every fault with its place', async () => {
    writeFileSync(
      join(folder, 'bad.yaml'),
      'identity: {mode: none}\ntransports:\n  http:\n    prot: 1\n    host: ""\n',
    );
    const { exitCode, stderr } = await runCli(['config', 'check', '--config', 'bad.yaml'], { cwd: folder });
    assert.equal(exitCode, 2);
    assert.deepEqual(stderr.trimEnd().split('\n'), [
      'error: bad.yaml: 2 faults',
      '  bad.yaml:4:5: transports.http.prot: unknown option, did you mean "port"?',
      '  bad.yaml:5:11: transports.http.host: must not be empty (actual: "")',
    ]);
  });

  test('check is content with what print prints', async () => {
    const { stdout } = await runCli(['config', 'print'], { cwd: root });
    writeFileSync(join(folder, 'printed.yaml'), stdout);
    const { exitCode, stdout: said } = await runCli(['config', 'check', '-c', 'printed.yaml'], { cwd: folder });
    assert.deepEqual([exitCode, said], [0, 'printed.yaml: good\n']);
  });

  test('print takes the variables into account, as JSON too', async () => {
    const env = { TURNPIKE_TRANSPORTS_HTTP_PORT: '18181' };
    const { stdout } = await runCli(['config', 'print', '--json'], { cwd: root, env });
    assert.equal(JSON.parse(stdout).transports.http.port, 18_181);
  });

  test('TURNPIKE_CONFIG names the file', async () => {
    const { exitCode, stderr } = await runCli(['config', 'check'], {
      cwd: folder,
      env: { TURNPIKE_CONFIG: 'gone.yaml' },
    });
    assert.equal(exitCode, 2);
    assert.match(stderr, /gone\.yaml: no such file/);
  });
});

describe('keys', () => {
  test('create gives a key to standard output, and an entry that the configuration takes', async () => {
    const args = [
      'keys',
      'create',
      '--id',
      'laptop',
      '--team',
      'search',
      '--role',
      'dev',
      '--expires-at',
      '2027-01-31',
    ];
    const { exitCode, stdout, stderr } = await runCli(args);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^tp_laptop_\S+\n$/);
    writeFileSync(join(folder, 'with-key.yaml'), stderr.slice(stderr.indexOf('identity:')));
    const { config } = loadConfig({ file: 'with-key.yaml', variables: {}, cwd: folder });
    const hashed = await runCli(['keys', 'hash'], { stdin: stdout });
    assert.deepEqual(config.identity.keys, [
      {
        id: 'laptop',
        hash: hashed.stdout.trim(),
        subject: 'laptop',
        team: 'search',
        roles: ['dev'],
        expiresAt: '2027-01-31',
      },
    ]);
    assert.ok(!stderr.includes(stdout.trim()), 'the key itself is shown once');
  });

  test('create never gives the same key twice', async () => {
    const keys = await Promise.all(['a', 'a', 'a'].map((id) => runCli(['keys', 'create', '--id', id])));
    assert.equal(new Set(keys.map(({ stdout }) => stdout)).size, 3);
  });
});

describe('nobody answers', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['decide over gRPC', ['decide', '--team', 'a', '--server', '127.0.0.1:1']],
    ['decide over HTTP', ['decide', '--team', 'a', '--server', 'http://127.0.0.1:1']],
    ['status', ['status', '--server', 'http://127.0.0.1:1']],
  ];
  for (const [name, args] of cases) {
    test(`${name} says so, and ends with 1`, async () => {
      const { exitCode, stdout, stderr } = await runCli(args);
      assert.deepEqual([exitCode, stdout], [1, '']);
      assert.match(stderr, /^error: nobody answers at (http:\/\/)?127\.0\.0\.1:1: is "turnpike serve" running\?\n$/);
    });
  }
});

describe('completion', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    test(`of ${shell} knows commands and options`, async () => {
      const { exitCode, stdout } = await runCli(['completion', shell]);
      assert.equal(exitCode, 0);
      for (const word of ['decide', 'config', 'print', 'max-output-tokens']) assert.ok(stdout.includes(word), word);
    });
  }

  const completed = (words: readonly string[]): readonly string[] => {
    const script = `source <("${process.execPath}" bin/turnpike completion bash)
COMP_WORDS=(turnpike "$@"); COMP_CWORD=$#; _turnpike; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const ran = spawnSync('bash', ['-c', script, 'bash', ...words], { cwd: root, encoding: 'utf8' });
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout.trim().split('\n');
  };
  const lines: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['st'], ['status']],
    [['config', 'pr'], ['print']],
    [['config', 'print', '--d'], ['--defaults']],
    [
      ['keys', ''],
      ['create', 'list', 'rotate', 'revoke', 'hash', 'help', '--help'],
    ],
  ];
  for (const [words, expected] of lines) {
    test(`in bash, "turnpike ${words.join(' ')}" becomes ${expected.join(' ')}`, () => {
      assert.deepEqual(completed(words), expected);
    });
  }
});

describe('the launcher', () => {
  test('is read by a Node from 2017, and says one sentence there', () => {
    // What an old Node reads of it: scripts, no modules, no syntax newer than 2017. `import()` stands in a string there.
    const program = `const versions = { ...process.versions, node: '12.22.0' };
Object.defineProperty(process, 'versions', { value: versions });
process.env.TURNPIKE_NODE_REEXECUTED = '1';
require(${JSON.stringify(join(root, 'bin', 'turnpike'))});`;
    const ran = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    assert.equal(ran.status, 2);
    assert.equal(
      ran.stderr,
      'turnpike: needs Node 24 or newer, and this is Node 12.22.0 (in a checkout, npm ci brings one along).\n',
    );
  });

  test('prints the version, quietly', () => {
    const ran = spawnSync(process.execPath, [join(root, 'bin', 'turnpike'), 'version'], { encoding: 'utf8' });
    assert.deepEqual([ran.status, ran.stderr], [0, '']);
    assert.match(ran.stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test('ends without a fuss when its reader leaves', () => {
    const command = `"${process.execPath}" bin/turnpike config reference | head -n 1`;
    const ran = spawnSync('bash', ['-o', 'pipefail', '-c', command], { cwd: root, encoding: 'utf8' });
    assert.deepEqual([ran.status, ran.stderr, ran.stdout], [0, '', '# Configuration\n']);
  });
});

describe('colours', () => {
  const cases: readonly (readonly [string, Record<string, string>, boolean, boolean])[] = [
    ['on a terminal', {}, true, true],
    ['not in a pipe', {}, false, false],
    ['not in CI', { CI: 'true' }, true, false],
    ['not when NO_COLOR says so', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['in a pipe when FORCE_COLOR says so', { FORCE_COLOR: '1' }, false, true],
  ];
  for (const [name, env, isTerminal, expected] of cases) {
    test(`are shown ${name}: ${expected}`, () => assert.equal(wantsColor(env, isTerminal), expected));
  }
});
