/** A conversation as the table of requests holds it: once in the words of core, once in the spelling of each door. */
import type { Message } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { FrontName } from './front.ts';
import type { VendorName } from './vendors.ts';
import type { RequestWords } from './words.ts';

export interface Spelling {
  readonly body: JsonObject;
  /** Where this door has other words for it. */
  readonly words?: Partial<RequestWords>;
  /** What has no word in core, by name. */
  readonly unkept?: readonly string[];
}

/** What a vendor's protocol cannot hold and does not refuse, since the answer is the same without it. */
export type Loss = (words: RequestWords) => RequestWords;

export interface Conversation {
  readonly name: string;
  readonly words: Partial<RequestWords>;
  /** By door; a door that is absent has no spelling for it. */
  readonly spelled: Readonly<Partial<Record<FrontName, Spelling>>>;
  /** By vendor, exactly; absent: the vendor can say all of it. */
  readonly refused?: Readonly<Partial<Record<VendorName, readonly string[]>>>;
  /** By vendor, each with its name. */
  readonly lost?: Readonly<Partial<Record<VendorName, Readonly<Record<string, Loss | Partial<RequestWords>>>>>>;
  /** The same where it hangs on the door, too. */
  readonly lostOf?: Readonly<Partial<Record<FrontName, Conversation['lost'] & {}>>>;
  /** What stays behind even between a door and a vendor of the same protocol. */
  readonly lostSame?: Readonly<Record<string, Loss>>;
  /** The bodies of vendors that nobody reads back, but for what every body has; by door where doors differ. */
  readonly golden: Readonly<Partial<Record<VendorName, JsonObject>>>;
  readonly goldenOf?: Readonly<Partial<Record<FrontName, Readonly<Partial<Record<VendorName, JsonObject>>>>>>;
}

export const CHATS = ['openai', 'compatible', 'vllm', 'deepseek', 'thoughtful'] as const;
/** Who caches unasked, and takes no thoughts of others. */
export const OPENAIS = [...CHATS, 'responses'] as const;
export const CLAUDES = ['anthropic', 'claude-4-6'] as const;

/** The same for several vendors. */
export function each<Name extends VendorName, Value>(names: readonly Name[], value: Value): Record<Name, Value> {
  // Every name is given its value.
  return Object.fromEntries(names.map((name) => [name, value])) as Record<Name, Value>;
}

const messagesOf =
  (change: (message: Message) => Message | undefined): Loss =>
  (words) => ({
    ...words,
    messages: words.messages.flatMap((message) => change(message) ?? []),
  });

const without = <Part extends object>(name: string, part: Part): Part => {
  const { [name]: _, ...rest } = part as Record<string, unknown>;
  // What is taken out is optional everywhere.
  return rest as Part;
};

export const CACHE_MARKS: Loss = (words) => {
  // Marks are the only fields of this name.
  const messages = JSON.parse(JSON.stringify(words.messages), (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? without('cache', value) : value,
  );
  return { ...words, messages, tools: words.tools.map((tool) => without('cache', tool)) };
};

export const ERROR_FLAGS: Loss = messagesOf((message) =>
  message.role === 'tool'
    ? { ...message, results: message.results.map((result) => without('isError', result)) }
    : message,
);

export const THOUGHTS: Loss = messagesOf((message) =>
  message.role === 'assistant'
    ? { ...message, content: message.content.filter(({ kind }) => kind !== 'reasoning') }
    : message,
);

/** Instructions stand before everything else, in one turn. */
export const PLACE_OF_INSTRUCTIONS: Loss = (words) => {
  const content = words.messages.flatMap((message) => (message.role === 'system' ? message.content : []));
  const rest = words.messages.filter(({ role }) => role !== 'system');
  return { ...words, messages: [{ role: 'system', content }, ...rest] };
};

export const IMAGE_DETAIL: Loss = messagesOf((message) =>
  message.role === 'user' ? { ...message, content: message.content.map((part) => without('detail', part)) } : message,
);

export const TOOL_STRICTNESS_FALSE: Loss = (words) => ({
  ...words,
  tools: words.tools.map((tool) => (tool.strict === false ? without('strict', tool) : tool)),
});

/** A schema is called `output` where it has no name. */
export const SCHEMA_DESCRIPTION: Loss = ({ output, ...words }) => {
  if (output.kind !== 'json_schema') return { ...words, output };
  return { ...words, output: { kind: output.kind, name: 'output', schema: output.schema } };
};

export const REASONING: Loss = (words) => without('reasoning', words);
