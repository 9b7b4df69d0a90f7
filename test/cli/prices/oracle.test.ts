/** Our arithmetic against the catalogue's own, which is in floating point: the same amounts, but for its last digits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calcPrice } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { loadCatalogue } from '../../../src/cli/prices/catalogue.ts';
import { listOf } from '../../../src/cli/prices/catalogue-list.ts';
import { costOf } from '../../../src/core/attempt-cost.ts';
import { compileCard, type PriceBook } from '../../../src/core/price-card.ts';

const MODELS = [
  ['openai', 'gpt-5.2'],
  ['openai', 'gpt-5.4'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['anthropic', 'claude-haiku-4-5'],
  ['google', 'gemini-2.5-pro'],
  ['google', 'gemini-3-pro-preview'],
  ['aws', 'amazon.nova-micro-v1:0'],
  ['mistral', 'mistral-large-2512'],
] as const;

const catalogue = await loadCatalogue(process.cwd());

for (const [provider, model] of MODELS) {
  test(`${provider}/${model} costs what the catalogue says, caches and long context included`, () => {
    const found = catalogue.find(provider, model);
    const prices = found?.kind === 'priced' ? found.entries.at(-1)?.prices : undefined;
    const read = listOf(prices ?? assert.fail('not in the catalogue'));
    const list = read.kind === 'list' ? read.list : assert.fail(read.why);
    const book: PriceBook = new Map([['a/m', [compileCard({ id: 'c', effective_from: '', ...list }, 0)]]]);

    const part = fc.integer({ min: 0, max: 120_000 });
    fc.assert(
      fc.property(part, part, part, part, (plain, cacheRead, cacheWrite, output) => {
        const input = plain + cacheRead + cacheWrite;
        const usage = { kind: 'exact', tokens: { input, output, cacheRead, cacheWrite } } as const;
        const ours = costOf(book, 'a/m', usage, 0);
        const totalNano = ours.kind === 'priced' ? Number(ours.items.totalNano) : assert.fail(ours.kind);
        const theirs = calcPrice(
          {
            input_tokens: input,
            output_tokens: output,
            cache_read_tokens: cacheRead,
            cache_write_tokens: cacheWrite,
          },
          model,
          { providerId: provider },
        );
        const theirsNano = (theirs ?? assert.fail('no price')).total_price * 1e9;
        assert.ok(Math.abs(totalNano - theirsNano) <= 3, `${totalNano} nano-USD here, ${theirsNano} there`);
      }),
      { numRuns: 50 },
    );
  });
}
