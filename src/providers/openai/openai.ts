/** OpenAI itself. Source: https://platform.openai.com/docs/api-reference, "Authentication". */
import { OPENAI_DIALECT } from '../../protocol/openai-chat/dialect.ts';
import { openAiChatSame } from '../../protocol/openai-chat/same.ts';
import { openAiChatVendor } from '../../protocol/openai-chat/vendor.ts';
import { openAiResponsesSame } from '../../protocol/openai-responses/same.ts';
import { openAiResponsesVendor } from '../../protocol/openai-responses/vendor.ts';
import type { BaseUrl } from '../base-url.ts';
import type { Spoken } from '../spoken.ts';
import type { Credentials, Vendor } from '../vendor.ts';
import { createOpenAiApi } from './openai-api.ts';

export interface OpenAiOptions {
  readonly baseUrl: BaseUrl;
  readonly credentials: Credentials;
}

export const OPENAI_URL = 'https://api.openai.com/v1';

export const OPENAI_CHAT: Spoken = {
  protocol: 'openai-chat',
  vendor: openAiChatVendor(OPENAI_DIALECT),
  same: openAiChatSame(OPENAI_DIALECT),
};

/** For requests that came in it; all others are chat completions. */
export const OPENAI_RESPONSES: Spoken = {
  protocol: 'openai-responses',
  vendor: openAiResponsesVendor,
  same: openAiResponsesSame,
};

export function createOpenAiVendor({ baseUrl: { origin, prefix }, credentials }: OpenAiOptions): Vendor {
  return createOpenAiApi({
    credentials,
    chat: OPENAI_CHAT,
    responses: OPENAI_RESPONSES,
    where: (endpoint) => ({ origin, path: `${prefix}/${endpoint}` }),
    nameOf: (model) => model,
  });
}
