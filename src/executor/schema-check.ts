/**
 * Whether a text is JSON that a caller's schema allows. Both come from outside, so everything has a bound: sizes, the
 * schemas kept, and time, which a watchdog holds where the work is not plainly small. Patterns run on a linear engine.
 * A schema that cannot be compiled, or that passes a bound, is no check: the answer counts as good.
 */
import { createContext, Script } from 'node:vm';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import type { JsonObject } from '../core/json.ts';

export type Fit = 'fits' | 'misfit' | 'unchecked';

export interface SchemaCheck {
  check(schema: JsonObject, text: string): Fit;
}

export interface SchemaCheckOptions {
  /** Compiled schemas kept, by content; the one used longest ago goes first. */
  readonly schemas: number;
  readonly schemaChars: number;
  readonly textChars: number;
  /** For one compilation or one check. */
  readonly timeoutMs: number;
}

export const SCHEMA_CHECK_DEFAULTS: SchemaCheckOptions = {
  schemas: 256,
  schemaChars: 65_536,
  textChars: 262_144,
  timeoutMs: 100,
};

interface Compiled {
  readonly validate: ValidateFunction;
  readonly chars: number;
  /** References can make the work grow beyond size times size. */
  readonly refers: boolean;
}

/** Characters of schema times characters of text below which a check takes few milliseconds at worst. */
const SMALL = 20_000_000;

export function createSchemaCheck(options: SchemaCheckOptions = SCHEMA_CHECK_DEFAULTS): SchemaCheck {
  const compiled = new Map<string, Compiled | undefined>();
  const watched = createWatchdog(options.timeoutMs);
  const ajv = new Ajv2020({
    strict: false,
    logger: false,
    validateSchema: false,
    validateFormats: false,
    meta: false,
    addUsedSchema: false,
    inlineRefs: false,
    code: { regExp: linearPattern },
  });
  // Compares all with all: quadratic in what the model wrote.
  ajv.removeKeyword('uniqueItems');

  const compile = (schema: JsonObject, key: string): Compiled | undefined => {
    if (key.length > options.schemaChars) return undefined;
    try {
      const validate = watched(() => ajv.compile(schema));
      return { validate, chars: key.length, refers: key.includes('Ref"') || key.includes('$ref"') };
    } catch {
      return undefined;
    } finally {
      ajv.removeSchema(schema);
    }
  };

  const find = (schema: JsonObject): { readonly key: string; readonly found: Compiled | undefined } => {
    const key = JSON.stringify(schema);
    const known = compiled.has(key);
    const found = known ? compiled.get(key) : compile(schema, key);
    if (known) compiled.delete(key);
    else if (compiled.size >= options.schemas) forgetOldest(compiled);
    // Long ones are refused by their length: they are not worth keeping.
    if (key.length <= options.schemaChars) compiled.set(key, found);
    return { key, found };
  };

  return {
    check(schema, text) {
      if (text.length > options.textChars) return 'unchecked';
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return 'misfit';
      }
      let key = '';
      try {
        const known = find(schema);
        key = known.key;
        const { found } = known;
        if (found === undefined) return 'unchecked';
        const small = !found.refers && found.chars * text.length <= SMALL;
        const fits = small ? found.validate(value) : watched(() => found.validate(value));
        return fits ? 'fits' : 'misfit';
      } catch {
        // Too deep or too dear: not tried again.
        if (compiled.has(key)) compiled.set(key, undefined);
        return 'unchecked';
      }
    },
  };
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

/** Runs something and stops it when its time is up; costs about 0.2 ms. */
function createWatchdog(timeoutMs: number): <Result>(run: () => Result) => Result {
  const sandbox: { run: (() => void) | undefined } = { run: undefined };
  const context = createContext(sandbox);
  const script = new Script('run()');
  return <Result>(run: () => Result): Result => {
    let result: { readonly value: Result } | undefined;
    sandbox.run = () => {
      result = { value: run() };
    };
    try {
      script.runInContext(context, { timeout: timeoutMs });
    } finally {
      sandbox.run = undefined;
    }
    if (result === undefined) throw new RangeError('stopped');
    return result.value;
  };
}

const linearPattern: { (pattern: string, flags: string): { test(text: string): boolean }; code: string } =
  Object.assign(
    (pattern: string) => {
      const compiled = RE2JS.compile(pattern);
      return { test: (text: string) => compiled.matcher(text).find() };
    },
    // Only for generated modules, which nobody writes here.
    { code: 'linearPattern' },
  );
