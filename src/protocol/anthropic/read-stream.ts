/**
 * Messages of an Anthropic stream → events. Unknown events, blocks and deltas are passed over, as Anthropic asks of its
 * readers; what contradicts the order of a stream ends it with a failure. It is whole only at `message_stop`.
 * Source: API reference, "Streaming messages".
 */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import type { StreamReader } from '../protocol.ts';
import { countAt, malformed, objectAt, parseDocument, textAt } from '../vendor-document.ts';
import { createMessageMeter, type MessageMeter } from './message-meter.ts';

type Block =
  | { readonly kind: 'text' | 'thinking' | 'passed_over' }
  | {
      readonly kind: 'tool';
      /** Among the tool calls of the reply. */
      readonly index: number;
      /** JSON text that came with the block's start; told only if no piece follows. */
      readonly initial: string;
      pieces: boolean;
    };

const NOTHING: readonly StreamEvent[] = [];

export function createStreamReader(): StreamReader {
  const meter: MessageMeter = createMessageMeter();
  const open = new Map<number, Block>();
  let tools = 0;
  let over = false;

  return {
    read(type, data) {
      if (over || type === 'ping') return NOTHING;
      const events = readMessage(type, data);
      const last = events.at(-1)?.kind;
      over = last === 'error' || last === 'end';
      return events;
    },
  };

  function readMessage(type: string, data: string): readonly StreamEvent[] {
    const document = parseDocument(data);
    if (!isJsonObject(document)) return broken('a message is no JSON object');
    const kind = textAt(document, 'type') ?? type;
    switch (kind) {
      case 'content_block_delta':
        return readDelta(document);
      case 'content_block_start':
        return readStart(document);
      case 'content_block_stop':
        return readStop(document);
      default:
        return meter.read(kind, document);
    }
  }

  function readStart(document: JsonObject): readonly StreamEvent[] {
    if (!meter.isStarted()) return broken('a content block stands before message_start');
    const at = countAt(document, 'index');
    const block = objectAt(document, 'content_block');
    if (at === undefined || block === undefined) return broken('content_block_start has no index or no block');
    if (open.has(at)) return broken(`content block ${at} was started twice`);
    switch (block['type']) {
      case 'text':
        open.set(at, { kind: 'text' });
        return textEvent('text', textAt(block, 'text'));
      case 'thinking': {
        open.set(at, { kind: 'thinking' });
        const signature = textAt(block, 'signature') ?? '';
        const text = textEvent('reasoning', textAt(block, 'thinking'));
        return signature === '' ? text : [...text, { kind: 'reasoning_signature', signature }];
      }
      case 'redacted_thinking':
        open.set(at, { kind: 'passed_over' });
        return [{ kind: 'reasoning_redacted', data: textAt(block, 'data') ?? '' }];
      case 'tool_use': {
        const id = textAt(block, 'id');
        const name = textAt(block, 'name');
        if (id === undefined || name === undefined) return broken('a tool_use block has no id or no name');
        const index = tools++;
        open.set(at, { kind: 'tool', index, initial: JSON.stringify(block['input'] ?? {}), pieces: false });
        return [{ kind: 'tool_call', index, id, name }];
      }
      default:
        open.set(at, { kind: 'passed_over' });
        return NOTHING;
    }
  }

  function readDelta(document: JsonObject): readonly StreamEvent[] {
    const block = open.get(countAt(document, 'index') ?? -1);
    if (block === undefined) return broken('content_block_delta is of no open block');
    const delta = objectAt(document, 'delta');
    switch (delta?.['type']) {
      case 'text_delta':
        return block.kind === 'text' ? textEvent('text', textAt(delta, 'text')) : mismatch(block.kind);
      case 'thinking_delta':
        return block.kind === 'thinking' ? textEvent('reasoning', textAt(delta, 'thinking')) : mismatch(block.kind);
      case 'signature_delta': {
        if (block.kind !== 'thinking') return mismatch(block.kind);
        const signature = textAt(delta, 'signature') ?? '';
        return signature === '' ? NOTHING : [{ kind: 'reasoning_signature', signature }];
      }
      case 'input_json_delta': {
        if (block.kind !== 'tool') return mismatch(block.kind);
        const text = textAt(delta, 'partial_json') ?? '';
        if (text === '') return NOTHING;
        block.pieces = true;
        return [{ kind: 'tool_arguments', index: block.index, text }];
      }
      default:
        return NOTHING;
    }
  }

  /** A block whose tool runs at Anthropic streams its input, too: not ours to tell. */
  function mismatch(kind: Block['kind']): readonly StreamEvent[] {
    return kind === 'passed_over' ? NOTHING : broken(`a delta does not fit its block, which is of kind ${kind}`);
  }

  function readStop(document: JsonObject): readonly StreamEvent[] {
    const at = countAt(document, 'index') ?? -1;
    const block = open.get(at);
    if (block === undefined) return broken('content_block_stop is of no open block');
    open.delete(at);
    if (block.kind !== 'tool' || block.pieces) return NOTHING;
    return [{ kind: 'tool_arguments', index: block.index, text: block.initial }];
  }
}

const textEvent = (kind: 'text' | 'reasoning', text: string | undefined): readonly StreamEvent[] =>
  text === undefined || text === '' ? NOTHING : [{ kind, text }];

const broken = (why: string): readonly StreamEvent[] => [
  { kind: 'error', failure: malformed(`malformed stream: ${why}`) },
];
