/**
 * The data of a policy as its files say it: of a folder, without compiling anything, or of a bundle. What several files
 * say is put together as the compiler does: at the root of `data`, a sub-folder under its name.
 */
import { stat } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { Failure } from '../core/failure.ts';
import { isObject } from '../policy/bundle/bundle.ts';
import { readBundlePath } from '../policy/bundle/read.ts';
import { readPolicyDirectory } from '../policy/source/directory.ts';

export type PolicyData = Readonly<Record<string, unknown>>;

/**
 * @param path folder of sources, or a bundle file
 * @throws Failure `not_found`, `policy_invalid` or `bundle_invalid`, that names the file
 */
export async function readPolicyData(path: string): Promise<PolicyData> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Failure('not_found', `policy source "${path}": there is no such file or folder`, { cause });
  });
  if (!found.isDirectory()) return dataOfBundle(path);
  const { data } = await readPolicyDirectory(path);
  const merged: Tree = Object.create(null);
  for (const [file, text] of Object.entries(data)) {
    // Of `data/teams/search.yaml`: under `teams`.
    const folders = file.split('/').slice(1, -1);
    merge(merged, nested(folders, parsed(file, text)), file);
  }
  return merged;
}

async function dataOfBundle(path: string): Promise<PolicyData> {
  const bundle = await readBundlePath(path);
  const data: unknown = JSON.parse(new TextDecoder().decode(bundle.dataJson));
  if (!isObject(data)) throw new Failure('bundle_invalid', `${path}: its data is not an object`);
  return data;
}

function parsed(file: string, text: string): PolicyData {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Failure('policy_invalid', `${file}: ${error.message.split('\n')[0] ?? ''}`);
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (value === null || value === undefined) return {};
  if (!isObject(value)) throw new Failure('policy_invalid', `${file}: is not an object`);
  return value;
}

type Tree = Record<string, unknown>;

const nested = (folders: readonly string[], value: PolicyData): PolicyData =>
  folders.reduceRight<PolicyData>((inner, name) => ({ [name]: inner }), value);

/** Objects without a prototype, so that no key of a file reaches one. */
function merge(into: Tree, from: PolicyData, file: string): void {
  for (const [key, value] of Object.entries(from)) {
    const present = into[key];
    if (present === undefined && !isObject(value)) into[key] = value;
    else if (isObject(value) && (present === undefined || isObject(present))) {
      const inner: Tree = Object.assign(Object.create(null), present);
      merge(inner, value, file);
      into[key] = inner;
    } else throw new Failure('policy_invalid', `${file}: ${JSON.stringify(key)} is defined by another file too`);
  }
}
