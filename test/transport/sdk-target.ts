import assert from 'node:assert/strict';

/** A server that official SDKs are pointed at, whatever stands behind it: the simulated vendor answers. */
export interface SdkTarget {
  /** Such as `http://127.0.0.1:8181`; asked when a test runs. */
  readonly baseUrl: () => string;
  readonly apiKey: string;
  /** What may be asked for chats, and for vectors. */
  readonly model: string;
  readonly embeddingModel: string;
  /** A name that is listed; best one with a slash. */
  readonly listed: string;
  /** A key that nobody knows; left out where the server asks for none. */
  readonly wrongKey?: string;
  /** Models that policy refuses: for access, for money, for rate. */
  readonly refused?: { readonly denied: string; readonly spent: string; readonly throttled: string };
}

/** A PNG of one pixel, base64. */
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const WEATHER = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city', 'days'],
  additionalProperties: false,
} as const;

export async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** What a call throws; a call that does not is a failure of the test. */
export function refusal(call: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(call).then(
    (value) => assert.fail(`it answered: ${JSON.stringify(value)?.slice(0, 200)}`),
    (reason: unknown) => reason,
  );
}
