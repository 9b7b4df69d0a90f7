import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';
import { loadCatalogue } from '../../../src/cli/prices/catalogue.ts';
import { Failure } from '../../../src/core/failure.ts';
import { compilePrices } from '../../../src/policy/prices.ts';
import { runCli } from '../run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-prices-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A catalogue as a package, with the one function that is asked of it. */
const FAKE = `
const MODELS = {
  'openai/same': { id: 'same', prices: { input_mtok: 2, output_mtok: 8, web_searches_kcount: 10 } },
  'openai/dearer': { id: 'dearer', prices: { input_mtok: 3, output_mtok: 8, cache_read_mtok: 0.0375 } },
  'aws/elsewhere': { id: 'elsewhere', prices: { input_mtok: 1, output_mtok: 1 } },
};
export const calcPrice = (usage, model, { providerId }) => {
  const found = MODELS[providerId + '/' + model];
  return found === undefined ? null : { model: found, provider: { id: providerId } };
};
`;

const FILE = `# Our prices.
prices:
  openai/same: # as ever
    - id: openai/same@2026-01-01
      effective_from: "2026-01-01"
      input_pico_usd: 2000000
      output_pico_usd: 8000000
      complete: true
  openai/dearer:
    - id: openai/dearer@2026-01-01
      effective_from: "2026-01-01"
      input_pico_usd: 2000000
      output_pico_usd: 8000000
      complete: true
      tiers:
        flex: {multiply: 1, divide: 2}
    - id: openai/dearer@2999-01-01
      effective_from: "2999-01-01"
      input_pico_usd: 9000000
      output_pico_usd: 9000000 # a guess

  # Ours.
  vllm/own:
    - id: vllm/own@2026-01-01
      effective_from: "2026-01-01"
      input_pico_usd: 1
      output_pico_usd: 1
  bedrock/new: []
`;

const catalogue = join(folder, 'node_modules', '@pydantic', 'genai-prices');
mkdirSync(join(catalogue, 'dist'), { recursive: true });
writeFileSync(join(catalogue, 'dist', 'index.js'), FAKE);
writeFileSync(
  join(catalogue, 'package.json'),
  JSON.stringify({ name: '@pydantic/genai-prices', version: '9.9.9', type: 'module', exports: './dist/index.js' }),
);

const file = join(folder, 'prices.yaml');
beforeEach(() => writeFileSync(file, FILE));

const sync = (...args: readonly string[]): ReturnType<typeof runCli> =>
  runCli(['prices', 'sync', 'prices.yaml', ...args], { cwd: folder });

