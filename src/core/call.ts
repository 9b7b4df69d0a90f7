/** A call: one request of an application, as a policy sees it. Field names are those of the policy input (snake case). */

export const OPERATIONS = ['chat', 'responses', 'embeddings', 'count_tokens', 'models'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const PRIORITIES = ['interactive', 'standard', 'batch'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const DATA_CLASSES = ['public', 'internal', 'confidential', 'restricted'] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

/** Free dimensions: bounded in count and length (see `bounds.ts`). */
export type Tags = Readonly<Record<string, string>>;

export interface Call {
  readonly operation: Operation;
  /** Alias or real name; absent means that policy chooses. */
  readonly model?: string;
  /** What the call is for, such as `summarize`. */
  readonly task?: string;
  readonly priority?: Priority;
  readonly stream?: boolean;
  /** Tokens of the prompt: counted, or an upper bound. */
  readonly input_tokens?: number;
  /** Tokens asked for at most; absent means the target's own maximum, or policy's clamp. */
  readonly max_output_tokens?: number;
  /** Capabilities that the target must have, such as `tools` or `vision`. */
  readonly needs?: readonly string[];
  readonly data_class?: DataClass;
  /** Region in which the data must stay, such as `eu`. */
  readonly region?: string;
  readonly tags?: Tags;
}

/** The authenticated principal of a call. Its dimensions come from the credential, see `identity/`. */
export interface Caller {
  readonly subject?: string;
  readonly team: string;
  readonly application: string;
  readonly environment: string;
  readonly roles?: readonly string[];
  readonly key_id?: string;
}
