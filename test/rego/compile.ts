/** Rego → a program, through the project's own compiler. One compiler process serves a whole test file. */
import { after } from 'node:test';
import type { PolicyProgram } from '../../src/engine/evaluator.ts';
import { locateCompiler } from '../../src/policy/compiler/artifact.ts';
import { type Compiler, createCompiler } from '../../src/policy/compiler/client.ts';

let compiler: Compiler | undefined;

after(() => compiler?.close());

/** @param modules Rego by file name */
export async function compile(
  modules: Readonly<Record<string, string>>,
  entrypoints: readonly string[],
  data: unknown = {},
): Promise<PolicyProgram> {
  compiler ??= createCompiler(locateCompiler());
  const compiled = await compiler.compileModules({ modules, entrypoints });
  if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.diagnostics));
  const { wasm, plan } = compiled.value;
  return { wasm, plan, dataJson: Buffer.from(JSON.stringify(data)) };
}
