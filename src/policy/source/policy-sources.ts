/** The texts of one policy folder, by path relative to it, with forward slashes. */
export interface PolicySources {
  /** `*.rego`, tests included. */
  readonly modules: Readonly<Record<string, string>>;
  /** `data/**` in YAML or JSON: merged at the root of `data`, a sub-folder under its name. */
  readonly data: Readonly<Record<string, string>>;
  /** `schemas/*.json`: `schemas/input.json` is `schema.input` to a policy. */
  readonly schemas: Readonly<Record<string, string>>;
  /** Files that look as if they were meant and are read by nobody, such as YAML outside `data/`. */
  readonly ignored: readonly string[];
}

export const NO_SOURCES: PolicySources = { modules: {}, data: {}, schemas: {}, ignored: [] };
