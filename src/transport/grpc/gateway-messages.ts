/** Messages of the Gateway service as the codec reads and writes them: proto/turnpike/v1/gateway.proto, in TypeScript. */

/** Of a oneof at most one is there. */
export interface PartMessage {
  readonly text?: string;
  readonly image?: MediaMessage & { readonly detail?: string };
  readonly document?: MediaMessage & { readonly name?: string };
  readonly audio?: { readonly format?: string; readonly data?: Uint8Array };
  readonly tool_call?: { readonly id?: string; readonly name?: string; readonly arguments?: string };
  readonly reasoning?: { readonly text?: string; readonly signature?: string; readonly redacted?: string };
  readonly refusal?: string;
  readonly cache?: string;
}

export interface MediaMessage {
  readonly data?: Uint8Array;
  readonly url?: string;
  readonly media_type?: string;
}

export interface ToolResultMessage {
  readonly call_id?: string;
  readonly content?: readonly PartMessage[];
  readonly is_error?: boolean;
  readonly cache?: string;
}

export interface TurnMessage {
  readonly role?: string;
  readonly content?: readonly PartMessage[];
  readonly results?: readonly ToolResultMessage[];
}

export interface ToolMessage {
  readonly name?: string;
  readonly description?: string;
  readonly parameters?: string;
  readonly strict?: boolean;
  readonly cache?: string;
}

export interface OutputFormatMessage {
  readonly kind?: string;
  readonly name?: string;
  readonly schema?: string;
  readonly description?: string;
  readonly strict?: boolean;
}

export interface SamplingMessage {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly frequency_penalty?: number;
  readonly presence_penalty?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
}

export interface ReasoningMessage {
  readonly effort?: string;
  readonly budget_tokens?: number;
  readonly adaptive?: boolean;
  readonly show?: boolean;
}

/** Still untrusted: the wire gives the types of fields, not their bounds nor that required ones are there. */
export interface GenerateRequestMessage {
  readonly model?: string;
  readonly messages?: readonly TurnMessage[];
  readonly tools?: readonly ToolMessage[];
  readonly tool_choice?: { readonly kind?: string; readonly name?: string };
  readonly parallel_tool_calls?: boolean;
  readonly output?: OutputFormatMessage;
  readonly sampling?: SamplingMessage;
  readonly reasoning?: ReasoningMessage;
  readonly max_output_tokens?: number;
  readonly user?: string;
  readonly task?: string;
  readonly priority?: string;
  readonly data_class?: string;
  readonly region?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface TokenUsageMessage {
  readonly kind: string;
  readonly input?: number;
  readonly output?: number;
  readonly cache_read?: number;
  readonly cache_write?: number;
  readonly cache_write_1h?: number;
  readonly reasoning?: number;
  readonly input_audio?: number;
  readonly output_audio?: number;
  readonly input_image?: number;
  readonly output_image?: number;
  readonly tier?: string;
}

export interface GenerateResponseMessage {
  readonly id: string;
  readonly model: string;
  readonly content: readonly PartMessage[];
  readonly finish: string;
  readonly stop_sequence?: string;
  readonly usage: TokenUsageMessage;
}

export interface GenerateEventMessage {
  readonly start?: { readonly id: string; readonly model: string };
  readonly text?: string;
  readonly reasoning?: string;
  readonly reasoning_signature?: string;
  readonly reasoning_redacted?: string;
  readonly refusal?: string;
  readonly tool_call?: { readonly index: number; readonly id: string; readonly name: string };
  readonly tool_arguments?: { readonly index: number; readonly text: string };
  readonly usage?: TokenUsageMessage;
  readonly finish?: { readonly reason: string; readonly stop_sequence?: string };
}
