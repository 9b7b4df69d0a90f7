import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { parseSecretReference } from '../../src/core/secret-reference.ts';
import { concealed, createSecretSource, Secret } from '../../src/providers/secrets.ts';

const CANARY = 'sk-canary-7Q4tZx91LmPwVbNc';

async function folder(): Promise<AsyncDisposable & { path(name: string): string }> {
  const made = await mkdtemp(join(tmpdir(), 'turnpike-secrets-'));
  return { path: (name) => join(made, name), [Symbol.asyncDispose]: () => rm(made, { recursive: true }) };
}

function setClock(): { nowMs: () => number; pass(ms: number): void } {
  let nowMs = 1_000_000;
  return {
    nowMs: () => nowMs,
    pass(ms) {
      nowMs += ms;
    },
  };
}

const source = (reference: string, nowMs = () => 0, env: Record<string, string> = {}) =>
  createSecretSource('the api_key of openai', reference, { env, nowMs });

test('a secret shows itself only to who asks for it', () => {
  const secret = new Secret(CANARY);
  assert.equal(secret.reveal(), CANARY);
  const shown = [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    String(secret),
  ];
  for (const text of [...shown, inspect(new Error('x', { cause: secret }))]) assert.ok(!text.includes(CANARY), text);
  assert.deepEqual(Object.keys(secret), []);
});

const REFERENCES = [
  { text: 'env:OPENAI_API_KEY', parsed: { kind: 'env', name: 'OPENAI_API_KEY' } },
  { text: 'file:/run/secrets/key', parsed: { kind: 'file', path: '/run/secrets/key' } },
  {
    text: 'command:vault read  -field=key x',
    parsed: { kind: 'command', program: 'vault', args: ['read', '-field=key', 'x'] },
  },
  { text: CANARY, parsed: undefined },
  { text: '', parsed: undefined },
  { text: 'env:', parsed: undefined },
  { text: 'env:A B', parsed: undefined },
  { text: 'file:relative', parsed: undefined },
  { text: 'file:/a\nb', parsed: undefined },
  { text: 'command:', parsed: undefined },
  { text: 'command:   ', parsed: undefined },
  { text: 'ENV:A', parsed: undefined },
  { text: '__proto__:x', parsed: undefined },
] as const;

for (const { text, parsed } of REFERENCES) {
  test(`${JSON.stringify(text)} is ${parsed === undefined ? 'no reference' : `a reference by ${parsed.kind}`}`, () => {
    assert.deepEqual(parseSecretReference(text), parsed);
  });
}

test('a variable is read once, trimmed', () => {
  const kept = source('env:KEY', undefined, { KEY: ` ${CANARY}\n` });
  const secret = kept.current();
  assert.ok(secret instanceof Secret);
  assert.equal(secret.reveal(), CANARY);
});

const FAULTY = [
  { reference: 'env:MISSING', env: {}, says: 'the api_key of openai: the variable MISSING is not set' },
  { reference: 'env:EMPTY', env: { EMPTY: ' ' }, says: 'the api_key of openai: the variable EMPTY is not set' },
  {
    reference: 'env:LINES',
    env: { LINES: `${CANARY}\r\nx: y` },
    says: 'the api_key of openai is not one line of visible ASCII characters',
  },
  {
    reference: 'env:LONG',
    env: { LONG: CANARY.repeat(2000) },
    says: 'the api_key of openai has more than 16384 characters',
  },
  {
    reference: CANARY,
    env: {},
    says: 'the api_key of openai must be env:NAME, file:/path or command:program arguments',
  },
];

for (const { reference, env, says } of FAULTY) {
  test(`at the start: ${says}`, () => {
    assert.throws(() => source(reference, undefined, env), { code: 'config_invalid', message: says });
  });
}

test('a file that changes is read again, while the credential before is still used', async () => {
  await using dir = await folder();
  const clock = setClock();
  const path = dir.path('key');
  await writeFile(path, 'first-key\n');
  const kept = source(`file:${path}`, clock.nowMs);
  assert.equal((await kept.current()).reveal(), 'first-key');
  await writeFile(path, 'second-key\n');
  assert.equal((await kept.current()).reveal(), 'first-key', 'it is fresh');
  clock.pass(1_000);
  assert.equal((await kept.current()).reveal(), 'first-key', 'it is read meanwhile');
  const second = await eventually(
    () => kept.current(),
    (secret) => secret.reveal() !== 'first-key',
  );
  assert.equal(second.reveal(), 'second-key');
  assert.equal(kept.conceal('first-key second-key'), '[secret] [secret]');
});

test('a file that goes away leaves the credential that was read', async () => {
  await using dir = await folder();
  const clock = setClock();
  const path = dir.path('key');
  await writeFile(path, CANARY);
  const kept = source(`file:${path}`, clock.nowMs);
  await kept.current();
  await rm(path);
  for (let count = 0; count < 5; count++) {
    clock.pass(10_000);
    assert.equal((await kept.current()).reveal(), CANARY);
    await new Promise(setImmediate);
  }
});

