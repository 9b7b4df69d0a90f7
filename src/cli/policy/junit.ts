/** Results of policy tests as JUnit XML, for continuous integration: a suite for each package. */
import { join } from 'node:path';
import { placeOf } from '../../policy/compiler/diagnostic.ts';
import type { TestCase, TestReport } from '../../policy/compiler/reports.ts';
import { shortName } from './test-text.ts';

export function junitXml(report: TestReport, directory: string): string {
  const suites = [...Map.groupBy(report.tests, (test) => shortName(test.package))].map(([name, tests]) =>
    element('testsuite', { name, ...countsOf(tests) }, tests.map((test) => caseXml(name, test, directory)).join('')),
  );
  const root = element('testsuites', { name: 'turnpike policy test', ...countsOf(report.tests) }, suites.join(''));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
}

function caseXml(suite: string, test: TestCase, directory: string): string {
  const attributes = {
    name: test.name,
    classname: suite,
    file: join(directory, test.file),
    line: String(test.row),
    time: seconds(test.duration_ms),
  };
  const printed =
    test.printed === undefined || test.printed === '' ? '' : element('system-out', {}, escapeXml(test.printed));
  return element('testcase', attributes, `${outcomeXml(test, directory)}${printed}`);
}

function outcomeXml(test: TestCase, directory: string): string {
  switch (test.outcome) {
    case 'pass':
      return '';
    case 'skip':
      return '<skipped/>\n';
    case 'fail':
    case 'error': {
      const at = test.failed_at;
      const message = test.message ?? at?.message ?? 'does not hold';
      const detail =
        at === undefined ? '' : escapeXml(`${placeOf({ ...at, file: join(directory, at.file) })}\n${at.line}`);
      return element(test.outcome === 'fail' ? 'failure' : 'error', { message }, detail);
    }
  }
}

function countsOf(tests: readonly TestCase[]): Record<string, string> {
  const count = (outcome: TestCase['outcome']): string =>
    String(tests.filter((test) => test.outcome === outcome).length);
  return {
    tests: String(tests.length),
    failures: count('fail'),
    errors: count('error'),
    skipped: count('skip'),
    time: seconds(tests.reduce((sum, test) => sum + test.duration_ms, 0)),
  };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(6);

function element(name: string, attributes: Readonly<Record<string, string>>, content: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  return content === '' ? `<${name}${written.join('')}/>\n` : `<${name}${written.join('')}>${content}</${name}>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no way to write most control characters, so they are shown as U+FFFD. */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to keep out
      .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
  );
}
