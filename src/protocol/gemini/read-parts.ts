/** The parts of a candidate, one by one, as events: of a whole reply they become its content. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import { shortCallId } from '../tool-call-id.ts';
import { objectAt, textAt } from '../vendor-document.ts';
import { markSignature } from './thought-signature.ts';

/** Calls of tools in one answer; what is beyond is no answer. */
const MAX_CALLS = 10_000;

/** Of ids that are made up here: what every vendor takes that the history may go to. */
const MAX_ID_CHARS = 40;

/** What has been read of a reply so far. */
export interface ReadState {
  /** For calls to which Google gave no id. */
  readonly id: string;
  calls: number;
  isThinking: boolean;
}

/** @returns what is wrong with the part; undefined: its events were added */
export function readPart(part: Json, state: ReadState, events: StreamEvent[]): string | undefined {
  if (!isJsonObject(part)) return 'a part is no object';
  const text = textAt(part, 'text');
  const signature = textAt(part, 'thoughtSignature');
  const call = objectAt(part, 'functionCall');
  if (text === undefined && call === undefined && signature === undefined) {
    const kind = Object.keys(part)[0];
    return kind === undefined ? undefined : `a part of kind ${kind.slice(0, 64)} cannot be passed on`;
  }
  if (part['thought'] === true) {
    if (text !== undefined) events.push({ kind: 'reasoning', text });
    state.isThinking = true;
  } else if (text !== undefined && text !== '') {
    events.push({ kind: 'text', text });
    state.isThinking = false;
  }
  // Before a call, behind a text: where its signature is looked for when the history comes back.
  if (signature !== undefined && signature !== '') {
    if (!state.isThinking) events.push({ kind: 'reasoning', text: '' });
    events.push({ kind: 'reasoning_signature', signature: markSignature(signature) });
    state.isThinking = false;
  }
  return call === undefined ? undefined : readCall(call, state, events);
}

function readCall(call: JsonObject, state: ReadState, events: StreamEvent[]): string | undefined {
  const name = textAt(call, 'name');
  if (name === undefined || name === '') return 'a functionCall has no name';
  const args = call['args'] ?? {};
  if (!isJsonObject(args)) return 'a functionCall has args that are no object';
  const index = state.calls;
  if (index >= MAX_CALLS) return `there are more than ${MAX_CALLS} functionCalls`;
  state.calls += 1;
  state.isThinking = false;
  const id = textAt(call, 'id') || shortCallId(`call_${state.id}_${index}`, MAX_ID_CHARS);
  events.push({ kind: 'tool_call', index, id, name });
  events.push({ kind: 'tool_arguments', index, text: JSON.stringify(args) });
  return undefined;
}
