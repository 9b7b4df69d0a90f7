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
  /** Why some others are missing, by name, for the finding. */
  readonly refusedBuiltins?: Iterable<readonly [string, string]>;
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
  readonly refusedBuiltins?: Iterable<readonly [string, string]>;
  /**
   * What becomes of the rule `data.turnpike.prepare.prepared`: `evaluate` (default) puts its value at `data.prepared`,
   * `compile` gives `prepareWasm` to evaluate it with (some fifty times sooner), `nothing` leaves it.
   */
  readonly prepare?: 'evaluate' | 'compile' | 'nothing';
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
  /** Milliseconds that one request may take; default 300,000. */
  readonly timeLimitMs?: number;
  /** Bytes of one answer; default 512 MiB. */
  readonly maxAnswerBytes?: number;
  /** For long work such as many tests: a second slower at first, then twice as fast; default false. */
  readonly optimize?: boolean;
}

export function createCompiler(artifact: CompilerArtifact, options: CompilerOptions = {}): Compiler {
  const { timeLimitMs = 300_000, maxAnswerBytes = 512 << 20, optimize = false } = options;
  const process_ = createCompilerProcess(() => artifact.path(), { timeLimitMs, maxAnswerBytes, optimize });

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
    check: (sources, { lenient = false, ...builtins } = {}) =>
      ask('check', { ...textsOf(sources), ...builtinsOf(builtins), lenient }),
    format: (sources) => ask('fmt', { modules: sources.modules }),
    test: (sources, { filter = '', coverage = false, prepared = false, testTimeLimitMs = 5_000 } = {}) =>
      ask('test', { ...textsOf(sources), filter, coverage, prepared, timeout_ms: testTimeLimitMs }),
    build: (sources, { entrypoints = [], prepare = 'evaluate', ...builtins } = {}) =>
      build({
        ...textsOf(sources),
        ...builtinsOf(builtins),
        entrypoints,
        prepare: prepare === 'nothing' ? '' : prepare,
      }),
    inspect: (sources) => ask('inspect', textsOf(sources)),
    compileModules: ({ modules, entrypoints }) =>
      build({ modules, data: {}, schemas: {}, entrypoints, keep_tests: true }),
    close: () => process_.close(),
  };
}

type BuiltOnWire = Pick<BuiltPolicy, 'resolvers' | 'prepared' | 'builtins'> & {
  /** Base64, as are the others. */
  readonly wasm: string;
  readonly plan: string;
  readonly prepare_wasm?: string;
  readonly data_json: string;
};

const fromWire = ({ wasm, plan, prepare_wasm, data_json, ...rest }: BuiltOnWire): BuiltPolicy => ({
  ...rest,
  wasm: Buffer.from(wasm, 'base64'),
  plan: Buffer.from(plan, 'base64'),
  dataJson: Buffer.from(data_json, 'utf8'),
  ...(prepare_wasm === undefined ? {} : { prepareWasm: Buffer.from(prepare_wasm, 'base64') }),
});

const textsOf = ({ modules, data, schemas }: Sources): Sources => ({ modules, data, schemas });

const builtinsOf = ({
  hostBuiltins,
  refusedBuiltins = [],
}: Pick<CheckOptions, 'hostBuiltins' | 'refusedBuiltins'>): object =>
  hostBuiltins === undefined
    ? {}
    : { builtins: [...hostBuiltins], refused_builtins: Object.fromEntries(refusedBuiltins) };
