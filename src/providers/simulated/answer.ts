/** What a simulated model answers: it echoes, calls the tools that the prompt speaks of, and fits what was asked for. */
import type { AssistantPart, GenerationRequest, Message, Tool, ToolCallPart } from '../../core/generation.ts';
import type { FinishReason, GenerationReply } from '../../core/reply.ts';
import type { TokenCounts } from '../../core/usage.ts';
import { valueFor } from './from-schema.ts';
import type { Script } from './script.ts';

/** Text of the prompt that is repeated, in letters. */
const ECHO_LETTERS = 200;
const MOST_CALLS = 8;

export interface Answer {
  /** Words with the blank behind them; joined they are the text. */
  readonly words: readonly string[];
  readonly isRefusal: boolean;
  readonly calls: readonly ToolCallPart[];
  readonly finish: FinishReason;
  readonly stopSequence?: string;
  readonly tokens: TokenCounts;
}

export interface Asked {
  readonly request: GenerationRequest;
  readonly model: string;
  readonly maxOutputTokens: number;
  readonly inputTokens: number;
}

/** The last text that the user said; empty where there is none. */
export function lastPrompt(messages: readonly Message[]): string {
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at];
    if (message?.role !== 'user') continue;
    return message.content.map((part) => (part.kind === 'text' ? part.text : '')).join(' ');
  }
  return '';
}

export function answerTo(asked: Asked, script: Script): Answer {
  const { request, inputTokens } = asked;
  if (script.answer === 'empty') return ended([], 'stop', inputTokens);
  if (script.answer === 'refusal') {
    return { ...ended(wordsOf('I cannot help with that.'), 'refusal', inputTokens), isRefusal: true };
  }
  const calls = callsFor(request);
  if (calls.length > 0) return called(calls, asked);
  const text = textFor(asked);
  const full = repeated(wordsOf(text), script.tokens);
  const [words, stopSequence] = stopped(full, request.sampling.stop);
  if (stopSequence !== undefined) return { ...ended(words, 'stop_sequence', inputTokens), stopSequence };
  const most = Math.min(
    asked.maxOutputTokens,
    script.answer === 'truncated' ? Math.ceil(words.length / 2) : asked.maxOutputTokens,
  );
  if (words.length > most || script.answer === 'truncated') {
    return ended(words.slice(0, most), 'length', inputTokens);
  }
  return ended(words, 'stop', inputTokens);
}

/** The same answer as one document. */
export function replyOf(answer: Answer, id: string, model: string): GenerationReply {
  const text = answer.words.join('');
  const parts: readonly AssistantPart[] = text === '' ? [] : [{ kind: answer.isRefusal ? 'refusal' : 'text', text }];
  return {
    kind: 'generation',
    id,
    model,
    content: [...parts, ...answer.calls],
    finish: answer.finish,
    ...(answer.stopSequence === undefined ? undefined : { stopSequence: answer.stopSequence }),
    usage: { kind: 'exact', tokens: answer.tokens },
  };
}

function ended(words: readonly string[], finish: FinishReason, input: number): Answer {
  return { words, isRefusal: false, calls: [], finish, tokens: { input, output: words.length } };
}

function called(calls: readonly ToolCallPart[], { inputTokens, maxOutputTokens }: Asked): Answer {
  const output = calls.reduce((sum, call) => sum + Math.ceil((call.name.length + call.arguments.length) / 4), 0);
  const tokens = { input: inputTokens, output: Math.min(output, maxOutputTokens) };
  return { words: [], isRefusal: false, calls, finish: 'tool_calls', tokens };
}

function textFor({ request, model }: Asked): string {
  const { output, messages } = request;
  if (output.kind === 'json_schema') return JSON.stringify(valueFor(output.schema));
  const said = lastPrompt(messages).slice(0, ECHO_LETTERS);
  if (output.kind === 'json') return JSON.stringify({ model, you_said: said });
  const last = messages.at(-1);
  if (last?.role === 'tool') return `The simulated ${model} has read ${last.results.length} tool results.`;
  return said === '' ? `The simulated ${model} says hello.` : `The simulated ${model} heard: ${said}`;
}

/** Tools that were forced, or that the user speaks of; none where results were just given. */
function callsFor({ messages, tools, toolChoice, parallelToolCalls }: GenerationRequest): readonly ToolCallPart[] {
  if (tools.length === 0 || toolChoice?.kind === 'none') return [];
  if (toolChoice?.kind === 'tool') return tools.filter(({ name }) => name === toolChoice.name).map(call);
  const answered = messages.at(-1)?.role === 'tool';
  const prompt = answered ? '' : lastPrompt(messages).toLowerCase();
  const meant = tools.filter(({ name }) => speaksOf(prompt, name));
  const wanted = meant.length === 0 && toolChoice?.kind === 'required' ? tools.slice(0, 1) : meant;
  return wanted.slice(0, parallelToolCalls === false ? 1 : MOST_CALLS).map(call);
}

/** `get_weather` is meant by its name, and by "weather". */
const speaksOf = (prompt: string, tool: string): boolean =>
  tool
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => word.length >= 5 && prompt.includes(word)) || prompt.includes(tool.toLowerCase());

const call = ({ name, parameters }: Tool, index: number): ToolCallPart => ({
  kind: 'tool_call',
  id: `call_simulated_${index}`,
  name,
  arguments: JSON.stringify(valueFor({ type: 'object', ...parameters })),
});

const wordsOf = (text: string): readonly string[] => text.match(/\S+\s*|\s+/g) ?? [];

function repeated(words: readonly string[], tokens: number | undefined): readonly string[] {
  if (tokens === undefined) return words;
  return Array.from({ length: tokens }, (_, at) => (words[at % words.length] ?? 'word').trimEnd().concat(' '));
}

/** Cuts before the first stop sequence. */
function stopped(
  words: readonly string[],
  stop: readonly string[] | undefined,
): readonly [readonly string[], string | undefined] {
  if (stop === undefined || stop.length === 0) return [words, undefined];
  const text = words.join('');
  let first = -1;
  let found: string | undefined;
  for (const one of stop) {
    const at = one === '' ? -1 : text.indexOf(one);
    if (at !== -1 && (first === -1 || at < first)) [first, found] = [at, one];
  }
  return found === undefined ? [words, undefined] : [wordsOf(text.slice(0, first)), found];
}
