/** A reply → a response object. Texts that follow one another are one message. */
import { randomUUID } from 'node:crypto';
import type { AssistantPart, GenerationRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { GenerationReply } from '../../core/reply.ts';
import type { ReplyIdentity } from '../protocol.ts';
import { writeIncomplete } from './finish-reason.ts';
import {
  callItem,
  type ItemStatus,
  itemId,
  messageItem,
  reasoningItem,
  refusalContent,
  textContent,
  wholeArguments,
} from './output-items.ts';
import { responseDocument, responseHead } from './response-document.ts';
import { unmarkEncrypted } from './thought-signature.ts';

export function writeReply(reply: GenerationReply, request: GenerationRequest, identity?: ReplyIdentity): JsonObject {
  const head = responseHead(request, reply, identity ?? ownIdentity(reply.id));
  const refusal = reply.content.some(({ kind }) => kind === 'refusal');
  const incomplete = writeIncomplete(reply.finish, { refusal });
  const tokens = reply.usage.kind === 'unknown' ? undefined : reply.usage.tokens;
  return responseDocument(request, head, {
    status: incomplete === undefined ? 'completed' : 'incomplete',
    ...(incomplete === undefined ? undefined : { incomplete }),
    output: writeOutput(reply.content, head.id, incomplete === undefined ? 'completed' : 'incomplete'),
    tokens,
  });
}

/** Items are told apart by ids that are made of the response's: where the vendor has none, one is made up. */
const ownIdentity = (vendorId: string): ReplyIdentity => ({
  id: vendorId === '' ? randomUUID() : vendorId,
  createdS: Math.floor(Date.now() / 1000),
});

/** @param last the status of what the answer ends with; all before it is complete */
function writeOutput(content: readonly AssistantPart[], responseId: string, last: ItemStatus): readonly JsonObject[] {
  const output: JsonObject[] = [];
  for (let at = 0; at < content.length; ) {
    const end = groupEnd(content, at);
    const status = end === content.length ? last : 'completed';
    const item = writeItem(content.slice(at, end), { responseId, place: output.length, status });
    if (item !== undefined) output.push(item);
    at = end;
  }
  return output;
}

const isSaid = (part: AssistantPart | undefined): boolean => part?.kind === 'text' || part?.kind === 'refusal';

/** Behind the parts that are one item with the part at `from`. */
function groupEnd(content: readonly AssistantPart[], from: number): number {
  let end = from + 1;
  if (isSaid(content[from])) while (isSaid(content[end])) end += 1;
  return end;
}

interface Place {
  readonly responseId: string;
  readonly place: number;
  readonly status: ItemStatus;
}

function writeItem(parts: readonly AssistantPart[], { responseId, place, status }: Place): JsonObject | undefined {
  const [first] = parts;
  switch (first?.kind) {
    case undefined:
      return undefined;
    case 'text':
    case 'refusal':
      return messageItem(itemId('msg', responseId, place), status, writeSaid(parts));
    case 'tool_call': {
      const { id, name } = first;
      const whole = status === 'completed' ? wholeArguments(first.arguments) : first.arguments;
      const call = { id, name, arguments: whole };
      return callItem(itemId('fc', responseId, place), status, call);
    }
    case 'reasoning': {
      const encrypted = unmarkEncrypted(first.signature ?? '');
      if (first.text === '' && encrypted === undefined) return undefined;
      return reasoningItem(itemId('rs', responseId, place), first.text, encrypted);
    }
  }
}

function writeSaid(parts: readonly AssistantPart[]): readonly JsonObject[] {
  const content: JsonObject[] = [];
  let kind = '';
  let text = '';
  const close = (): void => {
    if (kind !== '') content.push(kind === 'text' ? textContent(text) : refusalContent(text));
    text = '';
  };
  for (const part of parts) {
    if (part.kind !== 'text' && part.kind !== 'refusal') continue;
    if (part.kind !== kind) close();
    kind = part.kind;
    text += part.text;
  }
  close();
  return content;
}
