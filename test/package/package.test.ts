import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'turnpike-package-'));
const project = join(folder, 'project');
after(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In the environment of a user: no cache of the checkout, nothing that npm says to its own scripts. */
async function run(cwd: string, command: string, args: readonly string[]): Promise<Ran> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?!config_(registry|cache))/.test(name)),
  );
  const child = spawn(command, args, { cwd, env: { ...env, XDG_CACHE_HOME: join(folder, 'cache'), CI: 'true' } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString('utf8');
  });
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString('utf8');
  });
  const [exitCode] = await once(child, 'close');
  return { exitCode, stdout, stderr };
}

async function succeed(cwd: string, command: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(cwd, command, args);
  assert.equal(exitCode, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

describe('the packed tarball', { timeout: 280_000 }, () => {
  let tarball = '';
  let files: readonly string[] = [];

  before(async () => {
    await succeed(root, 'npm', ['run', 'build', '--silent']);
    const packed: readonly Packed[] = JSON.parse(
      await succeed(root, 'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]),
    );
    const [one] = packed;
    assert.ok(one !== undefined);
    tarball = join(folder, one.filename);
    files = one.files.map((file) => file.path);

    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
    const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    await succeed(project, 'npm', ['install', ...quiet, tarball]);
  });

  test('holds what it needs, and no test, source or configuration of the checkout', () => {
    const needed = ['LICENSE', 'package.json', 'bin/turnpike', 'bin/node24.js', 'bin/package.json', 'turnpike.yaml'];
    const built = [
      'dist/index.js',
      'dist/index.d.ts',
      'dist/core/call.d.ts',
      'dist/cli/main.js',
      'dist/compiler.wasm.gz',
    ];
    const sources = ['policies/decision.rego', 'policies/schemas/input.json', 'proto/turnpike/v1/decision.proto'];
    for (const path of [...needed, ...built, ...sources]) assert.ok(files.includes(path), path);
    assert.deepEqual(
      files.filter((path) => /_test\.rego$|\.test\.|^test\/|^src\/|^bench\/|^compiler\/|tsbuildinfo|^\./.test(path)),
      [],
    );
  });

  test('is what publint and "are the types wrong" expect of a package', async () => {
    const bin = (name: string): string => join(root, 'node_modules', name);
    await succeed(root, process.execPath, [bin('publint/src/cli.js'), 'run', tarball, '--strict']);
    const attw = bin('@arethetypeswrong/cli/dist/index.js');
    await succeed(root, process.execPath, [attw, tarball, '--profile', 'esm-only', '--no-color']);
  });

  test('decides in the program of somebody else', async () => {
    const program = `import { createEngine, Failure, presentDecision } from 'turnpike';
const engine = await createEngine({ policy: 'node_modules/turnpike/policies' });
const decision = await engine.decide({
  call: { operation: 'chat', task: 'summarize', input_tokens: 1200 },
  caller: { team: 'search', application: 'assistant', environment: 'prod', roles: ['service'] },
});
const refused = await engine.decide({ call: { operation: 'sing' } }).catch((reason) => reason);
engine.close();
console.log(JSON.stringify({ decision: presentDecision(decision), refused: [refused instanceof Failure, refused.code] }));
`;
    writeFileSync(join(project, 'decide.js'), program);
    const { decision, refused } = JSON.parse(await succeed(project, process.execPath, ['decide.js']));
    assert.equal(decision.outcome, 'allow');
    assert.ok(decision.route.length > 0);
    assert.equal(decision.attribution.team, 'search');
    assert.deepEqual(refused, [true, 'invalid_request']);
  });

  test('has types that a strict program compiles against', async () => {
    const program = `import { createEngine, type Decision } from 'turnpike';
export async function ask(): Promise<Decision> {
  const engine = await createEngine({ policy: 'policies' });
  return engine.decide({ call: { operation: 'chat' }, caller: { team: 't', application: 'a', environment: 'e' } });
}
// @ts-expect-error there is no such operation
export const wrong: Parameters<Awaited<ReturnType<typeof createEngine>>['decide']>[0] = { call: { operation: 'sing' } };
`;
    writeFileSync(join(project, 'typed.ts'), program);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024'];
    await succeed(project, process.execPath, [tsc, ...options, 'typed.ts']);
  });

  test('answers on the command line, by the sample policies it brings', async () => {
    const caller = ['--team', 'search', '--application', 'assistant', '--environment', 'prod', '--role', 'service'];
    const decided = JSON.parse(
      await succeed(project, 'npx', ['--no-install', 'turnpike', 'decide', '--local', '--json', ...caller]),
    );
    assert.equal(decided.outcome, 'allow');
  });

  test('checks policies with the compiler it brings, without Go', async () => {
    const { exitCode, stdout, stderr } = await run(project, 'npx', [
      '--no-install',
      'turnpike',
      'policy',
      'check',
      'node_modules/turnpike/policies',
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^\d+ files, no findings$/m);

    mkdirSync(join(project, 'broken'));
    writeFileSync(join(project, 'broken', 'x.rego'), 'package x\np := unknown\n');
    const broken = await run(project, 'npx', ['--no-install', 'turnpike', 'policy', 'check', 'broken']);
    assert.equal(broken.exitCode, 1, broken.stderr);
    assert.match(broken.stdout, /^broken\/x\.rego:2:\d+: /m);
  });
});
