/** In what endpoints that speak chat completions differ, as far as requests are concerned. */

export interface ChatDialect {
  /** The field that bounds the output. */
  readonly outputCap: 'max_completion_tokens' | 'max_tokens';
  /** Who gives instructions. */
  readonly instructions: 'developer' | 'system';
  /** Takes `stream_options.include_usage`; who does not counts unasked, or not at all. */
  readonly streamUsage: boolean;
  /** Takes `reasoning_effort`. */
  readonly reasoningEffort: boolean;
  /** Takes `response_format` of the type `json_schema`. */
  readonly jsonSchema: boolean;
  /** Takes `parallel_tool_calls`. */
  readonly parallelToolCalls: boolean;
  /** Takes `top_k`. */
  readonly topK: boolean;
  /** Sequences that end an answer, at most. */
  readonly stops: number;
  /** Takes parts `file` and `input_audio`. */
  readonly files: boolean;
  /** Wants its thoughts back in `reasoning_content` of the assistant's messages. */
  readonly thoughtsBack: boolean;
}

/** OpenAI's own. */
export const OPENAI_DIALECT: ChatDialect = {
  outputCap: 'max_completion_tokens',
  // The Api takes `system` from every model and reads it as `developer` where the model knows no other.
  instructions: 'system',
  streamUsage: true,
  reasoningEffort: true,
  jsonSchema: true,
  parallelToolCalls: true,
  topK: false,
  stops: 4,
  files: true,
  thoughtsBack: false,
};
