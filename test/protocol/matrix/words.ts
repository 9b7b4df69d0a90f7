/** What of requests and replies is compared: the words of core, without what only one protocol or one run has. */
import assert from 'node:assert/strict';
import type { AssistantPart, GenerationRequest } from '../../../src/core/generation.ts';
import type { GenerationReply, StreamEvent } from '../../../src/core/reply.ts';
import type { MeteredUsage, TokenCounts } from '../../../src/core/usage.ts';

export type RequestWords = Omit<
  GenerationRequest,
  'kind' | 'protocol' | 'model' | 'body' | 'unkept' | 'maxOutputTokens'
>;

/** The cap and the model are not among them: every vendor is told others than were asked for. */
export function requestWords(request: GenerationRequest): RequestWords {
  const { kind: _k, protocol: _p, model: _m, body: _b, unkept: _u, maxOutputTokens: _c, ...words } = request;
  return words;
}

export const PLAIN_WORDS: RequestWords = {
  messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }],
  tools: [],
  output: { kind: 'text' },
  sampling: {},
  stream: false,
};

export interface ReplyWords {
  readonly content: readonly AssistantPart[];
  readonly finish: GenerationReply['finish'];
  readonly stopSequence?: string;
  readonly usage: MeteredUsage;
}

/** A count of a part that is 0 is the same as none: it costs nothing. */
export function replyWords({ content, finish, stopSequence, usage }: Omit<GenerationReply, 'kind'>): ReplyWords {
  return {
    content,
    finish,
    ...(stopSequence === undefined ? undefined : { stopSequence }),
    usage: usage.kind === 'unknown' ? usage : { kind: usage.kind, tokens: withoutZeros(usage.tokens) },
  };
}

function withoutZeros({ input, output, ...parts }: TokenCounts): TokenCounts {
  const counted = Object.entries(parts).filter(([, count]) => count !== 0);
  return { input, output, ...Object.fromEntries(counted) };
}

/** A reply from the events of a stream, which must be in the order that core promises, and end. */
export function accumulated(events: readonly StreamEvent[]): GenerationReply {
  assert.equal(events[0]?.kind, 'start', 'a stream begins with its start');
  assert.equal(events.at(-1)?.kind, 'end', 'a stream ends with its end');
  const reply = new Accumulated();
  for (const event of events) reply.take(event);
  return reply.whole();
}

/** A class because every event changes it. */
class Accumulated {
  #name: { readonly id: string; readonly model: string } | undefined;
  readonly #parts: AssistantPart[] = [];
  /** Number of a call → where it stands. */
  readonly #calls: number[] = [];
  #finish: { readonly reason: GenerationReply['finish']; readonly stopSequence?: string } | undefined;
  #usage: MeteredUsage = { kind: 'unknown' };
  #isClosed = false;

  take(event: StreamEvent): void {
    switch (event.kind) {
      case 'start':
        assert.equal(this.#name, undefined, 'one start');
        this.#name = { id: event.id, model: event.model };
        return;
      case 'text':
      case 'refusal':
      case 'reasoning':
        this.#say(event);
        return;
      case 'reasoning_signature':
        this.#sign(event.signature);
        return;
      case 'reasoning_redacted':
        this.#parts.push({ kind: 'reasoning', text: '', redacted: event.data });
        this.#isClosed = true;
        return;
      case 'tool_call':
        assert.equal(event.index, this.#calls.length, 'calls are counted from 0');
        this.#calls.push(this.#parts.length);
        this.#parts.push({ kind: 'tool_call', id: event.id, name: event.name, arguments: '' });
        return;
      case 'tool_arguments':
        this.#argue(event.index, event.text);
        return;
      case 'usage':
        this.#usage = { kind: 'exact', tokens: event.tokens };
        return;
      case 'finish': {
        assert.equal(this.#finish, undefined, 'one finish');
        const { kind: _, ...finish } = event;
        this.#finish = finish;
        return;
      }
      case 'end':
        assert.notEqual(this.#finish, undefined, 'a finish before the end');
        return;
      case 'output':
      case 'error':
        assert.fail(`${event.kind} in a whole stream: ${JSON.stringify(event)}`);
    }
  }

  whole(): GenerationReply {
    assert.ok(this.#name !== undefined && this.#finish !== undefined);
    const { reason, ...stop } = this.#finish;
    return {
      kind: 'generation',
      ...this.#name,
      content: this.#parts,
      finish: reason,
      ...stop,
      usage: this.#usage,
    };
  }

  #say(event: Extract<StreamEvent, { kind: 'text' | 'refusal' | 'reasoning' }>): void {
    const last = this.#parts.at(-1);
    const goesOn = last?.kind === event.kind && !this.#isClosed;
    this.#isClosed = false;
    if (goesOn) this.#parts.splice(-1, 1, { ...last, text: last.text + event.text });
    else this.#parts.push({ kind: event.kind, text: event.text });
  }

  #sign(signature: string): void {
    const last = this.#parts.at(-1);
    if (last?.kind === 'reasoning' && !this.#isClosed) this.#parts.splice(-1, 1, { ...last, signature });
    else this.#parts.push({ kind: 'reasoning', text: '', signature });
    this.#isClosed = true;
  }

  #argue(index: number, text: string): void {
    const at = this.#calls[index];
    const call = at === undefined ? undefined : this.#parts[at];
    assert.ok(at !== undefined && call?.kind === 'tool_call', `arguments of call ${index}, which did not start`);
    this.#parts.splice(at, 1, { ...call, arguments: call.arguments + text });
  }
}
