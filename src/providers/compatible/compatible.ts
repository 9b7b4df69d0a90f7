/** Model servers and vendors that speak OpenAI's chat completions and embeddings, each with its habits (`presets.ts`). */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { openAiChatSame } from '../../protocol/openai-chat/same.ts';
import { openAiChatVendor } from '../../protocol/openai-chat/vendor.ts';
import type { BaseUrl } from '../base-url.ts';
import { createOpenAiApi } from '../openai/openai-api.ts';
import type { Credentials, Vendor } from '../vendor.ts';
import { withNineCharIds } from './nine-char-ids.ts';
import type { Habits } from './presets.ts';

export interface CompatibleOptions {
  readonly baseUrl: BaseUrl;
  readonly habits: Habits;
  readonly credentials: Credentials;
}

export function createCompatibleVendor({ baseUrl, habits, credentials }: CompatibleOptions): Vendor {
  const { origin, prefix } = baseUrl;
  return createOpenAiApi({
    credentials,
    chat: { protocol: 'openai-chat', vendor: openAiChatVendor(habits), same: openAiChatSame(habits) },
    where: (endpoint) => ({ origin, path: `${prefix}/${endpoint}` }),
    nameOf: (model) => model,
    adapt: (body) => spelledBy(habits, body),
  });
}

/** The body as this vendor spells it, also where it came from a client of OpenAI. */
function spelledBy({ drops, renames, instructions, nineCharIds }: Habits, body: JsonObject): JsonObject {
  const spelled: Record<string, Json | undefined> = { ...body };
  for (const [name, own] of Object.entries(renames ?? {})) {
    if (spelled[name] === undefined) continue;
    spelled[own] = spelled[name];
    delete spelled[name];
  }
  for (const name of drops ?? []) delete spelled[name];
  const messages: Json | undefined = spelled['messages'];
  if (instructions === 'system' && Array.isArray(messages) && messages.some(isDeveloper)) {
    spelled['messages'] = messages.map((message: Json) =>
      isDeveloper(message) ? { ...message, role: 'system' } : message,
    );
  }
  if (nineCharIds === true) spelled['messages'] = withNineCharIds(spelled['messages']);
  return spelled;
}

const isDeveloper = (message: Json): message is JsonObject => isJsonObject(message) && message['role'] === 'developer';
