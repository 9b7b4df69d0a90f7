/** What a stream brought so far, as far as accounts and the judge of answers need it. */
import type { AttemptFailure } from '../core/attempt-failure.ts';
import { type FinishReason, isOutput, type StreamEvent } from '../core/reply.ts';
import type { MeteredUsage, TokenCounts } from '../core/usage.ts';
import type { Seen } from './quality.ts';

/** Of text, in the mean of languages and code. */
const CHARS_PER_TOKEN = 4;
/** Of a relayed stream, whose messages mostly carry one token each. */
const RELAYED_BYTES_PER_TOKEN = 128;
/** Kept for the judge, of text and of arguments; what is longer is not judged. */
const MAX_KEPT_CHARS = 262_144;
const MAX_KEPT_CALLS = 128;

export class StreamMeter {
  id: string | undefined;
  model: string | undefined;
  finish: FinishReason | undefined;
  hasOutput = false;
  /** The vendor's end marker was seen. */
  ended = false;
  /** What the vendor said broke. */
  error: AttemptFailure | undefined;
  private readonly keepsText: boolean;
  /** UTF-16 units of the answer, all kinds. */
  private chars = 0;
  private keptChars = 0;
  private relayedBytes = 0;
  private hasAnswer = false;
  private refused = false;
  private text = '';
  private readonly toolArguments: string[] = [];
  private tokens: TokenCounts | undefined;
  /** Counted behind the last of the answer. */
  private final = false;

  /** @param keepsText where the answer must be JSON */
  constructor(keepsText: boolean) {
    this.keepsText = keepsText;
  }

  /** @returns how much is new of the answer: characters, or bytes where they are relayed */
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
        this.chars += event.text.length;
        if (event.text.length > 0) this.hasAnswer = true;
        if (this.keepsText && this.keeps(event.text)) this.text += event.text;
        return;
      case 'reasoning':
        this.chars += event.text.length;
        return;
      case 'refusal':
        this.chars += event.text.length;
        this.refused = true;
        return;
      case 'reasoning_redacted':
        this.chars += event.data.length;
        return;
      case 'tool_call':
        this.chars += event.name.length;
        this.hasAnswer = true;
        if (event.index >= 0 && event.index < MAX_KEPT_CALLS) this.toolArguments[event.index] ??= '';
        return;
      case 'tool_arguments': {
        this.chars += event.text.length;
        const known = this.toolArguments[event.index];
        if (known !== undefined && this.keeps(event.text)) this.toolArguments[event.index] = known + event.text;
        return;
      }
      case 'output':
        this.hasAnswer = true;
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
        return;
    }
  }

  private keeps(text: string): boolean {
    this.keptChars += text.length;
    return this.keptChars <= MAX_KEPT_CHARS;
  }

  /** Tokens written so far, by their length. */
  get writtenTokens(): number {
    return this.chars > 0 ? this.chars / CHARS_PER_TOKEN : this.relayedBytes / RELAYED_BYTES_PER_TOKEN;
  }

  /** What of it can be judged: nothing of what was relayed undecoded or is too long. */
  seen(): Seen {
    const whole = this.keptChars <= MAX_KEPT_CHARS && this.relayedBytes === 0;
    return {
      finish: this.finish,
      usage: this.tokens === undefined ? UNKNOWN : { kind: 'exact', tokens: this.tokens },
      hasAnswer: this.hasAnswer,
      refused: this.refused,
      text: whole && this.keepsText ? this.text : undefined,
      toolArguments: whole ? this.toolArguments.filter((one) => one !== undefined) : [],
    };
  }

  /**
   * The vendor's count is exact where it is its last word. Where the stream broke before, what was seen is counted by
   * its length; where nothing was seen, nobody knows.
   */
  usage(inputTokens: number, maxOutputTokens: number): MeteredUsage {
    const { tokens } = this;
    if (tokens !== undefined && (this.ended || this.final)) return { kind: 'exact', tokens };
    if (tokens === undefined && !this.hasOutput) return UNKNOWN;
    const written = Math.max(1, Math.ceil(this.writtenTokens));
    // A length is off by less than half: beyond that, the vendor wrote more than it was asked for.
    const seen = this.hasOutput ? (written > 2 * maxOutputTokens ? written : Math.min(written, maxOutputTokens)) : 0;
    const output = Math.max(tokens?.output ?? 0, seen);
    return { kind: 'estimated', tokens: tokens === undefined ? { input: inputTokens, output } : { ...tokens, output } };
  }
}

const UNKNOWN: MeteredUsage = { kind: 'unknown' };
