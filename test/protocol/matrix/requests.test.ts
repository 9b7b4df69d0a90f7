/** Every request that a front door reads × every protocol that a provider speaks: said, or refused by name. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import type { GenerationRequest } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Conversation, Spelling } from './conversation.ts';
import type { Front } from './front.ts';
import { FRONTS } from './fronts.ts';
import { MEDIA_CONVERSATIONS } from './media-conversations.ts';
import { OPTION_CONVERSATIONS } from './option-conversations.ts';
import { PLAIN_CONVERSATIONS } from './plain-conversations.ts';
import { TOOL_CONVERSATIONS } from './tool-conversations.ts';
import { VENDORS, type Vendor } from './vendors.ts';
import { PLAIN_WORDS, type RequestWords, requestWords } from './words.ts';

const CONVERSATIONS: readonly Conversation[] = [
  ...PLAIN_CONVERSATIONS,
  ...TOOL_CONVERSATIONS,
  ...MEDIA_CONVERSATIONS,
  ...OPTION_CONVERSATIONS,
];

for (const conversation of CONVERSATIONS) {
  suite(conversation.name, () => {
    for (const front of FRONTS) {
      const spelling = conversation.spelled[front.name];
      if (spelling === undefined) continue;
      const words: RequestWords = { ...PLAIN_WORDS, ...conversation.words, ...spelling.words };
      test(`at the door ${front.name} is read into the words of core`, () => {
        const request = front.readRequest(spelling.body);
        assert.deepEqual(requestWords(request), words);
        assert.deepEqual(request.unkept, spelling.unkept ?? []);
      });
      for (const vendor of VENDORS) {
        test(`from ${front.name} to ${vendor.name}`, () => {
          const request = front.readRequest(spelling.body);
          const { same, readBack } = vendor;
          if (same !== undefined && readBack !== undefined && vendor.protocol === request.protocol) {
            passesAsItIs(conversation, words, request, { same, readBack });
          } else crosses(conversation, spelling, words, request, vendor, front);
        });
      }
    }
  });
}

/** Between the same protocols everything passes but what `lostSame` says, and only model and cap are replaced. */
function passesAsItIs(
  { lostSame = {} }: Conversation,
  words: RequestWords,
  request: GenerationRequest,
  { same, readBack }: Required<Pick<Vendor, 'same' | 'readBack'>>,
): void {
  const again = readBack(same.patchRequest(request, { model: 'claude-x', maxOutputTokens: 20_000 }));
  let left = words;
  for (const loss of Object.values(lostSame)) left = loss(left);
  assert.deepEqual(requestWords(again), left);
  assert.deepEqual([again.model, again.maxOutputTokens, again.unkept], ['claude-x', 20_000, request.unkept]);
}

function crosses(
  conversation: Conversation,
  { unkept = [] }: Spelling,
  words: RequestWords,
  request: GenerationRequest,
  vendor: Vendor,
  front: Front,
): void {
  const refused = [...unkept, ...(conversation.refused?.[vendor.name] ?? [])];
  assert.deepEqual(vendor.unsupported(request), refused);
  if (refused.length > 0) {
    assert.throws(
      () => vendor.write(request),
      (reason) =>
        reason instanceof Failure &&
        reason.code === 'unsupported' &&
        refused.every((name) => reason.message.includes(name)),
    );
    return;
  }
  const body = vendor.write(request);
  if (vendor.readBack === undefined) {
    const golden = conversation.goldenOf?.[front.name]?.[vendor.name] ?? conversation.golden[vendor.name];
    assert.notEqual(golden, undefined, `no golden of ${vendor.name}`);
    assert.deepEqual(body, withBasis(vendor, golden ?? {}));
    return;
  }
  const again = vendor.readBack(body);
  assert.deepEqual(again.unkept, []);
  assert.deepEqual(requestWords(again), withoutLosses(conversation, words, vendor, front));
}

function withoutLosses(
  { lost, lostOf }: Conversation,
  words: RequestWords,
  vendor: Vendor,
  front: Front,
): RequestWords {
  let left = vendor.spellsOut?.(words) ?? words;
  const losses = { ...lost?.[vendor.name], ...lostOf?.[front.name]?.[vendor.name] };
  for (const [name, loss] of Object.entries(losses)) {
    const less = typeof loss === 'function' ? loss(left) : { ...left, ...loss };
    if (front.name === 'grpc') assert.notDeepEqual(less, left, `nothing was lost that is called ${name}`);
    left = less;
  }
  return left;
}

/** What every body of a vendor has. */
function withBasis({ name }: Vendor, golden: JsonObject): JsonObject {
  const capOf: Readonly<Record<string, string>> = { gemini: 'generationConfig', bedrock: 'inferenceConfig' };
  const at = capOf[name];
  assert.ok(at !== undefined);
  const cap = name === 'gemini' ? { maxOutputTokens: 20_000 } : { maxTokens: 20_000 };
  const config = golden[at];
  return { ...golden, [at]: { ...cap, ...(typeof config === 'object' ? config : undefined) } };
}
