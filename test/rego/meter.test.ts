import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../src/core/failure.ts';
import type { PolicyProgram } from '../../src/engine/evaluator.ts';
import { createWasmEvaluator, type WasmEvaluator } from '../../src/rego/evaluator.ts';
import { ByteReader, FormatError } from '../../src/rego/meter/byte-reader.ts';
import { leb } from '../../src/rego/meter/byte-writer.ts';
import { FUEL_EXPORT, meter } from '../../src/rego/meter/meter.ts';
import { loadModule } from '../../src/rego/policy-module.ts';
import { compile } from './compile.ts';
import { sampleData, sampleInput } from './sample/data.ts';
import { tinyModule } from './tiny-module.ts';

const ENTRYPOINT = 'sample/gateway/decision';

/** The official SDK on the bytes as they were compiled: what runs there is not metered. */
interface Unmetered {
  setData(data: unknown): void;
  evaluate(input: unknown, entrypoint: string): readonly { readonly result: unknown }[];
}
const { loadPolicy } = createRequire(import.meta.url)('@open-policy-agent/opa-wasm');

describe('metering a policy', () => {
  let program: PolicyProgram;
  let metered: WasmEvaluator;
  let another: WasmEvaluator;
  let unmetered: Unmetered;

  before(async () => {
    const rego = readFileSync(new URL('sample/gateway.rego', import.meta.url), 'utf8');
    program = await compile({ 'gateway.rego': rego }, [ENTRYPOINT], sampleData());
    metered = await createWasmEvaluator(program, { warmup: 0 });
    another = await createWasmEvaluator(program, { warmup: 0 });
    unmetered = await loadPolicy(Buffer.from(program.wasm), { initial: 256 });
    unmetered.setData(sampleData());
  });

  const input = fc
    .record({
      call: fc.record(
        {
          model: fc.constantFrom('auto', 'smart', 'provider-1/model-1', 'none'),
          input_tokens: fc.nat(100_000),
          needs: fc.uniqueArray(fc.constantFrom('tools', 'vision', 'json', 'reasoning', 'no such')),
          data_class: fc.constantFrom('public', 'internal', 'restricted'),
          region: fc.constantFrom('eu', 'us', 'mars'),
          tags: fc.dictionary(fc.string({ maxLength: 10 }), fc.string({ unit: 'grapheme', maxLength: 20 }), {
            maxKeys: 5,
          }),
        },
        { requiredKeys: [] },
      ),
      caller: fc.record({ team: fc.constantFrom('team-7', 'team-8', 'nobody') }, { requiredKeys: [] }),
      budgets: fc.array(fc.record({ id: fc.string(), state: fc.constantFrom('ok', 'warn', 'exhausted') }), {
        maxLength: 4,
      }),
    })
    .map(sampleInput);

  it('changes no result, and takes the same fuel for the same input', () => {
    fc.assert(
      fc.property(input, (document) => {
        assert.deepEqual(metered.evaluate(ENTRYPOINT, document), unmetered.evaluate(document, ENTRYPOINT)[0]?.result);
        another.evaluate(ENTRYPOINT, document);
        assert.equal(metered.fuelUsed(), another.fuelUsed());
        assert.ok(metered.fuelUsed() > 0);
      }),
      { numRuns: 200 },
    );
  });

  it('takes more fuel for more work', async () => {
    const larger = await createWasmEvaluator(
      { wasm: program.wasm, dataJson: Buffer.from(JSON.stringify(sampleData(400))) },
      { warmup: 0 },
    );
    metered.evaluate(ENTRYPOINT, sampleInput());
    larger.evaluate(ENTRYPOINT, sampleInput());
    assert.ok(larger.fuelUsed() > 3 * metered.fuelUsed());
  });

  it('stops at the fuel that was given, and no earlier', async () => {
    metered.evaluate(ENTRYPOINT, sampleInput());
    const needed = metered.fuelUsed();
    const enough = await createWasmEvaluator(program, { warmup: 0, fuel: needed });
    assert.ok(enough.evaluate(ENTRYPOINT, sampleInput()));
    const short = await createWasmEvaluator(program, { warmup: 0, fuel: needed - 1 });
    assert.throws(() => short.evaluate(ENTRYPOINT, sampleInput()), { code: 'evaluation_limit' });
  });

  it('refuses whatever is cut off or altered, or runs it within its bounds', async () => {
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat(program.wasm.length - 1) }),
      fc.record({ kind: fc.constant('alter' as const), at: fc.nat(program.wasm.length - 1), byte: fc.nat(255) }),
      fc.record({ kind: fc.constant('alter' as const), at: fc.nat(2000), byte: fc.nat(255) }),
    );
    await fc.assert(
      fc.asyncProperty(damage, async (done) => {
        const wasm = done.kind === 'cut' ? program.wasm.slice(0, done.at) : program.wasm.slice();
        if (done.kind === 'alter') wasm[done.at] = done.byte;
        await assertFailureOrNothing(async () => {
          const evaluator = await createWasmEvaluator(
            { wasm, dataJson: Buffer.from('{}') },
            { warmup: 0, fuel: 100_000 },
          );
          evaluator.evaluate(ENTRYPOINT, {});
        });
      }),
      { numRuns: 150 },
    );
  });

  it('refuses random bytes behind the header of a module', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const wasm = Buffer.concat([Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00), bytes]);
        await assert.rejects(createWasmEvaluator({ wasm, dataJson: Buffer.from('{}') }), { code: 'bundle_invalid' });
      }),
      { numRuns: 300 },
    );
  });
});

