/** What the upstream of the benchmark answers: about 1 KB whole, or 50 pieces of text as a stream. */

/** Pieces of output text in one stream. */
export const STREAM_PIECES = 50;

const TEXT = 'The quick brown fox jumps over the lazy dog. '.repeat(15).trim();
const USAGE = { prompt_tokens: 24, completion_tokens: 180, total_tokens: 204 };

function whole(document: object): Buffer {
  const body = JSON.stringify(document);
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}

/** Head, then every event as a chunk of its own, then the end of the chunked body. */
function streamed(events: readonly string[]): readonly Buffer[] {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
  const chunks = events.map((event) => `${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`);
  return [head, ...chunks, '0\r\n\r\n'].map((text) => Buffer.from(text));
}

export const OPENAI_WHOLE = whole({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'bench-1',
  choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, logprobs: null, finish_reason: 'stop' }],
  usage: USAGE,
});

const openaiChunk = (choices: readonly object[], usage?: object): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'bench-1', choices, ...(usage === undefined ? {} : { usage }) })}\n\n`;

export const OPENAI_STREAM = streamed([
  openaiChunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
  ...Array.from({ length: STREAM_PIECES }, (_, piece) =>
    openaiChunk([{ index: 0, delta: { content: ` piece ${piece} of it` }, finish_reason: null }]),
  ),
  openaiChunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  openaiChunk([], USAGE),
  'data: [DONE]\n\n',
]);

export const ANTHROPIC_WHOLE = whole({
  id: 'msg_bench',
  type: 'message',
  role: 'assistant',
  model: 'bench-1',
  content: [{ type: 'text', text: TEXT }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 24, output_tokens: 180 },
});

const anthropicEvent = (type: string, data: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

export const ANTHROPIC_STREAM = streamed([
  anthropicEvent('message_start', {
    message: {
      id: 'msg_bench',
      type: 'message',
      role: 'assistant',
      model: 'bench-1',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 24, output_tokens: 1 },
    },
  }),
  anthropicEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ...Array.from({ length: STREAM_PIECES }, (_, piece) =>
    anthropicEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text: ` piece ${piece} of it` } }),
  ),
  anthropicEvent('content_block_stop', { index: 0 }),
  anthropicEvent('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 180 },
  }),
  anthropicEvent('message_stop', {}),
]);
