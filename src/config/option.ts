/** What an option is: its kind, unit, bound, default and meaning. The one source of loading, printing and documents. */

interface Described {
  /** One sentence: what it does, and what happens without it. */
  readonly doc: string;
}

export interface BooleanOption extends Described {
  readonly kind: 'boolean';
  readonly default?: boolean;
}

/** Its unit is the last word of its name (`_ms`, `_bytes`, `_mib`), or said here. */
export interface IntegerOption extends Described {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
  readonly default?: number;
}

export interface TextOption extends Described {
  readonly kind: 'text';
  /** What the text must look like, and how to say so. */
  readonly pattern?: { readonly regex: { test(text: string): boolean }; readonly says: string };
  readonly maxLength?: number;
  /** Not shown by `config print`. */
  readonly secret?: true;
  /** A fault does not quote it: who gets it wrong writes a credential there. */
  readonly unquoted?: true;
  readonly required?: true;
  readonly default?: string;
}

/** A file or folder: relative to the file that says it, or to the working folder in a variable. */
export interface PathOption extends Described {
  readonly kind: 'path';
  readonly required?: true;
  /** It is a file that must be there when the configuration is loaded. */
  readonly exists?: true;
  readonly default?: string;
}

export interface ChoiceOption<Value extends string = string> extends Described {
  readonly kind: 'choice';
  readonly of: readonly Value[];
  readonly default?: Value;
}

export interface TextsOption extends Described {
  readonly kind: 'texts';
  readonly maxItems: number;
  readonly default?: readonly string[];
}

export interface ItemsOption<Item = unknown> extends Described {
  readonly kind: 'items';
  readonly maxItems: number;
  readonly item: SectionOf<Item>;
  readonly default: readonly [];
}

/** A group of options. An optional one is absent as a whole until one of its options is set. */
export interface Section extends Described {
  readonly kind: 'section';
  readonly optional?: true;
  readonly options: Readonly<Record<string, Option>>;
}

export type Option =
  | BooleanOption
  | IntegerOption
  | TextOption
  | PathOption
  | ChoiceOption
  | TextsOption
  | ItemsOption
  | Section;

/** Holds a schema to the type that it loads: a missing, surplus or wrong option does not compile. */
export interface SectionOf<Loaded> extends Described {
  readonly kind: 'section';
  readonly optional?: true;
  readonly options: { readonly [Name in keyof Loaded]-?: OptionOf<Exclude<Loaded[Name], undefined>> };
}

type OptionOf<Value> = [Value] extends [boolean]
  ? BooleanOption
  : [Value] extends [number]
    ? IntegerOption
    : [Value] extends [string]
      ? string extends Value
        ? TextOption | PathOption
        : ChoiceOption<Value>
      : [Value] extends [readonly string[]]
        ? TextsOption
        : [Value] extends [readonly (infer Item)[]]
          ? ItemsOption<Item>
          : SectionOf<Value>;

/** The name of an option as files spell it: `maxBodyBytes` is `max_body_bytes`. */
export const spelled = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The environment variable that overrides an option, of its path as files spell it. */
export const variableOf = (path: readonly string[]): string => `TURNPIKE_${path.join('_').toUpperCase()}`;
