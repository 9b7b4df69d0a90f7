/** How the three kinds of vendor of the suite write their answers, their streams and their errors: bytes only. */

export interface Spoken {
  readonly kind: 'compatible' | 'openai' | 'anthropic';
  /** The header that holds the key. */
  readonly keyHeader: 'authorization' | 'x-api-key';
  /** A whole answer of ten tokens in and five out. */
  answer(text: string, stop?: Stop): unknown;
  error(what: Said, message: string): unknown;
  /** A stream, up to the first output; then its first piece and more of them; then what stands behind the last. */
  readonly opening: string;
  piece(text: string): string;
  more(text: string): string;
  readonly ending: string;
  /** A stream without any output. */
  readonly emptyEnding: string;
  streamError(message: string): string;
}

export type Stop = 'stop' | 'length' | 'refusal';
export type Said = 'rate_limit' | 'server' | 'auth' | 'context_length' | 'content_filter' | 'invalid';

const OPENAI_STOPS: Readonly<Record<Stop, string>> = { stop: 'stop', length: 'length', refusal: 'stop' };
const OPENAI_ERRORS: Readonly<Record<Said, readonly [type: string, code: string | null]>> = {
  rate_limit: ['requests', 'rate_limit_exceeded'],
  server: ['server_error', null],
  auth: ['invalid_request_error', 'invalid_api_key'],
  context_length: ['invalid_request_error', 'context_length_exceeded'],
  content_filter: ['invalid_request_error', 'content_filter'],
  invalid: ['invalid_request_error', 'invalid_value'],
};
const OPENAI_USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

const data = (document: unknown): string => `data: ${JSON.stringify(document)}\n\n`;
const chunk = (fields: object): string =>
  data({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'model', ...fields });
const choice = (delta: object, finish: string | null): object => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
});

const compatible: Spoken = {
  kind: 'compatible',
  keyHeader: 'authorization',
  answer: (text, stop = 'stop') => ({
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'model',
    choices: [
      {
        index: 0,
        message:
          stop === 'refusal'
            ? { role: 'assistant', content: null, refusal: text }
            : { role: 'assistant', content: text, refusal: null },
        finish_reason: OPENAI_STOPS[stop],
        logprobs: null,
      },
    ],
    usage: OPENAI_USAGE,
  }),
  error(what, message) {
    const [type, code] = OPENAI_ERRORS[what];
    return { error: { message, type, param: null, code } };
  },
  opening: chunk(choice({ role: 'assistant', content: '' }, null)),
  piece: (text) => chunk(choice({ content: text }, null)),
  more: (text) => chunk(choice({ content: text }, null)),
  ending: `${chunk(choice({}, 'stop'))}${chunk({ choices: [], usage: OPENAI_USAGE })}data: [DONE]\n\n`,
  emptyEnding: `${chunk(choice({}, 'stop'))}${chunk({ choices: [], usage: OPENAI_USAGE })}data: [DONE]\n\n`,
  streamError: (message) => data({ error: { message, type: 'server_error', code: 'server_error' } }),
};

const event = (document: { readonly type: string }): string =>
  `event: ${document.type}\ndata: ${JSON.stringify(document)}\n\n`;
const typed = (type: string, fields: object): string => event({ type, ...fields });

const RESPONSE = { id: 'r1', object: 'response', created_at: 1, model: 'model', error: null, incomplete_details: null };
const RESPONSE_USAGE = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
const AT = { item_id: 'i1', output_index: 0, content_index: 0 };
const item = (status: string, content: readonly object[]): object => ({
  type: 'message',
  id: 'i1',
  role: 'assistant',
  status,
  content,
});
const textPart = (text: string): object => ({ type: 'output_text', text, annotations: [] });
const responseDelta = (text: string): string => typed('response.output_text.delta', { ...AT, delta: text });
const completed = (output: readonly object[]): string =>
  typed('response.completed', { response: { ...RESPONSE, status: 'completed', output, usage: RESPONSE_USAGE } });

/** OpenAI's own, asked for responses. */
const openai: Spoken = {
  ...compatible,
  kind: 'openai',
  answer: (text, stop = 'stop') => ({
    ...RESPONSE,
    status: stop === 'length' ? 'incomplete' : 'completed',
    incomplete_details: stop === 'length' ? { reason: 'max_output_tokens' } : null,
    output: [item('completed', [stop === 'refusal' ? { type: 'refusal', refusal: text } : textPart(text)])],
    usage: RESPONSE_USAGE,
  }),
  opening: typed('response.created', {
    response: { ...RESPONSE, status: 'in_progress', output: [], usage: null },
  }),
  piece: (text) =>
    typed('response.output_item.added', { output_index: 0, item: item('in_progress', []) }) +
    typed('response.content_part.added', { ...AT, part: textPart('') }) +
    responseDelta(text),
  more: responseDelta,
  ending:
    typed('response.output_text.done', { ...AT, text: '' }) +
    typed('response.content_part.done', { ...AT, part: textPart('') }) +
    typed('response.output_item.done', { output_index: 0, item: item('completed', [textPart('')]) }) +
    completed([item('completed', [textPart('')])]),
  emptyEnding: completed([]),
  streamError: (message) => typed('error', { code: 'server_error', message, param: null }),
};

const ANTHROPIC_STOPS: Readonly<Record<Stop, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  refusal: 'refusal',
};
const ANTHROPIC_ERRORS: Readonly<Record<Said, string>> = {
  rate_limit: 'rate_limit_error',
  server: 'api_error',
  auth: 'authentication_error',
  context_length: 'invalid_request_error',
  content_filter: 'invalid_request_error',
  invalid: 'invalid_request_error',
};
/** Some of Anthropic's errors can be told from others by their sentence alone. */
const ANTHROPIC_WORDS: Readonly<Partial<Record<Said, string>>> = {
  context_length: 'prompt is too long: 9 tokens > 8 maximum. ',
  content_filter: 'Output blocked by content filtering policy. ',
};

const delta = (text: string): string => typed('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
const MESSAGE = { id: 'm1', type: 'message', role: 'assistant', model: 'model' };
const messageEnd = (outputTokens: number): string =>
  typed('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: outputTokens },
  }) + typed('message_stop', {});

const anthropic: Spoken = {
  kind: 'anthropic',
  keyHeader: 'x-api-key',
  answer: (text, stop = 'stop') => ({
    ...MESSAGE,
    content: text === '' ? [] : [{ type: 'text', text }],
    stop_reason: ANTHROPIC_STOPS[stop],
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5 },
  }),
  error: (what, message) => ({
    type: 'error',
    error: { type: ANTHROPIC_ERRORS[what], message: `${ANTHROPIC_WORDS[what] ?? ''}${message}` },
  }),
  opening: typed('message_start', {
    message: {
      ...MESSAGE,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 1 },
    },
  }),
  piece: (text) => typed('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) + delta(text),
  more: delta,
  ending: typed('content_block_stop', { index: 0 }) + messageEnd(5),
  emptyEnding: messageEnd(5),
  streamError: (message) => typed('error', { error: { type: 'api_error', message } }),
};

export const SPOKEN = { compatible, openai, anthropic } as const;