describe('prices sync', () => {
  test('shows what differs, to the last digit, names what is not known, and writes nothing', async () => {
    const { exitCode, stdout, stderr } = await sync();
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.match(stdout, /^openai\/dearer {2}input +2 +3 {2}from \d{4}-\d\d-\d\d$/m);
    assert.match(stdout, /^openai\/dearer {2}cache_read +– +0\.0375 {2}from/m);
    assert.match(stdout, /kept what the catalogue does not know: tiers/);
    assert.match(stdout, /^ {2}vllm\/own {2}no such provider/m);
    assert.match(stdout, /^ {2}bedrock\/new {2}no aws\/new there$/m);
    assert.match(stdout, /web_searches_kcount/);
    assert.match(stdout, /genai-prices 9\.9\.9: 1 new card, 1 the same, 2 not known\nnothing was written/);
    assert.equal(readFileSync(file, 'utf8'), FILE);
  });

  test('writes a new card between those before and behind it, and leaves every other byte alone', async () => {
    const { exitCode, stdout } = await sync('--write');
    assert.equal(exitCode, 0);
    assert.match(stdout, /written to prices\.yaml/);
    const today = /from (\d{4}-\d\d-\d\d)/.exec(stdout)?.[1];
    const card = [
      `    - id: openai/dearer@${today}`,
      `      effective_from: "${today}"`,
      '      input_pico_usd: 3000000',
      '      output_pico_usd: 8000000',
      '      cache_read_pico_usd: 37500',
      '      complete: true',
      '      tiers:',
      '        flex:',
      '          multiply: 1',
      '          divide: 2',
      '      source: "@pydantic/genai-prices 9.9.9"',
      '',
    ].join('\n');
    const text = readFileSync(file, 'utf8');
    const behind = '    - id: openai/dearer@2999-01-01';
    assert.equal(text, FILE.replace(behind, `${card}${behind}`));
    assert.equal(compilePrices(parse(text)).get('openai/dearer')?.length, 3);
    const again = await sync('--check');
    assert.deepEqual([again.exitCode, /0 new cards, 2 the same/.test(again.stdout)], [0, true]);
  });

  test('writes behind the last card, before what is said of the next target', async () => {
    const without = FILE.replace(/ {4}- id: openai\/dearer@2999(.|\n)*?# a guess\n/, '');
    assert.notEqual(without, FILE);
    writeFileSync(
      file,
      without.replace('        flex: {multiply: 1, divide: 2}', '        flex: {multiply: 1, divide: 2} # half'),
    );
    assert.equal((await sync('--write')).exitCode, 0);
    const text = readFileSync(file, 'utf8');
    assert.match(text, /# half\n {4}- id: openai\/dearer@\d{4}-\d\d-\d\d\n(.|\n)*source: .*\n\n {2}# Ours\.\n/);
    assert.equal(compilePrices(parse(text)).get('openai/dearer')?.length, 2);
  });

  test('takes a name for a target from whoever calls it, and looks at no other target', async () => {
    const { stdout } = await sync('--only', 'bedrock/new', '--map', 'bedrock/new=aws/elsewhere', '--write');
    assert.match(stdout, /1 new card, 0 the same, 0 not known/);
    const cards = compilePrices(parse(readFileSync(file, 'utf8'))).get('bedrock/new');
    assert.deepEqual(
      cards?.map(({ inputPico }) => inputPico),
      [1_000_000n],
    );
  });

  test('--check exits with 1 when something differs', async () => {
    assert.equal((await sync('--check')).exitCode, 1);
    assert.equal((await sync('--check', '--only', 'openai/same')).exitCode, 0);
  });

  test('--json tells the whole', async () => {
    const { stdout } = await sync('--json');
    const { changed, same, unknown, written, left } = JSON.parse(stdout);
    assert.deepEqual(
      [changed.length, changed[0].follows, same, written, left],
      [1, 'openai/dearer@2026-01-01', ['openai/same'], false, ['web_searches_kcount']],
    );
    assert.deepEqual(changed[0].fields[1], { field: 'cache_read', before: null, after: 37_500 });
    assert.deepEqual(
      unknown.map(({ target }: { target: string }) => target),
      ['vllm/own', 'bedrock/new'],
    );
  });

  for (const [name, args, text, message] of [
    ['a file that is not there', ['gone.yaml'], FILE, /gone\.yaml: cannot be read/],
    ['a file without prices', [], 'x: 1\n', /has no prices/],
    ['a file that is no YAML', [], 'prices: [', /prices\.yaml: /],
    ['a card with a slip', [], FILE.replace('input_pico_usd: 1\n', 'inptu_pico_usd: 1\n'), /vllm\/own"\]\[0\].*input/],
    ['a target that it does not have', ['--only', 'a/b'], FILE, /--only: the file has no target "a\/b"/],
    ['a name that is none', ['--map', 'a/b'], FILE, /--map: must be target=provider\/model/],
    ['two wishes at once', ['--check', '--write'], FILE, /--check and --write: one or the other/],
  ] as const) {
    test(`refuses ${name} by name`, async () => {
      writeFileSync(file, text);
      const path = args[0] === 'gone.yaml' ? [] : ['prices.yaml'];
      const { exitCode, stdout, stderr } = await runCli(['prices', 'sync', ...path, ...args], { cwd: folder });
      assert.deepEqual([exitCode === 0, stdout], [false, '']);
      assert.match(stderr, message);
    });
  }

  test('a catalogue that is not installed is asked for, as wrong use', async () => {
    const nowhere = join(tmpdir(), 'turnpike-nowhere');
    await assert.rejects(
      loadCatalogue(nowhere, join(nowhere, 'cli.js')),
      (reason) =>
        reason instanceof Failure &&
        reason.code === 'config_invalid' &&
        reason.message.endsWith('npm install --save-dev @pydantic/genai-prices'),
    );
  });

  test('a catalogue of another make is refused by name', async () => {
    const other = join(folder, 'other');
    cpSync(join(folder, 'node_modules'), join(other, 'node_modules'), { recursive: true });
    writeFileSync(join(other, 'node_modules', '@pydantic', 'genai-prices', 'dist', 'index.js'), 'export const x = 1;');
    writeFileSync(join(other, 'prices.yaml'), FILE);
    const { exitCode, stderr } = await runCli(['prices', 'sync', 'prices.yaml'], { cwd: other });
    assert.equal(exitCode, 2);
    assert.match(stderr, /has no calcPrice/);
  });
});

test('the catalogue itself knows most of the sample catalogue, and nothing of servers of our own', async () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const { exitCode, stdout } = await runCli(['prices', 'sync', '--json'], { cwd: root });
  assert.equal(exitCode, 0);
  const { same, unknown, conflicts, catalogue: name } = JSON.parse(stdout);
  assert.match(name, /^@pydantic\/genai-prices \d/);
  assert.ok(same.length >= 25, String(same));
  assert.deepEqual(conflicts, []);
  for (const target of ['anthropic/claude-sonnet-4-5', 'google/gemini-2.5-pro', 'bedrock/amazon.nova-micro']) {
    assert.ok(same.includes(target), target);
  }
  assert.ok(unknown.some(({ target }: { target: string }) => target === 'vllm/qwen3-8b'));
});
