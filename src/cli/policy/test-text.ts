/** Results of policy tests as people read them: a line for each package, then every failure where it happened. */
import { join } from 'node:path';
import pc from 'picocolors';
import type { TestCase, TestReport } from '../../policy/compiler/reports.ts';
import { printable } from '../failure-text.ts';
import { findingText } from './finding-text.ts';

export interface TestTextOptions {
  readonly directory: string;
  readonly color: boolean;
  /** Name every test. */
  readonly verbose: boolean;
}

type Colors = ReturnType<typeof pc.createColors>;

export function testsText(report: TestReport, options: TestTextOptions): string {
  const colors = pc.createColors(options.color);
  const packages = Map.groupBy(report.tests, (test) => test.package);
  const width = Math.max(0, ...[...packages.keys()].map((name) => shortName(name).length));
  const lines = [...packages].flatMap(([name, tests]) => [
    packageLine(name, tests, width, colors),
    ...(options.verbose ? tests.map((test) => testLine(test, colors)) : []),
  ]);
  const failures = report.tests.filter(isBad).map((test) => `\n${failureText(test, options, colors)}`);
  return `${lines.join('\n')}\n${failures.join('')}${totalLine(report.tests, colors)}\n`;
}

export const isBad = (test: TestCase): boolean => test.outcome === 'fail' || test.outcome === 'error';

export const shortName = (packagePath: string): string => packagePath.replace(/^data\./, '');

function packageLine(name: string, tests: readonly TestCase[], width: number, colors: Colors): string {
  const failed = tests.filter(isBad).length;
  const mark = failed === 0 ? colors.green('pass') : colors.red('fail');
  const durationMs = tests.reduce((sum, test) => sum + test.duration_ms, 0);
  const passed = `${tests.length - failed}/${tests.length}`.padStart(7);
  return `${mark}  ${printable(shortName(name)).padEnd(width)}  ${passed}  ${colors.dim(`${durationMs.toFixed(0)} ms`)}`;
}

function testLine(test: TestCase, colors: Colors): string {
  const mark = isBad(test)
    ? colors.red(test.outcome)
    : test.outcome === 'skip'
      ? colors.yellow('skip')
      : colors.dim('pass');
  return `      ${mark}  ${printable(test.name)}`;
}

function failureText(test: TestCase, { directory, color }: TestTextOptions, colors: Colors): string {
  const place = printable(`${join(directory, test.file)}:${test.row}`);
  const parts = [`${colors.red(test.outcome.toUpperCase())} ${printable(test.name)} ${colors.dim(place)}\n`];
  if (test.failed_at !== undefined) parts.push(indented(findingText(test.failed_at, directory, color)));
  else if (test.message !== undefined) parts.push(indented(`${printable(test.message)}\n`));
  if (test.cases !== undefined) parts.push(indented(`failed cases: ${printable(test.cases.join(', '))}\n`));
  if (test.printed !== undefined && test.printed !== '') {
    parts.push(indented(`printed:\n${printable(test.printed.trimEnd())}\n`));
  }
  return parts.join('');
}

function totalLine(tests: readonly TestCase[], colors: Colors): string {
  const failed = tests.filter(isBad).length;
  const skipped = tests.filter((test) => test.outcome === 'skip').length;
  const counts = [`${tests.length - failed - skipped} passed`, `${failed} failed`];
  if (skipped > 0) counts.push(`${skipped} skipped`);
  return `\n${(failed === 0 ? colors.green : colors.red)(counts.join(', '))}`;
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');
