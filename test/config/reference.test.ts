import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../src/config/load.ts';
import { type Option, spelled, variableOf } from '../../src/config/option.ts';
import { renderInForce, renderReference } from '../../src/config/reference.ts';
import { SCHEMA } from '../../src/config/schema.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every option with its path, lists entered as one item. */
function options(option: Option, path: readonly string[] = []): readonly (readonly [string, Option])[] {
  if (option.kind !== 'section') return [[path.join('.'), option]];
  return Object.entries(option.options).flatMap(([name, inner]) => options(inner, [...path, spelled(name)]));
}

describe('the table of options', () => {
  test('gives every option a sentence and a variable of its own', () => {
    const all = options(SCHEMA);
    assert.ok(all.length > 40);
    for (const [path, option] of all) assert.match(option.doc, /^[A-Z`].*\.$/, path);
    const variables = new Set(all.map(([path]) => variableOf(path.split('.'))));
    assert.equal(variables.size, all.length);
  });

  test('has defaults that keep its own bounds', () => {
    const integers = options(SCHEMA).filter(([, option]) => option.kind === 'integer');
    for (const [path, option] of integers) {
      assert.ok(option.kind === 'integer');
      const value = option.default ?? option.min;
      assert.ok(value >= option.min && value <= option.max, path);
    }
  });

  test('is what docs/configuration.md says (npm run docs writes it)', () => {
    const written = readFileSync(`${root}docs/configuration.md`, 'utf8').split('\n');
    const rendered = renderReference().split('\n');
    assert.deepEqual(
      written.filter((line) => !rendered.includes(line)),
      [],
    );
    assert.equal(
      written.join('\n') === rendered.join('\n'),
      true,
      'docs/configuration.md is not current: npm run docs',
    );
  });
});

describe('the configuration in force', () => {
  const sample = loadConfig({ file: 'turnpike.yaml', variables: { TURNPIKE_SHUTDOWN_DRAIN_MS: '7' }, cwd: root });

  test('says who said each option', () => {
    const lines = renderInForce(sample)
      .split('\n')
      .map((line) => line.trim());
    assert.ok(lines.includes('drain_ms: 7 # TURNPIKE_SHUTDOWN_DRAIN_MS'), lines.join('\n'));
    assert.ok(lines.some((line) => /^port: 9191 # turnpike\.yaml:\d+:5$/.test(line)));
    assert.ok(lines.includes('evaluator: auto # default'));
  });

  test('loads again as the same one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-config-'));
    writeFileSync(join(folder, 'again.yaml'), renderInForce(sample));
    const again = loadConfig({ file: 'again.yaml', variables: {}, cwd: folder });
    rmSync(folder, { recursive: true });
    assert.deepEqual(again.config, sample.config);
  });

  test('withholds the hashes of keys', () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-config-'));
    const hash = `sha256:${'a'.repeat(64)}`;
    writeFileSync(join(folder, 'keyed.yaml'), `identity: {keys: [{id: k, hash: "${hash}", subject: s}]}`);
    const loaded = loadConfig({ file: 'keyed.yaml', variables: {}, cwd: folder });
    rmSync(folder, { recursive: true });
    const text = renderInForce(loaded);
    assert.ok(text.includes('id: k') && !text.includes(hash), text);
  });
});

test('the sample configuration is served on loopback only, and says that nobody is asked for a key', () => {
  const { config } = loadConfig({ file: 'turnpike.yaml', variables: {}, cwd: root });
  assert.equal(config.identity.mode, 'none');
  assert.deepEqual([config.transports.grpc.port, config.transports.http.port], [9191, 8181]);
});
