/**
 * Events → chunks of a chat completion: the role first, pieces of the answer, why it stopped, the usage where the caller
 * asked for it, `[DONE]`. The parts of a chunk that never change are written once a stream.
 */
import type { Failure } from '../../core/failure.ts';
import type { GenerationRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import type { TokenCounts } from '../../core/usage.ts';
import type { ReplyIdentity, StreamWriter } from '../protocol.ts';
import { objectAt } from '../vendor-document.ts';
import { writeFinish } from './finish-reason.ts';
import { writeUsage } from './usage.ts';
import { writeStreamError } from './write-error.ts';

export function createStreamWriter(request: GenerationRequest, identity: ReplyIdentity): StreamWriter {
  return new Writer(request, identity);
}

/** A class because it is one object a stream, called for every event. */
class Writer implements StreamWriter {
  readonly #wantsUsage: boolean;
  readonly #identity: ReplyIdentity;
  readonly #model: string;
  /** Up to the choices. */
  #head = '';
  /** Up to the delta. */
  #open = '';
  readonly #close: string;
  #usage: TokenCounts | undefined;
  #refused = false;

  constructor(request: GenerationRequest, identity: ReplyIdentity) {
    this.#wantsUsage = wantsUsage(request);
    this.#identity = identity;
    this.#model = request.model ?? '';
    // Every chunk but the last has the field where the caller asked for it.
    this.#close = `,"logprobs":null,"finish_reason":null}]${this.#wantsUsage ? ',"usage":null' : ''}}\n\n`;
  }

  write(event: StreamEvent): string {
    if (event.kind === 'text') return this.#started() + this.#delta(`{"content":${JSON.stringify(event.text)}}`);
    return this.#other(event);
  }

  fail(failure: Failure): string {
    return `data: ${JSON.stringify(writeStreamError(failure))}\n\n`;
  }

  #other(event: Exclude<StreamEvent, { kind: 'text' }>): string {
    switch (event.kind) {
      case 'start':
        return this.#head === '' ? this.#start(event.id, event.model) : '';
      case 'reasoning':
        return this.#started() + this.#delta(`{"reasoning_content":${JSON.stringify(event.text)}}`);
      case 'refusal':
        this.#refused = true;
        return this.#started() + this.#delta(`{"refusal":${JSON.stringify(event.text)}}`);
      case 'tool_call': {
        const { index, id, name } = event;
        return this.#started() + this.#call({ index, id, type: 'function', function: { name, arguments: '' } });
      }
      case 'tool_arguments':
        return this.#started() + this.#call({ index: event.index, function: { arguments: event.text } });
      case 'finish': {
        const reason = JSON.stringify(writeFinish(event.reason, { refusal: this.#refused }));
        const usage = this.#wantsUsage ? ',"usage":null' : '';
        return `${this.#started()}${this.#open}{},"logprobs":null,"finish_reason":${reason}}]${usage}}\n\n`;
      }
      case 'usage':
        this.#usage = event.tokens;
        return '';
      case 'end':
        return `${this.#started()}${this.#lastUsage()}data: [DONE]\n\n`;
      // Signed and encrypted thoughts have no word here; bytes are relayed by others; an error is told by `fail`.
      case 'reasoning_signature':
      case 'reasoning_redacted':
      case 'output':
      case 'error':
        return '';
    }
  }

  /** The first chunk, where no vendor told the start. */
  #started(): string {
    return this.#head === '' ? this.#start('', '') : '';
  }

  #start(id: string, model: string): string {
    const head = JSON.stringify({
      id: id === '' ? this.#identity.id : id,
      object: 'chat.completion.chunk',
      created: this.#identity.createdS,
      model: model === '' ? this.#model : model,
    });
    this.#head = `data: ${head.slice(0, -1)},"choices":[`;
    this.#open = `${this.#head}{"index":0,"delta":`;
    return this.#delta('{"role":"assistant","content":"","refusal":null}');
  }

  #delta(delta: string): string {
    return this.#open + delta + this.#close;
  }

  #call(call: JsonObject): string {
    return this.#delta(`{"tool_calls":[${JSON.stringify(call)}]}`);
  }

  #lastUsage(): string {
    if (!this.#wantsUsage || this.#usage === undefined) return '';
    const { tier } = this.#usage;
    const sold = tier === undefined ? '' : `,"service_tier":${JSON.stringify(tier)}`;
    return `${this.#head}],"usage":${JSON.stringify(writeUsage(this.#usage))}${sold}}\n\n`;
  }
}

/** Whether the caller asked for the chunk with the usage. */
export const wantsUsage = ({ protocol, body }: GenerationRequest): boolean =>
  protocol === 'openai-chat' && objectAt(body, 'stream_options')?.['include_usage'] === true;
