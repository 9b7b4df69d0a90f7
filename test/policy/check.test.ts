import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findingsOf, openCompiler, SAMPLE, sourcesOf, valueIn } from './compiler.ts';

const compiler = openCompiler();

suite('check', () => {
  test('finds nothing in a policy that is in order', async () => {
    const report = valueIn(await compiler.check(SAMPLE, { hostBuiltins: [] }));
    assert.equal(report.modules, 4);
  });

  const rego = (text: string) => sourcesOf({ modules: { 'a/x.rego': text } });
  const cases = [
    {
      name: 'names row and column of what does not parse',
      sources: rego('package a\n\np if {\n'),
      want: { file: 'a/x.rego', row: 4, code: 'rego_parse_error' },
    },
    {
      name: 'refuses an unsafe variable',
      sources: rego('package a\n\np := x\n'),
      want: { file: 'a/x.rego', row: 3, col: 6, code: 'rego_unsafe_var_error', line: 'p := x' },
    },
    {
      name: 'refuses an unused import, being strict',
      sources: rego('package a\n\nimport data.b\n\np := 1\n'),
      want: { file: 'a/x.rego', row: 3, col: 1, code: 'rego_compile_error', message: 'import data.b unused' },
    },
    {
      name: 'names a builtin that the evaluator lacks, with its reason and the place of the call',
      sources: rego('package a\n\np := http.send({"method": "get", "url": input.u}).body\n'),
      want: {
        file: 'a/x.rego',
        row: 3,
        col: 6,
        code: 'builtin_missing',
        message: 'builtin http.send is not available: no network',
      },
    },
    {
      name: 'finds a member that the schema of input does not have',
      sources: sourcesOf({
        modules: { 'a/x.rego': 'package a\n\n# METADATA\n# schemas:\n# - input: schema.input\np := input.colour\n' },
        schemas: { 'schemas/input.json': '{"type":"object","properties":{"color":{"type":"string"}}}' },
      }),
      want: { file: 'a/x.rego', row: 6, code: 'rego_type_error', line: 'p := input.colour' },
    },
    {
      name: 'names both files of a key defined twice',
      sources: sourcesOf({ data: { 'data/a.yaml': 'teams:\n  x: 1\n', 'data/b.json': '{"teams": {"x": 2}}' } }),
      want: {
        file: 'data/b.json',
        code: 'data_conflict',
        message: 'data.teams.x is defined by both data/a.yaml and data/b.json',
      },
    },
    {
      name: 'names the row of broken YAML',
      sources: sourcesOf({ data: { 'data/a.yaml': 'a: 1\nb: [1, 2\nc: 3\n' } }),
      want: { file: 'data/a.yaml', code: 'data_invalid' },
    },
    {
      name: 'names row and column of broken JSON',
      sources: sourcesOf({ data: { 'data/a.json': '{\n  "a": tru\n}' } }),
      want: { file: 'data/a.json', row: 2, code: 'data_invalid' },
    },
    {
      name: 'refuses a rule where data stands',
      sources: sourcesOf({ modules: { 'a/x.rego': 'package a\n\np := 1\n' }, data: { 'data/a.yaml': 'a: {p: 2}\n' } }),
      want: { file: 'a/x.rego', row: 3, code: 'rego_compile_error' },
    },
    {
      name: 'refuses a schema that is not JSON',
      sources: sourcesOf({ modules: {}, schemas: { 'schemas/input.json': '{"type":' } }),
      want: { file: 'schemas/input.json', code: 'schema_invalid' },
    },
  ];
  for (const { name, sources, want } of cases) {
    test(name, async () => {
      const checked = await compiler.check(sources, {
        hostBuiltins: ['sprintf'],
        refusedBuiltins: [['http.send', 'no network']],
      });
      const [first] = findingsOf(checked);
      assert.deepEqual({ ...first, ...want }, first);
      assert.ok((first?.row ?? 0) > 0, 'the place is known');
    });
  }

  test('allows the builtins that the host has, and in tests all of them', async () => {
    const sources = sourcesOf({
      modules: {
        'x.rego': 'package a\n\np := sprintf("%d", [input.n])\n',
        'x_test.rego': 'package a_test\n\ntest_p if json.match_schema({}, {})[0]\n',
      },
    });
    valueIn(await compiler.check(sources, { hostBuiltins: ['sprintf'] }));
  });

  test('merges data files key by key, a sub-folder under its name', async () => {
    const data = { 'data/a.yaml': 'm: {x: 1}\n', 'data/b.yaml': 'm: {y: 2}\n', 'data/deep/c.json': '{"z": 3}' };
    const modules = { 'p.rego': 'package p\n\nd := [data.m, data.deep]\n' };
    const built = valueIn(await compiler.build(sourcesOf({ modules, data }), { entrypoints: ['p/d'] }));
    assert.equal(Buffer.from(built.dataJson).toString(), '{"deep":{"z":3},"m":{"x":1,"y":2}}');
  });
});
