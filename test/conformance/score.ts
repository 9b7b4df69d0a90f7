/** Asks a case of an evaluator. */
import { Failure } from '../../src/core/failure.ts';
import type { EvaluatorFactory } from '../../src/engine/evaluator.ts';
import type { ConformanceCase, Verdict } from './case.ts';
import { type Ending, judge } from './compare.ts';
import { EXCLUSIONS } from './exclusions.ts';

/** Asks one case of a fresh evaluator. */
export async function runCase(
  make: EvaluatorFactory,
  asked: ConformanceCase,
  exclusions: ReadonlyMap<string, string> = EXCLUSIONS,
): Promise<Verdict> {
  const reason = asked.excluded ?? exclusions.get(asked.note);
  if (reason !== undefined) return { kind: 'excluded', reason };
  const { wasm = '', plan = '', data = '{}', entrypoint = '', input } = asked;
  let evaluator: Awaited<ReturnType<EvaluatorFactory>>;
  try {
    evaluator = await make({
      wasm: Buffer.from(wasm, 'base64'),
      plan: Buffer.from(plan, 'base64'),
      dataJson: Buffer.from(data, 'utf8'),
    });
  } catch (reason) {
    if (reason instanceof Failure && reason.code === 'builtin_missing') {
      return { kind: 'refused', by: reason.faults.map((fault) => fault.at) };
    }
    return judge(asked, { kind: 'error', message: textOf(reason) });
  }
  try {
    return judge(
      asked,
      endingOf(() => evaluator.evaluate(entrypoint, input === undefined ? undefined : JSON.parse(input))),
    );
  } finally {
    evaluator.close();
  }
}

function endingOf(evaluate: () => unknown): Ending {
  try {
    return { kind: 'document', document: evaluate() };
  } catch (reason) {
    return { kind: 'error', message: textOf(reason) };
  }
}

function textOf(reason: unknown): string {
  const message = reason instanceof Error ? reason.message : String(reason);
  const cause = reason instanceof Error && reason.cause !== undefined ? `: ${textOf(reason.cause)}` : '';
  return message + cause;
}