test('a file that cannot be read is told by its name, and not asked again at once', async () => {
  await using dir = await folder();
  const clock = setClock();
  const path = dir.path('key');
  const kept = source(`file:${path}`, clock.nowMs);
  const message = `the api_key of openai: ${path} cannot be read (ENOENT)`;
  await assert.rejects(async () => kept.current(), { code: 'unavailable', message });
  await writeFile(path, CANARY);
  await assert.rejects(async () => kept.current(), { message });
  clock.pass(1_000);
  assert.equal((await kept.current()).reveal(), CANARY);
});

for (const [name, content, says] of [
  ['empty', '\n', /: it is empty$/],
  ['of several lines', `${CANARY}\n${CANARY}`, /: it is not one line of visible ASCII characters$/],
  ['too long', 'x'.repeat(70_000), / has more than 65536 bytes$/],
] as const) {
  test(`a file that is ${name} is refused without its content`, async () => {
    await using dir = await folder();
    await writeFile(dir.path('key'), content);
    await assert.rejects(
      async () => source(`file:${dir.path('key')}`).current(),
      (reason) => reason instanceof Error && says.test(reason.message) && !inspect(reason).includes(CANARY),
    );
  });
}

test('a command is run once for all who wait, and again after a refusal, but not at once', async () => {
  await using dir = await folder();
  const clock = setClock();
  const script = dir.path('token.mjs');
  await writeFile(
    script,
    `import { appendFileSync, readFileSync } from 'node:fs';
    appendFileSync(${JSON.stringify(dir.path('runs'))}, 'x');
    console.log('token-' + readFileSync(${JSON.stringify(dir.path('runs'))}).length);
    console.error('${CANARY}');`,
  );
  const kept = source(`command:${process.execPath} ${script}`, clock.nowMs);
  const both = await Promise.all([kept.current(), kept.current()]);
  assert.deepEqual(
    both.map((secret) => secret.reveal()),
    ['token-1', 'token-1'],
  );
  kept.rejected();
  assert.equal((await kept.current()).reveal(), 'token-1', 'a storm of refusals is no storm of processes');
  clock.pass(5_000);
  assert.equal((await kept.current()).reveal(), 'token-2');
  assert.equal((await kept.current()).reveal(), 'token-2');
  clock.pass(300_000);
  assert.equal((await kept.current()).reveal(), 'token-2');
  const third = await eventually(
    () => kept.current(),
    (secret) => secret.reveal() !== 'token-2',
  );
  assert.equal(third.reveal(), 'token-3');
});

for (const [name, code, says] of [
  ['fails', `console.log('${CANARY}'); console.error('${CANARY}'); process.exit(3)`, /ended with 3$/],
  ['prints nothing', '', /: it is empty$/],
  ['prints without end', `for (let i = 0; i < 100000; i++) console.log('${CANARY}')`, /printed more than 65536 bytes$/],
] as const) {
  test(`a command that ${name} is told without what it printed`, async () => {
    await using dir = await folder();
    await writeFile(dir.path('x.mjs'), code);
    const kept = source(`command:${process.execPath} ${dir.path('x.mjs')}`);
    await assert.rejects(
      async () => kept.current(),
      (reason) => reason instanceof Error && says.test(reason.message) && !inspect(reason).includes('canary'),
    );
  });
}

test('a program that is not there is told by its name', async () => {
  await assert.rejects(async () => source('command:/no/such/program').current(), {
    message: 'the api_key of openai: /no/such/program cannot be run (ENOENT)',
  });
});

const QUOTES = [
  {
    text: `Incorrect API key provided: ${CANARY}. You can find`,
    safe: 'Incorrect API key provided: [secret]. You can find',
  },
  { text: `key "${CANARY}"`, safe: 'key "[secret]"' },
  { text: 'sk-canary-****VbNc is wrong', safe: '[secret]****VbNc is wrong' },
  { text: `x${CANARY}y`, safe: 'x[secret]y' },
  { text: 'nothing of it', safe: 'nothing of it' },
] as const;

for (const { text, safe } of QUOTES) {
  test(`${JSON.stringify(safe)} is what remains of a quoted credential`, () => {
    assert.equal(concealed(text, [CANARY]), safe);
  });
}

test('no eight letters of a credential remain, wherever a text has them', () => {
  const piece = fc
    .tuple(fc.nat(CANARY.length - 8), fc.integer({ min: 8, max: CANARY.length }))
    .map(([from, length]) => CANARY.slice(from, from + length));
  fc.assert(
    fc.property(
      fc.array(fc.oneof(piece, fc.string()), { maxLength: 6 }),
      fc.constantFrom('', 'x', ' ', '"', '***', ': ', '\n'),
      (parts, by) => {
        const safe = concealed(parts.join(by), [CANARY]);
        for (let at = 0; at + 8 <= CANARY.length; at++) assert.ok(!safe.includes(CANARY.slice(at, at + 8)), safe);
      },
    ),
    { numRuns: 300 },
  );
});

/** What is read in the background is there after a while; bounded. */
async function eventually<Value>(read: () => Value | Promise<Value>, until: (value: Value) => boolean): Promise<Value> {
  for (let count = 0; count < 2000; count++) {
    const value = await read();
    if (until(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error('it never came');
}
