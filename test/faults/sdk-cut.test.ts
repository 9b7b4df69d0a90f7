/** A stream that breaks within its answer makes official SDKs throw: nobody takes half an answer for a whole one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { PROMPT } from './doors.ts';
import { scriptOf } from './misbehaviour.ts';
import { type Scene, startScene } from './upstreams.ts';
import { SPOKEN } from './vendors.ts';

const OPTIONS = { apiKey: 'none', maxRetries: 0 } as const;
const CUTS = ['end_within_answer', 'reset_within_answer', 'error_within_answer', 'bad_event_within_answer'] as const;
const messages = [{ role: 'user' as const, content: PROMPT }];

/** Reads to the end. @returns how many events came, and what was thrown */
async function read(events: AsyncIterable<unknown>): Promise<{ readonly count: number; readonly thrown: unknown }> {
  let count = 0;
  try {
    for await (const _event of events) count += 1;
    return { count, thrown: undefined };
  } catch (thrown) {
    return { count, thrown };
  }
}

for (const vendor of [SPOKEN.compatible, SPOKEN.anthropic]) {
  describe(`before a vendor of kind ${vendor.kind}`, { timeout: 60_000 }, () => {
    let scene: Scene;
    before(async () => {
      scene = await startScene(vendor);
    });
    after(() => scene[Symbol.asyncDispose]());

    for (const does of CUTS) {
      it(`OpenAI's SDK throws at ${does}`, async () => {
        scene.behave(scriptOf(does, vendor, true));
        const client = new OpenAI({ ...OPTIONS, baseURL: `${scene.gateway.url}/v1` });
        const { count, thrown } = await read(
          await client.chat.completions.create({ model: 'alone', messages, stream: true }),
        );
        assert.ok(count > 0);
        assert.ok(thrown instanceof OpenAI.APIError, String(thrown));
        assert.equal(thrown.code, 'upstream_unavailable');
      });

      it(`Anthropic's SDK throws at ${does}`, async () => {
        scene.behave(scriptOf(does, vendor, true));
        const client = new Anthropic({ ...OPTIONS, baseURL: scene.gateway.url });
        const { count, thrown } = await read(
          await client.messages.create({ model: 'alone', max_tokens: 100, messages, stream: true }),
        );
        assert.ok(count > 0);
        assert.ok(thrown instanceof Anthropic.APIError, String(thrown));
        assert.equal(thrown.type, 'api_error');
      });
    }
  });
}
