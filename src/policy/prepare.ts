/**
 * Puts what the rule `data.turnpike.prepare.prepared` makes of the data at `data.prepared`, by evaluating it as it will
 * be served: compiled. Fails with `policy_invalid` when it is undefined, or as the evaluator does.
 */
import { Failure } from '../core/failure.ts';
import type { EvaluatorFactory } from '../engine/evaluator.ts';

const ENTRYPOINT = 'turnpike/prepare/prepared';
const OPENING_BRACE = 0x7b;

export interface PreparedData {
  readonly dataJson: Uint8Array;
  readonly prepared: true;
}

/** @param wasm a module whose one entry point is `turnpike/prepare/prepared` */
export async function addPrepared(
  dataJson: Uint8Array,
  wasm: Uint8Array,
  makeEvaluator: EvaluatorFactory,
): Promise<PreparedData> {
  const evaluator = await makeEvaluator({ wasm, dataJson });
  try {
    const value = evaluator.evaluate(ENTRYPOINT, undefined);
    if (value === undefined) {
      throw new Failure('policy_invalid', 'data.turnpike.prepare.prepared is undefined over the data');
    }
    return { dataJson: withMember(dataJson, JSON.stringify(value)), prepared: true };
  } finally {
    evaluator.close();
  }
}

/** Adds the member in the text: parsing all of it would round the numbers that a double cannot hold. */
function withMember(dataJson: Uint8Array, valueJson: string): Uint8Array {
  if (dataJson[0] !== OPENING_BRACE) throw new Failure('internal', 'data is not a JSON object');
  const rest = Buffer.from(dataJson).subarray(1).toString('utf8');
  const comma = rest.trimStart().startsWith('}') ? '' : ',';
  return Buffer.from(`{"prepared":${valueJson}${comma}${rest}`, 'utf8');
}
