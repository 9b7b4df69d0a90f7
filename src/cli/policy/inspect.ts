/** `turnpike policy inspect`: what a policy folder or a bundle holds. */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Bundle, factOf } from '../../policy/bundle/bundle.ts';
import { readBundlePath } from '../../policy/bundle/read.ts';
import type { InspectReport } from '../../policy/compiler/reports.ts';
import { revisionOf } from '../../policy/source/revision.ts';
import { EXIT, printable } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { findingsText } from './finding-text.ts';
import { type PolicyTools, readSources, withPolicyTools } from './tools.ts';

export interface InspectCommand {
  /** A policy folder, a bundle file or a folder with a bundle unpacked in it. */
  readonly target: string;
  readonly json?: boolean;
}

/** @returns 0 when it could be told, 1 when the policies do not compile, 2 when it could not run */
export function runPolicyInspect(options: InspectCommand, io: Io): Promise<number> {
  return withPolicyTools(io, async (tools) => {
    const path = resolve(io.cwd, options.target);
    if (existsSync(path) && statSync(path).isDirectory() && !existsSync(join(path, '.manifest'))) {
      return await inspectFolder(options, tools, io);
    }
    const bundle = await readBundlePath(path);
    const seen = await describeBundle(bundle);
    io.stdout.write(options.json === true ? `${JSON.stringify(seen, undefined, 2)}\n` : bundleText(seen));
    return EXIT.ok;
  });
}

async function inspectFolder(options: InspectCommand, tools: PolicyTools, io: Io): Promise<number> {
  const { compiler, progress } = tools;
  progress.step('reading the policies');
  const sources = await readSources(options.target, io);
  const inspected = await compiler.inspect(sources);
  progress.done();
  if (inspected.kind === 'refused') {
    if (options.json === true) io.stdout.write(`${JSON.stringify({ ok: false, ...inspected }, undefined, 2)}\n`);
    else io.stdout.write(findingsText(inspected.diagnostics, options.target, io.color));
    return EXIT.failed;
  }
  const revision = await revisionOf(resolve(io.cwd, options.target));
  if (options.json === true) io.stdout.write(`${JSON.stringify({ revision, ...inspected.value }, undefined, 2)}\n`);
  else io.stdout.write(folderText(inspected.value, revision));
  return EXIT.ok;
}

function folderText(report: InspectReport, revision: string): string {
  const rules = report.packages.flatMap((each) => each.rules);
  const titled = new Map(rules.filter((rule) => rule.title !== undefined).map((rule) => [rule.path, rule.title]));
  const host = report.builtins.filter((builtin) => !builtin.native).map((builtin) => builtin.name);
  return table([
    ['revision', revision],
    ['entry points', report.entrypoints.join(', ') || 'none by METADATA'],
    ['data', report.data_keys.join(', ')],
    ['builtins', `${report.builtins.length}, of which the host answers ${host.join(', ') || 'none'}`],
    ...report.packages.map(({ path, files, rules: own }): Row => {
      const names = new Set(own.map((rule) => rule.path));
      return [path.replace(/^data\./, ''), `${names.size} rules in ${files.length} files`];
    }),
    ...[...titled].map(([path, title]): Row => [`  ${path.replace(/^data\./, '')}`, title ?? '']),
  ]);
}

interface BundleReport {
  readonly revision: string;
  readonly digest: string;
  /** Whether the manifest promised the digest that the content has; a bundle of stock OPA promises none. */
  readonly digest_promised: boolean;
  readonly entrypoints: readonly string[];
  readonly roots: readonly string[];
  readonly wasm_bytes: number;
  readonly data_bytes: number;
  readonly data_keys: readonly string[];
  /** Builtins that the host must answer, and whether ours can. */
  readonly host_builtins: readonly { readonly name: string; readonly available: boolean }[];
}

async function describeBundle(bundle: Bundle): Promise<BundleReport> {
  const [{ requiredBuiltins }, { HOST_BUILTINS }] = await Promise.all([
    import('./required-builtins.ts'),
    import('../../rego/builtins/table.ts'),
  ]);
  // Reading the bundle has shown that its data is a JSON object.
  const data = JSON.parse(new TextDecoder().decode(bundle.dataJson)) as object;
  return {
    revision: bundle.revision,
    digest: bundle.digest,
    digest_promised: factOf(bundle, 'digest') === bundle.digest,
    entrypoints: bundle.entrypoints,
    roots: bundle.manifest.roots,
    wasm_bytes: bundle.wasm.length,
    data_bytes: bundle.dataJson.length,
    data_keys: Object.keys(data),
    host_builtins: requiredBuiltins(bundle.wasm).map((name) => ({ name, available: HOST_BUILTINS.has(name) })),
  };
}

function bundleText(seen: BundleReport): string {
  const host = seen.host_builtins.map(({ name, available }) => (available ? name : `${name} (missing)`));
  return table([
    ['revision', seen.revision === '' ? 'none' : seen.revision],
    ['digest', `${seen.digest}${seen.digest_promised ? '' : ' (the manifest promises none)'}`],
    ['entry points', seen.entrypoints.join(', ')],
    ['policy', `${seen.wasm_bytes} bytes`],
    ['data', `${seen.data_bytes} bytes: ${seen.data_keys.join(', ')}`],
    ['host builtins', host.join(', ') || 'none'],
  ]);
}

type Row = readonly [label: string, text: string];

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${printable(label).padEnd(width)}  ${printable(text)}\n`).join('');
}