async function assertFailureOrNothing(run: () => Promise<void>): Promise<void> {
  const [settled] = await Promise.allSettled([run()]);
  assert.ok(settled?.status === 'fulfilled' || settled?.reason instanceof Failure);
}

const LOOP = [0x03, 0x40];
const END = 0x0b;

const ENDLESS: readonly { readonly name: string; readonly code: readonly number[] }[] = [
  { name: 'a branch', code: [...LOOP, 0x0c, 0, END] },
  { name: 'a branch if', code: [...LOOP, 0x41, 1, 0x0d, 0, END] },
  { name: 'a branch table', code: [...LOOP, 0x41, 0, 0x0e, 1, 0, 0, END] },
  { name: 'the default of a branch table', code: [...LOOP, 0x41, 9, 0x0e, 0, 0, END] },
  { name: 'a branch out of a block in the loop', code: [...LOOP, 0x02, 0x40, 0x0c, 1, END, END] },
  { name: 'a branch if out of an if in the loop', code: [...LOOP, 0x41, 1, 0x04, 0x40, 0x41, 1, 0x0d, 1, END, END] },
  { name: 'the inner of two loops', code: [...LOOP, ...LOOP, 0x0c, 0, END, END] },
  { name: 'a function that calls itself twice', code: [0x10, 0, 0x10, 0] },
];

describe('an endless module', () => {
  for (const { name, code } of ENDLESS) {
    it(`is stopped in ${name}`, () => {
      const { run, fuel } = start(meter(tinyModule(code)));
      fuel.value = 5_000;
      assert.throws(run, WebAssembly.RuntimeError);
      assert.equal(fuel.value, -1);
    });
  }

  it('goes on with what fuel it is given', () => {
    const count = 0x41;
    const { run, fuel } = start(meter(tinyModule([...LOOP, count, 0, 0x0d, 0, END])));
    fuel.value = 0;
    run();
    assert.equal(fuel.value, 0);
  });
});

function start(wasm: Uint8Array<ArrayBuffer>): { run: () => unknown; fuel: WebAssembly.Global } {
  const { run, [FUEL_EXPORT]: fuel } = new WebAssembly.Instance(new WebAssembly.Module(wasm), {}).exports;
  assert.ok(typeof run === 'function' && fuel instanceof WebAssembly.Global);
  return { run, fuel };
}

const REFUSED: readonly { readonly name: string; readonly code: readonly number[]; readonly says: RegExp }[] = [
  { name: 'vectors', code: [0xfd, 0x0c], says: /0xfd/ },
  { name: 'threads', code: [0xfe, 0x00], says: /0xfe/ },
  { name: 'exceptions', code: [0x06, 0x40, END], says: /0x6 / },
  { name: 'tail calls', code: [0x12, 0], says: /0x12/ },
  { name: 'an unknown instruction of the 0xfc prefix', code: [0xfc, 40], says: /0xfc 40/ },
  { name: 'a global that only the meter adds', code: [0x41, 0, 0x24, 0], says: /no such global/ },
  { name: 'an integer without end', code: [0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], says: /integer longer/ },
];

describe('a module that cannot be metered', () => {
  for (const { name, code, says } of REFUSED) {
    it(`is refused for ${name}`, () => {
      assert.throws(() => meter(tinyModule(code)), { message: says });
      assert.throws(() => loadModule(tinyModule(code)), { code: 'bundle_invalid', message: says });
    });
  }
});

describe('numbers in WebAssembly', () => {
  it('are read as they are written', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), (value) => {
        const reader = new ByteReader(Uint8Array.from(leb(value)));
        assert.equal(reader.u32(), value);
        assert.ok(reader.done);
      }),
    );
  });

  it('are refused past 32 bits', () => {
    assert.throws(() => new ByteReader(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x1f)).u32(), FormatError);
  });
});
