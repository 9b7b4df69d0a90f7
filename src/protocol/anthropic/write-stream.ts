/**
 * Events of a reply → the server-sent events of a Messages stream: `message_start`, blocks, `message_delta`,
 * `message_stop`. Blocks follow one another; only tool calls whose arguments a vendor interleaves stay open side by
 * side, told apart by their index. A stream that failed ends with an `error` event and without `message_stop`.
 * Source: API reference, "Streaming messages".
 */
import type { Failure } from '../../core/failure.ts';
import type { FinishReason } from '../../core/reply.ts';
import type { TokenCounts } from '../../core/usage.ts';
import type { ReplyIdentity, StreamWriter } from '../protocol.ts';
import { writeStopReason } from './stop-reason.ts';
import { writeUsage } from './usage.ts';
import { createWholeObject, type WholeObject } from './whole-object.ts';
import { writeStreamError } from './write-error.ts';

interface ToolBlock {
  readonly block: number;
  readonly arguments: WholeObject;
  open: boolean;
}

export function createStreamWriter(identity: ReplyIdentity): StreamWriter {
  /** Held until the vendor's first usage had its chance to come along. */
  let head: { readonly id: string; readonly model: string } | undefined = { id: identity.id, model: '' };
  let tokens: TokenCounts | undefined;
  let finish: FinishReason = 'stop';
  let stopSequence: string | undefined;
  let refused = false;
  let over = false;
  let blocks = 0;
  /** Always the newest block. */
  let open: { readonly kind: 'text' | 'thinking'; readonly block: number } | undefined;
  const tools = new Map<number, ToolBlock>();

  return {
    write(event) {
      if (over) return '';
      switch (event.kind) {
        case 'start':
          head &&= { id: event.id || identity.id, model: event.model };
          return '';
        case 'usage':
          tokens = event.tokens;
          return '';
        case 'output':
        case 'error':
          return '';
        case 'text':
          return event.text === '' ? '' : begin() + textDelta(event.text);
        case 'refusal':
          refused = true;
          return event.text === '' ? '' : begin() + textDelta(event.text);
        case 'reasoning':
          return event.text === '' ? '' : begin() + thinkingDelta(event.text);
        case 'reasoning_signature':
          return begin() + signature(event.signature);
        case 'reasoning_redacted':
          return begin() + redacted(event.data);
        case 'tool_call':
          return begin() + toolStart(event.index, event.id, event.name);
        case 'tool_arguments':
          return event.text === '' ? '' : begin() + toolDelta(event.index, event.text);
        case 'finish':
          finish = event.reason;
          stopSequence = event.stopSequence;
          return begin() + closeAll();
        case 'end':
          return begin() + closeAll() + end();
      }
    },
    fail(failure: Failure) {
      if (over) return '';
      over = true;
      return frame('error', JSON.stringify(writeStreamError(failure)));
    },
  };

  function begin(): string {
    if (head === undefined) return '';
    const message = {
      id: head.id,
      type: 'message',
      role: 'assistant',
      model: head.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: writeUsage(tokens),
    };
    head = undefined;
    return frame('message_start', JSON.stringify({ type: 'message_start', message }));
  }

  function textDelta(text: string): string {
    const before = openBlock('text', '{"type":"text","text":""}');
    return before + delta(blocks - 1, `{"type":"text_delta","text":${JSON.stringify(text)}}`);
  }

  function thinkingDelta(text: string): string {
    const before = openBlock('thinking', '{"type":"thinking","thinking":"","signature":""}');
    return before + delta(blocks - 1, `{"type":"thinking_delta","thinking":${JSON.stringify(text)}}`);
  }

  /** Closes the thought that it signs; a thought that is not shown has a block of its own. */
  function signature(text: string): string {
    const before = openBlock('thinking', '{"type":"thinking","thinking":"","signature":""}');
    return before + delta(blocks - 1, `{"type":"signature_delta","signature":${JSON.stringify(text)}}`) + closeOpen();
  }

  function redacted(data: string): string {
    const before = closeOpen() + closeWholeTools();
    const block = blocks++;
    return before + blockStart(block, `{"type":"redacted_thinking","data":${JSON.stringify(data)}}`) + blockStop(block);
  }

  function toolStart(index: number, id: string, name: string): string {
    const before = closeOpen() + closeWholeTools();
    const block = blocks++;
    tools.set(index, { block, arguments: createWholeObject(), open: true });
    return before + blockStart(block, JSON.stringify({ type: 'tool_use', id, name, input: {} }));
  }

  /** What follows a whole object is no part of it, and its block may be closed: it is left out. */
  function toolDelta(index: number, text: string): string {
    const tool = tools.get(index);
    if (tool === undefined || !tool.open || tool.arguments.isWhole()) return '';
    tool.arguments.take(text);
    return delta(tool.block, `{"type":"input_json_delta","partial_json":${JSON.stringify(text)}}`);
  }

  function openBlock(kind: 'text' | 'thinking', content: string): string {
    if (open?.kind === kind) return '';
    const before = closeOpen() + closeWholeTools();
    const block = blocks++;
    open = { kind, block };
    return before + blockStart(block, content);
  }

  function closeOpen(): string {
    if (open === undefined) return '';
    const { block } = open;
    open = undefined;
    return blockStop(block);
  }

  function closeWholeTools(): string {
    let text = '';
    for (const tool of tools.values()) {
      if (!tool.open || !tool.arguments.isWhole()) continue;
      tool.open = false;
      text += blockStop(tool.block);
    }
    return text;
  }

  function closeAll(): string {
    let text = closeOpen();
    for (const tool of tools.values()) {
      if (tool.open) text += blockStop(tool.block);
      tool.open = false;
    }
    return text;
  }

  function end(): string {
    over = true;
    const document = {
      type: 'message_delta',
      delta: { stop_reason: writeStopReason(finish, refused), stop_sequence: stopSequence ?? null },
      usage: writeUsage(tokens),
    };
    return frame('message_delta', JSON.stringify(document)) + frame('message_stop', '{"type":"message_stop"}');
  }
}

const frame = (type: string, data: string): string => `event: ${type}\ndata: ${data}\n\n`;

const blockStart = (block: number, content: string): string =>
  frame('content_block_start', `{"type":"content_block_start","index":${block},"content_block":${content}}`);

const delta = (block: number, content: string): string =>
  frame('content_block_delta', `{"type":"content_block_delta","index":${block},"delta":${content}}`);

const blockStop = (block: number): string =>
  frame('content_block_stop', `{"type":"content_block_stop","index":${block}}`);
