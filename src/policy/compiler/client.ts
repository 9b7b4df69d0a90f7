/**
 * Owns what the project asks of OPA's compiler: check, format, test, build, inspect, over texts.
 * May import core and its own room. Findings about sources are values (`refused`); everything else is a Failure, as
 * `process.ts` and `artifact.ts` say.
 */
import type { PolicySources } from '../source/policy-sources.ts';
import type { CompilerArtifact } from './artifact.ts';
import type { Diagnostic } from './diagnostic.ts';
import { createCompilerProcess } from './process.ts';
import type { BuiltPolicy, CheckReport, CompilerFacts, FormatReport, InspectReport, TestReport } from './reports.ts';

/** What came of it: a value, or the findings that stand in its way. */
export type Compiled<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] };

type Sources = Pick<PolicySources, 'modules' | 'data' | 'schemas'>;

export interface CheckOptions {
  /** Builtins that the evaluator's host answers; without it builtins are not checked. */
  readonly hostBuiltins?: Iterable<string>;
  /** Allow unused imports and variables and shadowed names; default false. */
  readonly lenient?: boolean;
}

export interface TestOptions {
  /** Regular expression (RE2) on `data.package.test_name`. */
  readonly filter?: string;
  readonly coverage?: boolean;
  /** Run with `data.prepared` in place, as a bundle has it; default false, as stock OPA runs tests. */
  readonly prepared?: boolean;
  /** Milliseconds that one test may take; default 5,000. */
  readonly testTimeLimitMs?: number;
}

export interface BuildOptions {
  /** Such as `turnpike/decision`; rules with METADATA `entrypoint: true` join them. */
  readonly entrypoints?: readonly string[];
  readonly hostBuiltins?: Iterable<string>;
  /** Evaluate `data.turnpike.prepare.prepared` into `data.prepared`; default true. */
  readonly prepare?: boolean;
}

export interface CompileModulesOptions {
  /** Rego by file name. */
  readonly modules: Readonly<Record<string, string>>;
  readonly entrypoints: readonly string[];
}

export interface Compiler {
  /** What names this compiler: equal hashes compile alike. */
  hash(): Promise<string>;
  facts(): Promise<CompilerFacts>;
  check(sources: Sources, options?: CheckOptions): Promise<Compiled<CheckReport>>;
  format(sources: Sources): Promise<Compiled<FormatReport>>;
  test(sources: Sources, options?: TestOptions): Promise<Compiled<TestReport>>;
  build(sources: Sources, options?: BuildOptions): Promise<Compiled<BuiltPolicy>>;
  inspect(sources: Sources): Promise<Compiled<InspectReport>>;
  /** Builds loose modules, whatever their names, with every builtin of OPA allowed. */
  compileModules(options: CompileModulesOptions): Promise<Compiled<BuiltPolicy>>;
  /** Ends the process; later requests fail. */
  close(): void;
}

export interface CompilerOptions {
  /** Milliseconds that one request may take; default 120,000. */
  readonly timeLimitMs?: number;
  /** Bytes of one answer; default 512 MiB. */
  readonly maxAnswerBytes?: number;
}

export function createCompiler(artifact: CompilerArtifact, options: CompilerOptions = {}): Compiler {
  const { timeLimitMs = 120_000, maxAnswerBytes = 512 << 20 } = options;
  const process_ = createCompilerProcess(() => artifact.path(), { timeLimitMs, maxAnswerBytes });

  const ask = async <T>(operation: string, params: object): Promise<Compiled<T>> => {
    const answer = await process_.ask(operation, params);
    // The answer's shape is ours: the same version of the same program wrote it, and tests hold every operation.
    if (answer.kind === 'result') return { kind: 'ok', value: answer.result as T };
    return { kind: 'refused', diagnostics: answer.diagnostics };
  };
  const build = async (params: object): Promise<Compiled<BuiltPolicy>> => {
    const built = await ask<BuiltOnWire>('build', params);
    return built.kind === 'ok' ? { kind: 'ok', value: fromWire(built.value) } : built;
  };

  return {
    hash: () => artifact.hash(),
    async facts() {
      const told = await ask<{ opa_version: string; natives: readonly string[] }>('hello', {});
      if (told.kind === 'refused') throw new TypeError('hello has no findings');
      return { opaVersion: told.value.opa_version, natives: told.value.natives };
    },
    check: (sources, { hostBuiltins, lenient = false } = {}) =>
      ask('check', { ...textsOf(sources), ...builtinsOf(hostBuiltins), lenient }),
    format: (sources) => ask('fmt', { modules: sources.modules }),
    test: (sources, { filter = '', coverage = false, prepared = false, testTimeLimitMs = 5_000 } = {}) =>
      ask('test', { ...textsOf(sources), filter, coverage, prepared, timeout_ms: testTimeLimitMs }),
    build: (sources, { entrypoints = [], hostBuiltins, prepare = true } = {}) =>
      build({ ...textsOf(sources), ...builtinsOf(hostBuiltins), entrypoints, skip_prepare: !prepare }),
    inspect: (sources) => ask('inspect', textsOf(sources)),
    compileModules: ({ modules, entrypoints }) =>
      build({ modules, data: {}, schemas: {}, entrypoints, skip_prepare: true, keep_tests: true }),
    close: () => process_.close(),
  };
}

type BuiltOnWire = Omit<BuiltPolicy, 'wasm' | 'data_json'> & { readonly wasm: string; readonly data_json: string };

const fromWire = (built: BuiltOnWire): BuiltPolicy => ({
  ...built,
  wasm: Buffer.from(built.wasm, 'base64'),
  data_json: Buffer.from(built.data_json, 'utf8'),
});

const textsOf = ({ modules, data, schemas }: Sources): Sources => ({ modules, data, schemas });

const builtinsOf = (names: Iterable<string> | undefined): object =>
  names === undefined ? {} : { builtins: [...names] };
