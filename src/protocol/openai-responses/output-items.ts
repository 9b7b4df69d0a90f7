/** Items of an answer, as they stand in `output`. An item's id is made of the response's id and its place. */
import type { JsonObject } from '../../core/json.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';
export type ItemKind = 'msg' | 'fc' | 'rs';

export const itemId = (kind: ItemKind, responseId: string, place: number): string =>
  `${kind}_${responseId.slice('resp_'.length)}_${place}`;

/** Whether an item's id was made by `itemId`: OpenAI's have one underscore. */
export const isMadeHere = (id: string): boolean => /^(?:msg|fc|rs)_.*_\d+$/.test(id);

export const textContent = (text: string): JsonObject => ({
  type: 'output_text',
  annotations: [],
  logprobs: [],
  text,
});

export const refusalContent = (refusal: string): JsonObject => ({ type: 'refusal', refusal });

export const summaryContent = (text: string): JsonObject => ({ type: 'summary_text', text });

export const messageItem = (id: string, status: ItemStatus, content: readonly JsonObject[]): JsonObject => ({
  id,
  type: 'message',
  status,
  content,
  role: 'assistant',
});

export interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export const callItem = (id: string, status: ItemStatus, call: Call): JsonObject => ({
  id,
  type: 'function_call',
  status,
  arguments: call.arguments,
  call_id: call.id,
  name: call.name,
});

/** A call without arguments is one of an empty object: clients parse what they get. */
export const wholeArguments = (text: string): string => (text.trim() === '' ? '{}' : text);

/** @param encrypted only what OpenAI made; another vendor's would be refused by it */
export const reasoningItem = (id: string, text: string, encrypted: string | undefined): JsonObject => ({
  id,
  type: 'reasoning',
  summary: text === '' ? [] : [summaryContent(text)],
  ...(encrypted === undefined ? undefined : { encrypted_content: encrypted }),
});
