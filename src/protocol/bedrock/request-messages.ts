/**
 * Messages → `system` and `messages` of Converse. Turns of user and assistant alternate there and start with the user,
 * so neighbours of one role are joined; instructions from anywhere stand in `system`, in their order. Blank texts are
 * left out, because Converse refuses them. Thoughts go back to Claude alone, and only with its signature.
 */
import type {
  AssistantPart,
  CacheMark,
  GenerationRequest,
  Message,
  ReasoningPart,
  ToolResult,
  UserPart,
} from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { carriesOver } from '../anthropic/thinking.ts';
import { writeToolId } from '../anthropic/tool-id.ts';
import { toolInput } from '../anthropic/tool-input.ts';
import { shortCallId } from '../tool-call-id.ts';
import { type Refuse, writeAudio, writeDocument, writeImage } from './media.ts';
import type { ModelFamily } from './model-family.ts';

/** A type and not an interface: it is JSON. */
type Turn = { readonly role: 'user' | 'assistant'; readonly content: JsonObject[] };

export interface WrittenMessages {
  readonly system: readonly JsonObject[];
  readonly messages: readonly Turn[];
  /** Tools that were called in the history. */
  readonly calledTools: ReadonlySet<string>;
}

export function writeMessages(request: GenerationRequest, family: ModelFamily, refuse: Refuse): WrittenMessages {
  const writer = new MessageWriter(request, family, refuse);
  for (const message of request.messages) writer.write(message);
  return writer.end();
}

/** A class because parts of many messages go to the same few lists. */
class MessageWriter {
  readonly #request: GenerationRequest;
  readonly #family: ModelFamily;
  readonly #refuse: Refuse;
  readonly #system: JsonObject[] = [];
  readonly #turns: Turn[] = [];
  readonly #calledTools = new Set<string>();
  readonly #documentNames = new Set<string>();

  constructor(request: GenerationRequest, family: ModelFamily, refuse: Refuse) {
    this.#request = request;
    this.#family = family;
    this.#refuse = refuse;
  }

  write(message: Message): void {
    switch (message.role) {
      case 'system':
        for (const part of message.content) this.#text(this.#system, part.text, part.cache);
        return;
      case 'user':
        this.#add('user', (to) => {
          for (const part of message.content) this.#userPart(to, part);
        });
        return;
      case 'assistant':
        this.#add('assistant', (to) => {
          for (const part of message.content) this.#assistantPart(to, part);
        });
        return;
      case 'tool':
        this.#add('user', (to) => {
          for (const result of message.results) this.#toolResult(to, result);
        });
        return;
    }
  }

  end(): WrittenMessages {
    let system = this.#system;
    const turns = this.#turns;
    // Nothing but instructions: they are what is asked.
    if (turns.length === 0 && system.length > 0) {
      turns.push({ role: 'user', content: system });
      system = [];
    }
    if (turns.length === 0) this.#refuse('messages without content');
    if (turns[0]?.role === 'assistant') this.#refuse('a conversation that starts with the assistant');
    return { system, messages: turns, calledTools: this.#calledTools };
  }

  #add(role: Turn['role'], fill: (content: JsonObject[]) => void): void {
    const last = this.#turns.at(-1);
    if (last?.role === role) {
      fill(last.content);
      return;
    }
    const turn: Turn = { role, content: [] };
    fill(turn.content);
    if (turn.content.length > 0) this.#turns.push(turn);
  }

  #userPart(to: JsonObject[], part: UserPart): void {
    switch (part.kind) {
      case 'text':
        this.#text(to, part.text, part.cache);
        return;
      case 'image':
        to.push(writeImage(part, this.#refuse));
        this.#cache(to, part.cache);
        return;
      case 'document':
        to.push(writeDocument(part, this.#documentNames, this.#refuse));
        this.#cache(to, part.cache);
        return;
      case 'audio':
        to.push(writeAudio(part, this.#refuse));
        return;
    }
  }

  #assistantPart(to: JsonObject[], part: AssistantPart): void {
    switch (part.kind) {
      case 'text':
        this.#text(to, part.text, part.cache);
        return;
      case 'refusal':
        this.#text(to, part.text, undefined);
        return;
      case 'reasoning':
        if (this.#family.kind === 'claude' && carriesOver(this.#request, part)) to.push(writeThought(part));
        return;
      case 'tool_call': {
        this.#calledTools.add(part.name);
        to.push({ toolUse: { toolUseId: toolUseId(part.id), name: part.name, input: toolInput(part.arguments) } });
        this.#cache(to, part.cache);
        return;
      }
    }
  }

  #toolResult(to: JsonObject[], result: ToolResult): void {
    const content: JsonObject[] = [];
    for (const part of result.content) {
      // A mark inside of a result has no place; where the result has one of its own, that one counts.
      if (part.kind === 'text') this.#text(content, part.text, undefined);
      else if (part.kind === 'image') content.push(writeImage(part, this.#refuse));
      else content.push(writeDocument(part, this.#documentNames, this.#refuse));
    }
    const status = result.isError === true ? { status: 'error' } : undefined;
    to.push({ toolResult: { toolUseId: toolUseId(result.callId), content, ...status } });
    this.#cache(to, result.cache);
  }

  #text(to: JsonObject[], text: string, cache: CacheMark | undefined): void {
    if (text.trim() === '') return;
    to.push({ text });
    this.#cache(to, cache);
  }

  #cache(to: JsonObject[], cache: CacheMark | undefined): void {
    const point = cachePoint(cache, this.#family);
    if (point !== undefined) to.push(point);
  }
}

const MAX_ID_CHARS = 64;

const toolUseId = (id: string): string => shortCallId(writeToolId(id), MAX_ID_CHARS);

const writeThought = ({ text, signature, redacted }: ReasoningPart): JsonObject =>
  redacted === undefined
    ? { reasoningContent: { reasoningText: { text, signature: signature ?? '' } } }
    : { reasoningContent: { redactedContent: redacted } };

/** Models without a cache refuse the mark; for them it is left out, which changes the price and not the answer. */
export function cachePoint(cache: CacheMark | undefined, family: ModelFamily): JsonObject | undefined {
  if (cache === undefined) return undefined;
  if (family.kind !== 'claude' && family.kind !== 'nova') return undefined;
  const hour = cache.lifetime === '1h' && family.kind === 'claude';
  return { cachePoint: { type: 'default', ...(hour ? { ttl: '1h' } : undefined) } };
}
