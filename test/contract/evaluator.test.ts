import { createWasmEvaluator } from '../../src/rego/evaluator.ts';
import { createPlanEvaluator } from '../../src/rego/plan/evaluator.ts';
import { createSdkEvaluator } from '../../src/rego/sdk-evaluator.ts';
import { evaluatorContract } from './evaluator.ts';

/** Not part of the contract, and warming over cases that run away takes its time. */
const options = { warmup: 0 };

evaluatorContract({ name: 'wasm', create: (program) => createWasmEvaluator(program, options), fails: () => undefined });

evaluatorContract({
  name: 'official SDK',
  create: (program) => createSdkEvaluator(program, options),
  fails: ({ sdkFails }) => sdkFails,
});

evaluatorContract({ name: 'plan', create: (program) => createPlanEvaluator(program, options), fails: () => undefined });
