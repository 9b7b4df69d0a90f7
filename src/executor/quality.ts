/**
 * Whether an answer is one. Poor is an answer that is empty, cut before its cap, a refusal, not the JSON that was asked
 * for, or that calls a tool with arguments which are no JSON object. What came whole is judged before it reaches the
 * client; a stream when it ended, for the target's health.
 *
 * Cut means: the model stopped for length and yet wrote less than it was allowed to, such as at the end of its window.
 * An answer that filled its cap is what was asked for, be the cap the caller's or policy's: another target under the
 * same cap would be cut as well.
 */
import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { GenerationRequest, ModelRequest } from '../core/generation.ts';
import { isJsonObject } from '../core/json.ts';
import type { FinishReason, GenerationReply, ModelReply } from '../core/reply.ts';
import type { MeteredUsage } from '../core/usage.ts';
import type { SchemaCheck } from './schema-check.ts';

export type Assessment =
  /** `quality` absent: this kind of answer says nothing of it. */
  | { readonly kind: 'good'; readonly quality?: number }
  | { readonly kind: 'poor'; readonly quality: number; readonly failure: AttemptFailure };

/** What there is to judge of an answer. */
export interface Seen {
  readonly finish: FinishReason | undefined;
  readonly usage: MeteredUsage;
  /** Something that a reader can use: text, a tool call, or what nobody here can read. */
  readonly hasAnswer: boolean;
  readonly refused: boolean;
  /** All of it; undefined: not known. */
  readonly text: string | undefined;
  readonly toolArguments: readonly string[];
}

export interface Judge {
  reply(reply: ModelReply, request: ModelRequest, maxOutputTokens: number): Assessment;
  /** @param seen is asked only where the request has an answer to judge */
  stream(seen: () => Seen, request: ModelRequest, maxOutputTokens: number): Assessment;
}

const GOOD: Assessment = { kind: 'good', quality: 1 };
const UNJUDGED: Assessment = { kind: 'good' };
const EMPTY = poor(0, 'the answer is empty');
const CUT = poor(0.5, 'the answer was cut before its cap');
const REFUSED = poor(0.5, 'the model refused');
const NO_JSON = poor(0.25, 'the answer is not the JSON that was asked for');
const MISFIT = poor(0.25, "the answer does not fit the caller's schema");
const BAD_ARGUMENTS = poor(0.25, 'a tool call has arguments that are no JSON object');
const FILTERED: Assessment = {
  kind: 'poor',
  quality: 0.5,
  failure: { outcome: 'content_filter', message: "the provider's filter cut the answer" },
};
/** Longer arguments are not parsed a second time. */
const MAX_ARGUMENT_CHARS = 1_048_576;

export function createJudge(schemas: SchemaCheck): Judge {
  return {
    reply(reply, request, maxOutputTokens) {
      if (reply.kind !== 'generation' || request.kind !== 'generation') return UNJUDGED;
      return judged(seenOf(reply, request), request, maxOutputTokens, schemas);
    },
    stream(seen, request, maxOutputTokens) {
      return request.kind === 'generation' ? judged(seen(), request, maxOutputTokens, schemas) : UNJUDGED;
    },
  };
}

function judged(seen: Seen, request: GenerationRequest, maxOutputTokens: number, schemas: SchemaCheck): Assessment {
  const { finish, usage, text } = seen;
  switch (finish) {
    case 'content_filter':
      return FILTERED;
    case 'refusal':
      return REFUSED;
    case 'length': {
      const early = usage.kind === 'exact' && isEarly(usage.tokens.output, maxOutputTokens);
      return early ? CUT : UNJUDGED;
    }
    case 'pause':
    case 'stop_sequence':
      return UNJUDGED;
    case 'stop':
    case 'tool_calls':
    case undefined:
      break;
  }
  if (seen.refused) return REFUSED;
  if (!seen.hasAnswer) return EMPTY;
  for (const one of seen.toolArguments) if (!areArguments(one)) return BAD_ARGUMENTS;
  // Beside tool calls, text is no final answer.
  if (text === undefined || seen.toolArguments.length > 0 || finish === 'tool_calls') return GOOD;
  const { output } = request;
  switch (output.kind) {
    case 'text':
      return GOOD;
    case 'json':
      return isJsonObject(parsed(text)) ? GOOD : NO_JSON;
    case 'json_schema':
      return schemas.check(output.schema, text) === 'misfit' ? MISFIT : GOOD;
  }
}

function seenOf({ content, finish, usage, opaque, raw }: GenerationReply, request: GenerationRequest): Seen {
  const hasMore = opaque === true && raw !== undefined;
  const wantsText = request.output.kind !== 'text';
  let text = '';
  let hasAnswer = hasMore;
  let refused = false;
  let toolArguments = NO_ARGUMENTS;
  for (const part of content) {
    switch (part.kind) {
      case 'text':
        hasAnswer ||= part.text.length > 0;
        if (wantsText) text += part.text;
        break;
      case 'tool_call':
        hasAnswer = true;
        toolArguments = [...toolArguments, part.arguments];
        break;
      case 'refusal':
        refused = true;
        break;
      case 'reasoning':
        break;
    }
  }
  return { finish, usage, hasAnswer, refused, text: hasMore && text === '' ? undefined : text, toolArguments };
}

const NO_ARGUMENTS: readonly string[] = [];

/** Nothing at all is how many models write "no arguments". */
function areArguments(text: string): boolean {
  return text === '' || text.length > MAX_ARGUMENT_CHARS || isJsonObject(parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Vendors count a token or two differently from what they cap. */
const isEarly = (outputTokens: number, maxOutputTokens: number): boolean =>
  outputTokens + 2 + maxOutputTokens / 32 < maxOutputTokens;

function poor(quality: number, message: string): Assessment {
  return { kind: 'poor', quality, failure: { outcome: 'degraded', message } };
}
