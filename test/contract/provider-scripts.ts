/** What vendors say, each in its own protocol, from their documented formats. */
import { eventFrame } from '../protocol/bedrock/frames.ts';
import type { VendorScript } from './provider-drivers.ts';

const sse = (type: string, data: unknown): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

const usage = { input_tokens: 9, output_tokens: 3 };

export const ANTHROPIC: VendorScript = {
  whole: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [{ type: 'text', text: 'Hello there' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage,
  },
  contentType: 'text/event-stream; charset=utf-8',
  begin:
    sse('message_start', {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-x',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 1 },
      },
    }) +
    sse('content_block_start', {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'text', text: '' },
    }),
  words: [
    sse('content_block_delta', {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'Hello' },
    }),
    sse('content_block_delta', {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: ' there' },
    }),
  ],
  end:
    sse('content_block_stop', { type: 'content_block_stop', index: 0 }) +
    sse('message_delta', {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 3 },
    }) +
    sse('message_stop', { type: 'message_stop' }),
  limited: { type: 'error', error: { type: 'rate_limit_error', message: 'slow down, %KEY%' } },
};

const data = (document: unknown): string => `data: ${JSON.stringify(document)}\n\n`;

const chatChunk = (choices: readonly unknown[], more: object = {}): string =>
  data({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-x', choices, ...more });

const chatDelta = (delta: object, finish_reason: string | null = null): string =>
  chatChunk([{ index: 0, delta, logprobs: null, finish_reason }]);

const chatUsage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };

export const OPENAI_CHAT: VendorScript = {
  whole: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-x',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Hello there', refusal: null }, finish_reason: 'stop' },
    ],
    usage: chatUsage,
  },
  contentType: 'text/event-stream; charset=utf-8',
  begin: chatDelta({ role: 'assistant', content: '', refusal: null }),
  words: [chatDelta({ content: 'Hello' }), chatDelta({ content: ' there' })],
  end: `${chatDelta({}, 'stop')}${chatChunk([], { usage: chatUsage })}data: [DONE]\n\n`,
  limited: {
    error: { message: 'Rate limit reached, %KEY%', type: 'requests', param: null, code: 'rate_limit_exceeded' },
  },
};

const response = (status: string, more: object): object => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'gpt-x',
  status,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  output: [],
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
  usage: null,
  metadata: {},
  ...more,
});

const responseItem = (status: string, text: string | undefined): object => ({
  id: 'msg_1',
  type: 'message',
  status,
  role: 'assistant',
  content: text === undefined ? [] : [{ type: 'output_text', text, annotations: [], logprobs: [] }],
});

const responseUsage = {
  input_tokens: 9,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 3,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 12,
};

const finished = response('completed', { output: [responseItem('completed', 'Hello there')], usage: responseUsage });

const typed = (type: string, more: object): string => sse(type, { type, ...more });

const responseDelta = (sequence_number: number, delta: string): string =>
  typed('response.output_text.delta', {
    sequence_number,
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta,
    logprobs: [],
  });

export const OPENAI_RESPONSES: VendorScript = {
  whole: finished,
  contentType: 'text/event-stream; charset=utf-8',
  begin: [
    typed('response.created', { sequence_number: 0, response: response('in_progress', {}) }),
    typed('response.in_progress', { sequence_number: 1, response: response('in_progress', {}) }),
    typed('response.output_item.added', {
      sequence_number: 2,
      output_index: 0,
      item: responseItem('in_progress', undefined),
    }),
    typed('response.content_part.added', {
      sequence_number: 3,
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
    }),
  ].join(''),
  words: [responseDelta(4, 'Hello'), responseDelta(5, ' there')],
  end: [
    typed('response.output_text.done', {
      sequence_number: 6,
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      text: 'Hello there',
      logprobs: [],
    }),
    typed('response.content_part.done', {
      sequence_number: 7,
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      part: { type: 'output_text', text: 'Hello there', annotations: [], logprobs: [] },
    }),
    typed('response.output_item.done', {
      sequence_number: 8,
      output_index: 0,
      item: responseItem('completed', 'Hello there'),
    }),
    typed('response.completed', { sequence_number: 9, response: finished }),
  ].join(''),
  limited: OPENAI_CHAT.limited,
};

const gemini = (text: string, more: object = {}): object => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...more }],
  usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 },
  modelVersion: 'gemini-x',
  responseId: 'r1',
});

export const GEMINI: VendorScript = {
  whole: gemini('Hello there', { finishReason: 'STOP' }),
  contentType: 'text/event-stream',
  begin: data(gemini('')),
  words: [data(gemini('Hello')), data(gemini(' there'))],
  end: data(gemini('', { finishReason: 'STOP' })),
  limited: {
    error: {
      code: 429,
      message: 'Resource exhausted, %KEY%',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }],
    },
  },
};

const bedrockDelta = (text: string): Uint8Array =>
  eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text }, p: 'ab' });

const bedrockUsage = { inputTokens: 9, outputTokens: 3, totalTokens: 12 };

export const BEDROCK: VendorScript = {
  whole: {
    output: { message: { role: 'assistant', content: [{ text: 'Hello there' }] } },
    stopReason: 'end_turn',
    usage: bedrockUsage,
    metrics: { latencyMs: 1 },
  },
  contentType: 'application/vnd.amazon.eventstream',
  begin: eventFrame('messageStart', { role: 'assistant', p: 'ab' }),
  words: [bedrockDelta('Hello'), bedrockDelta(' there')],
  end: Buffer.concat([
    eventFrame('contentBlockStop', { contentBlockIndex: 0, p: 'ab' }),
    eventFrame('messageStop', { stopReason: 'end_turn', p: 'ab' }),
    eventFrame('metadata', { usage: bedrockUsage, metrics: { latencyMs: 1 }, p: 'ab' }),
  ]),
  limited: { message: 'Too many requests, %KEY%' },
};
