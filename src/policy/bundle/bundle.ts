/**
 * Owns the OPA bundle: compiled policy, data and manifest as one thing with one digest.
 * May import core, modern-tar and yaml. Reading is bounded; whatever is wrong with the bytes is a Failure
 * `bundle_invalid` that names the entry; nothing is taken on trust, so a digest in the manifest is checked.
 */
import { createHash } from 'node:crypto';

export interface Bundle {
  /** As the manifest says; empty when it does not. */
  readonly revision: string;
  /** `sha256:` and hex over what decides: see `digestOf`. */
  readonly digest: string;
  /** Such as `turnpike/decision`. */
  readonly entrypoints: readonly string[];
  readonly manifest: BundleManifest;
  readonly wasm: Uint8Array;
  /** The same policy as OPA's intermediate plan (UTF-8 JSON); a bundle of `opa build -t wasm` has none. */
  readonly plan?: Uint8Array;
  /** UTF-8 JSON text of the data document. */
  readonly dataJson: Uint8Array;
}

/** The manifest as OPA defines it; other members are kept as they are. */
export interface BundleManifest {
  readonly revision: string;
  readonly roots: readonly string[];
  readonly wasm: readonly ManifestEntrypoint[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly rest: Readonly<Record<string, unknown>>;
}

export interface ManifestEntrypoint {
  readonly entrypoint: string;
  readonly module: string;
  readonly annotations?: readonly unknown[];
}

export const WASM_PATH = 'policy.wasm';
export const PLAN_PATH = 'plan.json';
export const DATA_PATH = 'data.json';
export const MANIFEST_PATH = '.manifest';

/**
 * SHA-256 over the SHA-256 of the policy followed by those of the data and of the plan, where there is one: the revision
 * is a name, not content.
 */
export function digestOf(wasm: Uint8Array, dataJson: Uint8Array, plan?: Uint8Array): string {
  const sum = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
  const all = createHash('sha256').update(sum(wasm)).update(sum(dataJson));
  if (plan !== undefined) all.update(sum(plan));
  return `sha256:${all.digest('hex')}`;
}

export interface BundleParts {
  readonly revision: string;
  readonly wasm: Uint8Array;
  readonly plan?: Uint8Array;
  readonly dataJson: Uint8Array;
  readonly resolvers: readonly ManifestEntrypoint[];
  /** Goes to `metadata.turnpike` beside the digest. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Makes a bundle of what a build gave. */
export function makeBundle({ revision, wasm, plan, dataJson, resolvers, facts = {} }: BundleParts): Bundle {
  const digest = digestOf(wasm, dataJson, plan);
  return {
    revision,
    digest,
    entrypoints: resolvers.map((each) => each.entrypoint),
    manifest: {
      revision,
      roots: [''],
      wasm: resolvers,
      metadata: { turnpike: { ...facts, digest } },
      rest: { rego_version: 1 },
    },
    wasm,
    ...(plan === undefined ? {} : { plan }),
    dataJson,
  };
}

/** The same bundle under another revision. */
export function withRevision(bundle: Bundle, revision: string): Bundle {
  return { ...bundle, revision, manifest: { ...bundle.manifest, revision } };
}

/** A member of `metadata.turnpike`, if the bundle is one of ours. */
export function factOf(bundle: Pick<Bundle, 'manifest'>, name: string): unknown {
  const facts = bundle.manifest.metadata['turnpike'];
  return isObject(facts) ? facts[name] : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
