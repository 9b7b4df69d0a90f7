/** What a stream brought so far, as far as accounts need it. */
import type { AttemptFailure } from '../core/attempt.ts';
import { type FinishReason, isOutput, type StreamEvent } from '../core/reply.ts';
import type { MeteredUsage, TokenCounts } from '../core/usage.ts';

/** Of text, in the mean of languages and code. */
const CHARS_PER_TOKEN = 4;
/** Of a relayed stream, whose messages mostly carry one token each. */
const RELAYED_BYTES_PER_TOKEN = 128;

export class StreamMeter {
  id: string | undefined;
  model: string | undefined;
  finish: FinishReason | undefined;
  hasOutput = false;
  /** The vendor's end marker was seen. */
  ended = false;
  /** What the vendor said broke. */
  error: AttemptFailure | undefined;
  /** UTF-16 units of the answer. */
  chars = 0;
  relayedBytes = 0;
  private tokens: TokenCounts | undefined;
  /** Counted behind the last of the answer. */
  private final = false;

  /** @returns what is new of the answer: its characters, or its bytes where they are relayed */
  note(events: readonly StreamEvent[], raw: Uint8Array | undefined): number {
    const before = this.chars;
    for (const event of events) this.noteOne(event);
    if (raw === undefined) return this.chars - before;
    this.relayedBytes += raw.length;
    return raw.length;
  }

  private noteOne(event: StreamEvent): void {
    if (!this.hasOutput && isOutput(event)) this.hasOutput = true;
    switch (event.kind) {
      case 'start':
        this.id = event.id;
        this.model = event.model;
        return;
      case 'text':
      case 'reasoning':
      case 'refusal':
      case 'tool_arguments':
        this.chars += event.text.length;
        return;
      case 'reasoning_redacted':
        this.chars += event.data.length;
        return;
      case 'tool_call':
        this.chars += event.name.length;
        return;
      case 'usage':
        this.tokens = event.tokens;
        this.final = this.finish !== undefined;
        return;
      case 'finish':
        this.finish = event.reason;
        return;
      case 'error':
        this.error = event.failure;
        return;
      case 'end':
        this.ended = true;
        return;
      case 'reasoning_signature':
      case 'output':
        return;
    }
  }

  /**
   * The vendor's count is exact where it is its last word. Where the stream broke before, what was seen is counted by
   * its length; where nothing was seen, nobody knows.
   */
  usage(inputTokens: number, maxOutputTokens: number): MeteredUsage {
    const { tokens } = this;
    if (tokens !== undefined && (this.ended || this.final)) return { kind: 'exact', tokens };
    if (tokens === undefined && !this.hasOutput) return { kind: 'unknown' };
    const seen = Math.ceil(this.chars > 0 ? this.chars / CHARS_PER_TOKEN : this.relayedBytes / RELAYED_BYTES_PER_TOKEN);
    const output = Math.max(tokens?.output ?? 0, Math.min(this.hasOutput ? Math.max(1, seen) : 0, maxOutputTokens));
    return { kind: 'estimated', tokens: tokens === undefined ? { input: inputTokens, output } : { ...tokens, output } };
  }
}
