/** `turnpike policy test`: every `test_` rule of a folder, with coverage of what is not a test. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '../../core/failure.ts';
import type { TestReport } from '../../policy/compiler/reports.ts';
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { coverageText } from './coverage-text.ts';
import { findingsText } from './finding-text.ts';
import { junitXml } from './junit.ts';
import { testsText } from './test-text.ts';
import { type PolicyTools, readSources, withPolicyTools } from './tools.ts';

export interface TestCommand {
  readonly directory: string;
  /** Regular expression (RE2) on `data.package.test_name`. */
  readonly filter?: string;
  readonly coverage?: boolean;
  /** Percent of the policies' lines that tests must reach; asks for coverage. */
  readonly thresholdPercent?: number;
  /** File that gets the results as JUnit XML. */
  readonly junitPath?: string;
  readonly json?: boolean;
  /** Name every test, not only those that failed. */
  readonly verbose?: boolean;
  /** Run over data with `data.prepared` in place, as a bundle has it. */
  readonly prepared?: boolean;
}

/** @returns 0 when all passed, 1 when a test failed, none ran or coverage is below the threshold, 2 when it could not run */
export function runPolicyTest(options: TestCommand, io: Io): Promise<number> {
  const run = async ({ compiler, progress }: PolicyTools): Promise<number> => {
    const { directory, thresholdPercent } = options;
    if (thresholdPercent !== undefined && !(thresholdPercent >= 0 && thresholdPercent <= 100)) {
      throw new Failure('invalid_request', `--threshold ${thresholdPercent}: must be from 0 to 100`);
    }
    progress.step('testing the policies');
    const sources = await readSources(directory, io);
    const tested = await compiler.test(sources, {
      coverage: options.coverage === true || thresholdPercent !== undefined,
      prepared: options.prepared === true,
      ...(options.filter === undefined ? {} : { filter: options.filter }),
    });
    progress.done();
    if (tested.kind === 'refused') {
      if (options.json === true) io.stdout.write(`${JSON.stringify({ ok: false, ...tested }, undefined, 2)}\n`);
      else io.stdout.write(findingsText(tested.diagnostics, directory, io.color));
      return EXIT.failed;
    }
    const report = tested.value;
    const shortfall = shortfallOf(report, options);
    if (options.junitPath !== undefined) {
      const path = resolve(io.cwd, options.junitPath);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, junitXml(report, directory));
    }
    if (options.json === true) {
      io.stdout.write(`${JSON.stringify({ ok: shortfall === undefined, ...report }, undefined, 2)}\n`);
    } else {
      io.stdout.write(testsText(report, { directory, color: io.color, verbose: options.verbose === true }));
      if (report.coverage !== undefined) io.stdout.write(coverageText(report.coverage, directory, io.color));
      if (shortfall !== undefined) io.stderr.write(`${shortfall}\n`);
    }
    return shortfall === undefined ? EXIT.ok : EXIT.failed;
  };
  return withPolicyTools(io, run, { optimize: true });
}

/** Why the run is not good enough, if it is not. */
export function shortfallOf(
  report: TestReport,
  options: Pick<TestCommand, 'filter' | 'thresholdPercent'>,
): string | undefined {
  const bad = report.tests.filter((test) => test.outcome === 'fail' || test.outcome === 'error').length;
  if (bad > 0) return `${bad} of ${report.tests.length} tests failed`;
  if (report.tests.length === 0) {
    return options.filter === undefined ? 'there are no tests' : `no test matches ${JSON.stringify(options.filter)}`;
  }
  const { thresholdPercent } = options;
  const percent = report.coverage?.percent;
  if (thresholdPercent === undefined || percent === undefined || percent >= thresholdPercent) return undefined;
  return `coverage is ${percent.toFixed(2)} %, at least ${thresholdPercent} % are asked for`;
}
