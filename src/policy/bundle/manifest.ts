/** `.manifest` → what of it counts; every member that is used is checked. */
import { Failure } from '../../core/failure.ts';
import { type BundleManifest, isObject, type ManifestEntrypoint } from './bundle.ts';
import { parseJson } from './data.ts';

/** @returns the manifest and the path of the one module that all its entry points live in */
export function parseManifest(bytes: Uint8Array): { readonly manifest: BundleManifest; readonly modulePath: string } {
  const document = parseJson(bytes, '/.manifest');
  if (!isObject(document)) throw invalid('is not an object');
  const { revision = '', roots = [''], wasm, metadata = {}, ...rest } = document;
  if (typeof revision !== 'string') throw invalid(`revision is ${shown(revision)}, not a string`);
  if (!isStrings(roots)) throw invalid(`roots is ${shown(roots)}, not a list of strings`);
  if (!isObject(metadata)) throw invalid(`metadata is ${shown(metadata)}, not an object`);
  if (!Array.isArray(wasm) || wasm.length === 0) {
    throw invalid(
      'names no entry point of a compiled policy: build it with `turnpike policy build` or `opa build -t wasm`',
    );
  }
  const entries = wasm.map(parseEntry);
  const modules = new Set(entries.map((entry) => entry.module.replace(/^\/+/, '')));
  const [modulePath, another] = modules;
  if (modulePath === undefined || another !== undefined) {
    throw invalid(`names ${modules.size} WebAssembly modules (${[...modules].join(', ')}), exactly one is served`);
  }
  return { manifest: { revision, roots, wasm: entries, metadata, rest }, modulePath };
}

function parseEntry(entry: unknown, index: number): ManifestEntrypoint {
  if (!isObject(entry)) throw invalid(`wasm[${index}] is ${shown(entry)}, not an object`);
  const { entrypoint, module, annotations } = entry;
  if (typeof entrypoint !== 'string' || entrypoint === '')
    throw invalid(`wasm[${index}].entrypoint is ${shown(entrypoint)}`);
  if (typeof module !== 'string' || module === '') throw invalid(`wasm[${index}].module is ${shown(module)}`);
  return { entrypoint, module, ...(Array.isArray(annotations) ? { annotations } : {}) };
}

const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 100);

const invalid = (why: string): Failure => new Failure('bundle_invalid', `bundle: /.manifest ${why}`);
