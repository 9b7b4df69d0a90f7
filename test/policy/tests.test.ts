import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { rowsText } from '../../src/cli/policy/coverage-text.ts';
import { junitXml } from '../../src/cli/policy/junit.ts';
import { shortfallOf } from '../../src/cli/policy/test.ts';
import { testsText } from '../../src/cli/policy/test-text.ts';
import { findingsOf, openCompiler, SAMPLE, sourcesOf, valueIn } from './compiler.ts';

const compiler = openCompiler();

suite('policy tests', () => {
  test('tell what passed, what failed and at which expression', async () => {
    const { tests } = valueIn(await compiler.test(SAMPLE));
    assert.deepEqual(
      tests.map(({ name, outcome, row }) => ({ name, outcome, row })),
      [
        { name: 'test_a_known_team', outcome: 'pass', row: 5 },
        { name: 'test_an_unknown_team', outcome: 'fail', row: 10 },
      ],
    );
    assert.equal(tests[0]?.printed, 'asked\n');
    assert.deepEqual(
      { row: tests[1]?.failed_at?.row, line: tests[1]?.failed_at?.line },
      { row: 12, line: '\taccess.known with input as {"caller": {"team": team}}' },
    );
  });

  test('count coverage of policies and not of tests, with the rows that nobody reached', async () => {
    const { coverage } = valueIn(await compiler.test(SAMPLE, { coverage: true }));
    const files = Object.fromEntries((coverage?.files ?? []).map((file) => [file.file, file]));
    assert.equal(files['access/access.rego']?.percent, 100);
    assert.equal(rowsText(files['decision.rego']?.uncovered ?? []), '10, 12');
    assert.equal(files['access/access_test.rego'], undefined);
    assert.equal(coverage?.percent, (100 * 1) / 4);
  });

  test('run only what the filter matches', async () => {
    const { tests } = valueIn(await compiler.test(SAMPLE, { filter: 'access_test.test_a_known' }));
    assert.deepEqual(
      tests.map(({ name }) => name),
      ['test_a_known_team'],
    );
  });

  test('see prepared data only where asked to', async () => {
    const modules = {
      ...SAMPLE.modules,
      'p_test.rego': 'package p_test\n\ntest_prepared if data.prepared.dear == ["large"]\n',
    };
    const outcomes = async (prepared: boolean) =>
      valueIn(await compiler.test({ ...SAMPLE, modules }, { prepared, filter: 'test_prepared' })).tests.map(
        ({ outcome }) => outcome,
      );
    assert.deepEqual([await outcomes(false), await outcomes(true)], [['fail'], ['pass']]);
  });

  test('tell errors, skipped tests and the failed cases of a table', async () => {
    const modules = {
      'x_test.rego': `package x_test

f(1) := 1

f(1) := 2

test_conflict if f(1) == 1

todo_test_later if false

test_cases[name] if {
	some name, n in {"one": 1, "two": 2}
	n == 1
}
`,
    };
    const { tests } = valueIn(await compiler.test(sourcesOf({ modules })));
    assert.deepEqual(
      tests.map(({ name, outcome, cases }) => ({ name, outcome, ...(cases === undefined ? {} : { cases }) })),
      [
        { name: 'test_conflict', outcome: 'error' },
        { name: 'todo_test_later', outcome: 'skip' },
        { name: 'test_cases', outcome: 'fail', cases: ['two'] },
      ],
    );
    assert.match(tests[0]?.message ?? '', /produced conflicting values for the same inputs/);
    assert.equal(tests[0]?.failed_at?.row, 5);
  });

  test('are refused with every finding when they do not compile', async () => {
    const modules = { 'x_test.rego': 'package x\n\ntest_a if y == 1\n\ntest_b if z == 1\n' };
    const findings = findingsOf(await compiler.test(sourcesOf({ modules })));
    assert.deepEqual(
      findings.map(({ row }) => row),
      [3, 5],
    );
  });

  test('are told as text with the failing line under its place', async () => {
    const text = testsText(valueIn(await compiler.test(SAMPLE)), {
      directory: 'policies',
      color: false,
      verbose: false,
    });
    assert.match(text, /^fail {2}turnpike\.access_test {6}1\/2/);
    assert.match(text, /FAIL test_an_unknown_team policies\/access\/access_test\.rego:10\n/);
    assert.match(text, /policies\/access\/access_test\.rego:12:2: this does not hold\n.*12 \| {5}access\.known with/);
    assert.match(text, /\n1 passed, 1 failed\n$/);
  });

  test('are told as JUnit XML with everything escaped', async () => {
    const modules = { 'x_test.rego': 'package x_test\n\ntest_a if {\n\tprint("<&\\u0007>")\n\t"<" == "\\""\n}\n' };
    const xml = junitXml(valueIn(await compiler.test(sourcesOf({ modules }))), 'policies');
    assert.match(xml, /<testsuite name="x_test" tests="1" failures="1" errors="0" skipped="0"/);
    assert.match(xml, /<failure message="this does not hold">policies\/x_test.rego:5:2\n\t&quot;&lt;&quot; == /);
    assert.match(xml, /<system-out>&lt;&amp;\ufffd&gt;\n<\/system-out>/);
  });

  const report = (outcomes: readonly ('pass' | 'fail')[], percent: number) => ({
    tests: outcomes.map((outcome, row) => ({
      package: 'data.p',
      name: `test_${row}`,
      outcome,
      file: 'p_test.rego',
      row,
      duration_ms: 1,
    })),
    coverage: { files: [], percent },
  });
  const SHORTFALLS = [
    { name: 'all passed', report: report(['pass'], 10), options: {}, want: undefined },
    { name: 'one failed', report: report(['pass', 'fail'], 100), options: {}, want: '1 of 2 tests failed' },
    { name: 'none there', report: report([], 100), options: {}, want: 'there are no tests' },
    { name: 'none matched', report: report([], 100), options: { filter: 'x' }, want: 'no test matches "x"' },
    { name: 'threshold met', report: report(['pass'], 95), options: { thresholdPercent: 95 }, want: undefined },
    {
      name: 'threshold missed',
      report: report(['pass'], 94.99),
      options: { thresholdPercent: 95 },
      want: 'coverage is 94.99 %, at least 95 % are asked for',
    },
  ];
  for (const { name, report: given, options, want } of SHORTFALLS) {
    test(`fall short or not: ${name}`, () => {
      assert.equal(shortfallOf(given, options), want);
    });
  }
});
