import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import type { PolicyProgram } from '../../src/engine/evaluator.ts';
import type { HostBuiltin } from '../../src/rego/builtin.ts';
import { createWasmEvaluator } from '../../src/rego/evaluator.ts';
import type { EvaluatorOptions } from '../../src/rego/options.ts';
import { compile } from './compile.ts';
import { sampleData, sampleInput } from './sample/data.ts';
import { exportingModule } from './tiny-module.ts';

const DECISION = 'sample/gateway/decision';
const CONFLICT = 'sample/more/conflict';
const LARGE = 'sample/more/large';
const UUID = 'sample/more/id';
const MORE = `package sample.more

conflict := input.a

conflict := input.b

large := count([x | some x in numbers.range(1, input.n)])

id := uuid.rfc4122(input.label)
`;

const COLD: EvaluatorOptions = { warmup: 0 };

describe('the WASM evaluator', () => {
  let program: PolicyProgram;

  before(async () => {
    const gateway = readFileSync(new URL('sample/gateway.rego', import.meta.url), 'utf8');
    program = await compile(
      { 'gateway.rego': gateway, 'more.rego': MORE },
      [DECISION, CONFLICT, LARGE, UUID],
      sampleData(),
    );
  });

  it('replaces an instance whose policy aborted, and answers as before', async () => {
    const evaluator = await createWasmEvaluator(program, COLD);
    const answer = evaluator.evaluate(DECISION, sampleInput());
    for (const made of [2, 3]) {
      assert.throws(() => evaluator.evaluate(CONFLICT, { a: 1, b: 2 }), { code: 'evaluation_failed' });
      assert.deepEqual(evaluator.evaluate(DECISION, sampleInput()), answer);
      assert.equal(evaluator.instancesMade(), made);
    }
  });

  it('keeps its instance when an input is refused', async () => {
    const evaluator = await createWasmEvaluator(program, { ...COLD, inputMaxBytes: 100 });
    assert.throws(() => evaluator.evaluate(DECISION, sampleInput()), { code: 'too_large' });
    assert.throws(() => evaluator.evaluate(DECISION, { big: 1n }), { code: 'invalid_request' });
    assert.equal(evaluator.evaluate(CONFLICT, { a: 1, b: 1 }), 1);
    assert.equal(evaluator.instancesMade(), 1);
  });

  it('replaces an instance of which an evaluation took much memory', async () => {
    const evaluator = await createWasmEvaluator(program, COLD);
    assert.equal(evaluator.evaluate(LARGE, { n: 1000 }), 1000);
    assert.equal(evaluator.evaluate(LARGE, { n: 1000 }), 1000);
    assert.equal(evaluator.instancesMade(), 1);
    assert.equal(evaluator.evaluate(LARGE, { n: 150_000 }), 150_000);
    assert.equal(evaluator.evaluate(LARGE, { n: 1000 }), 1000);
    assert.equal(evaluator.instancesMade(), 2);
  });

  it('takes no more memory after 20,000 evaluations than after 100', async () => {
    const evaluator = await createWasmEvaluator(program, COLD);
    const inputs = [
      sampleInput(),
      sampleInput({ caller: { team: 'nobody' } }),
      sampleInput({ call: { model: 'smart' } }),
    ];
    const used = [100, 20_000].map((evaluations) => {
      for (let done = 0; done < evaluations; done++) evaluator.evaluate(DECISION, inputs[done % inputs.length]);
      evaluator.evaluate(DECISION, inputs[0]);
      return evaluator.usedBytes();
    });
    assert.equal(used[0], used[1]);
    assert.equal(evaluator.instancesMade(), 1);
  });

  it('refuses data that leaves no room for an input', async () => {
    const dataJson = Buffer.from(JSON.stringify(sampleData(400)));
    await assert.rejects(createWasmEvaluator({ ...program, dataJson }, { ...COLD, memoryMaxBytes: 1024 ** 2 }), {
      code: 'bundle_invalid',
    });
  });

  it('gives the same random values for the same input, and others for another', async () => {
    const evaluators = [await createWasmEvaluator(program, COLD), await createWasmEvaluator(program, COLD)];
    const [first, second] = evaluators.map((evaluator) => evaluator.evaluate(UUID, { label: 'x' }));
    assert.equal(first, second);
    assert.notEqual(first, evaluators[0]?.evaluate(UUID, { label: 'y' }));
  });

  it('takes the seed that the input has', async () => {
    const evaluator = await createWasmEvaluator(program, COLD);
    const ids = [1, 1, 2].map((seed, index) => evaluator.evaluate(UUID, { label: 'x', seed, index }));
    assert.equal(ids[0], ids[1]);
    assert.notEqual(ids[0], ids[2]);
  });

  it('warms with the inputs that it is given', async () => {
    let calls = 0;
    const counting: HostBuiltin = () => `${++calls}`;
    const evaluator = await createWasmEvaluator(program, {
      builtins: new Map([['uuid.rfc4122', counting]]),
      warmup: 40,
      warmupTimeMs: 60_000,
      warmupInputs: [{ label: 'warm', n: 1, a: 1, b: 1 }],
    });
    assert.equal(calls, 10);
    evaluator.close();
  });

  const stopping: readonly { readonly name: string; readonly builtin: HostBuiltin; readonly wanted: object }[] = [
    {
      name: 'throws',
      builtin: () => {
        throw new TypeError('a fault of ours');
      },
      wanted: { code: 'evaluation_failed', message: 'builtin uuid.rfc4122 failed' },
    },
    {
      name: 'charges more fuel than there is',
      builtin: (evaluation) => evaluation.charge(1e9),
      wanted: { code: 'evaluation_limit', message: /fuel/ },
    },
    {
      name: 'charges for ever',
      builtin: (evaluation) => {
        for (;;) evaluation.charge(10_000);
      },
      wanted: { code: 'evaluation_limit' },
    },
  ];
  for (const { name, builtin, wanted } of stopping) {
    it(`stops an evaluation whose builtin ${name}`, async () => {
      const evaluator = await createWasmEvaluator(program, { ...COLD, builtins: new Map([['uuid.rfc4122', builtin]]) });
      assert.throws(() => evaluator.evaluate(UUID, { label: 'x' }), wanted);
      assert.ok(evaluator.evaluate(DECISION, sampleInput()));
    });
  }

  it('stops an evaluation whose builtin takes longer than it may', async () => {
    const waiting: HostBuiltin = (evaluation) => {
      for (;;) evaluation.charge(1);
    };
    const builtins = new Map([['uuid.rfc4122', waiting]]);
    const evaluator = await createWasmEvaluator(program, { ...COLD, builtins, builtinTimeMs: 1, fuel: 2_000_000_000 });
    assert.throws(() => evaluator.evaluate(UUID, { label: 'x' }), {
      code: 'evaluation_limit',
      message: /1 ms in builtins/,
    });
  });

  it('is given to nobody inside one of its own evaluations', async () => {
    let inner: (() => unknown) | undefined;
    const builtins = new Map<string, HostBuiltin>([['uuid.rfc4122', () => inner?.()]]);
    const evaluator = await createWasmEvaluator(program, { ...COLD, builtins });
    inner = () => evaluator.evaluate(DECISION, {});
    assert.throws(() => evaluator.evaluate(UUID, { label: 'x' }), {
      code: 'internal',
      message: /inside an evaluation/,
    });
  });

  for (const levels of [3000, 30_000, 300_000]) {
    it(`survives an input of ${levels} levels`, async () => {
      const evaluator = await createWasmEvaluator(program, COLD);
      let input: unknown = 1;
      for (let level = 0; level < levels; level++) input = [input];
      const failure = failureOf(() => evaluator.evaluate(CONFLICT, { a: input, b: 1 }));
      assert.ok(failure instanceof Failure);
      assert.match(failure.code, /^(invalid_request|evaluation_failed|evaluation_limit)$/);
      assert.equal(evaluator.evaluate(CONFLICT, { a: 1, b: 1 }), 1);
    });
  }

  it('names every option that is out of range', async () => {
    const options = { fuel: 0, memoryMaxBytes: 1, inputMaxBytes: Number.NaN, warmup: -1 };
    await assert.rejects(createWasmEvaluator(program, options), (reason: unknown) => {
      assert.ok(reason instanceof Error && 'faults' in reason && Array.isArray(reason.faults));
      assert.deepEqual(
        reason.faults.map(({ at }) => at),
        ['fuel', 'memoryMaxBytes', 'inputMaxBytes', 'warmup'],
      );
      return true;
    });
  });
});

function failureOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (reason) {
    return reason;
  }
}

const FUNCTIONS = [
  ...['builtins', 'entrypoints', 'eval', 'opa_eval', 'opa_eval_ctx_new', 'opa_eval_ctx_set_input'],
  ...['opa_eval_ctx_set_data', 'opa_eval_ctx_set_entrypoint', 'opa_eval_ctx_get_result', 'opa_malloc', 'opa_free'],
  ...['opa_json_dump', 'opa_value_parse', 'opa_heap_ptr_get', 'opa_heap_ptr_set'],
];
const ABI_1_3 = { opa_wasm_abi_version: 1, opa_wasm_abi_minor_version: 3 };

const NO_POLICY: readonly { readonly name: string; readonly wasm: Uint8Array; readonly says: RegExp }[] = [
  { name: 'nothing', wasm: new Uint8Array(), says: /not a WebAssembly module/ },
  { name: 'text', wasm: Buffer.from('package x'), says: /not a WebAssembly module/ },
  { name: 'the header of a module alone', wasm: Buffer.from('AGFzbQEAAAA=', 'base64'), says: /no exports/ },
  {
    name: 'a module that lacks exports',
    wasm: exportingModule(FUNCTIONS.slice(3), ABI_1_3),
    says: /no export builtins, entrypoints, eval$/,
  },
  {
    name: 'a module of another ABI',
    wasm: exportingModule(FUNCTIONS, { opa_wasm_abi_version: 2, opa_wasm_abi_minor_version: 0 }),
    says: /ABI 2\.0; 1\.2 and 1\.3/,
  },
  {
    name: 'a module of an ABI before the one-shot call',
    wasm: exportingModule(FUNCTIONS, { opa_wasm_abi_version: 1, opa_wasm_abi_minor_version: 1 }),
    says: /ABI 1\.1/,
  },
  { name: 'a module of no ABI', wasm: exportingModule(FUNCTIONS, {}), says: /ABI none\.none/ },
  {
    name: 'a module that wants more than a policy may',
    wasm: exportingModule(FUNCTIONS, ABI_1_3, [
      ['env', 'memory'],
      ['wasi_snapshot_preview1', 'fd_write'],
    ]),
    says: /imports what no policy needs: wasi_snapshot_preview1\.fd_write/,
  },
  { name: 'a module without memory', wasm: exportingModule(FUNCTIONS, ABI_1_3, []), says: /imports no memory/ },
  {
    name: 'a module that exports a fuel counter of its own',
    wasm: exportingModule(FUNCTIONS, { ...ABI_1_3, turnpike_fuel: 1 }),
    says: /Duplicate export/,
  },
  {
    name: 'a module that does nothing',
    wasm: exportingModule(FUNCTIONS, ABI_1_3),
    says: /policy data cannot be loaded/,
  },
];

describe('what is no policy', () => {
  for (const { name, wasm, says } of NO_POLICY) {
    it(`is refused: ${name}`, async () => {
      await assert.rejects(createWasmEvaluator({ wasm, dataJson: Buffer.from('{}') }), {
        code: 'bundle_invalid',
        message: says,
      });
    });
  }
});
