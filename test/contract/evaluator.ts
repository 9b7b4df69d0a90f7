/** The contract of `engine/evaluator.ts`: one suite, run on every implementation. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../src/core/failure.ts';
import type { Evaluator, EvaluatorFactory } from '../../src/engine/evaluator.ts';
import { compile } from '../rego/compile.ts';
import { EVALUATOR_CASES, EVALUATOR_DATA, type EvaluatorCase, type Wanted } from './evaluator-cases.ts';

export interface Implementation {
  readonly name: string;
  readonly create: EvaluatorFactory;
  /** Why the implementation does not hold a case; `undefined` where it does. */
  readonly fails: (wanted: EvaluatorCase) => string | undefined;
}

type Outcome =
  | { readonly kind: 'document'; readonly document: unknown }
  | { readonly kind: 'undefined' }
  | { readonly kind: 'failure'; readonly code: string; readonly message: string };

const entrypointOf = (index: number): string => `case_${index}/result`;

const compiled = compile(
  Object.fromEntries(
    EVALUATOR_CASES.map(({ rego, file = 'case.rego' }, index) => [
      `${index}/${file}`,
      `package case_${index}\n\n${rego.trim()}\n`,
    ]),
  ),
  EVALUATOR_CASES.map((_, index) => entrypointOf(index)),
  EVALUATOR_DATA,
);

export function evaluatorContract({ name, create, fails }: Implementation): void {
  describe(`evaluator contract: ${name}`, () => {
    let evaluator: Evaluator;

    before(async () => {
      evaluator = await create(await compiled);
    });

    for (const [index, wanted] of EVALUATOR_CASES.entries()) {
      const why = fails(wanted);
      const check = why === undefined ? assertHolds : assertFails;
      it(why === undefined ? wanted.name : `FAILS to: ${wanted.name} (${why})`, () => {
        check(run(evaluator, entrypointOf(index), wanted.input), wanted.want);
      });
    }

    it('names its entry points', () => {
      assert.deepEqual(evaluator.entrypoints, new Set(EVALUATOR_CASES.map((_, index) => entrypointOf(index))));
    });

    it('refuses an entry point that the policy does not have', () => {
      assertHolds(run(evaluator, 'no/such', {}), { kind: 'failure', code: 'not_found', says: /no\/such/ });
    });

    it('answers as before after every case, stopped or not', () => {
      assertHolds(run(evaluator, entrypointOf(0), EVALUATOR_CASES[0]?.input), EVALUATOR_CASES[0]?.want);
    });

    it('gives equal documents that share nothing with each other', () => {
      const [first, second] = [0, 0].map((index) => evaluator.evaluate(entrypointOf(index), { a: 1, b: 2 }));
      assert.deepEqual(first, second);
      assert.notEqual(first, second);
    });

    it('refuses bytes that are no policy', async () => {
      await assert.rejects(
        create({ wasm: Buffer.from('no policy'), dataJson: Buffer.from('{}') }),
        isFailure('bundle_invalid'),
      );
    });

    it('refuses data that is not JSON', async () => {
      const { wasm } = await compiled;
      await assert.rejects(create({ wasm, dataJson: Buffer.from('{"cut": [1,') }), isFailure('bundle_invalid'));
    });

    it('refuses a policy that calls what it lacks, naming every builtin', async () => {
      const program = await compile(
        {
          'x.rego': 'package x\n\nresult := [http.send({"method": "get", "url": input}), net.lookup_ip_addr(input)]\n',
        },
        ['x/result'],
      );
      await assert.rejects(create(program), (reason) => {
        assert.ok(reason instanceof Failure);
        assert.equal(reason.code, 'builtin_missing');
        assert.deepEqual(
          reason.faults.map(({ at }) => at),
          ['http.send', 'net.lookup_ip_addr'],
        );
        return true;
      });
    });

    it('is done when closed', async () => {
      const closed = await create(await compiled);
      closed.close();
      assertHolds(run(closed, entrypointOf(0), {}), { kind: 'failure', code: 'not_ready', says: /closed/ });
    });
  });
}

function run(evaluator: Evaluator, entrypoint: string, input: unknown): Outcome {
  try {
    const document = evaluator.evaluate(entrypoint, input);
    return document === undefined ? { kind: 'undefined' } : { kind: 'document', document };
  } catch (reason) {
    const failure = reason instanceof Failure ? reason : new Failure('internal', String(reason));
    return { kind: 'failure', code: failure.code, message: failure.message };
  }
}

function assertHolds(outcome: Outcome, want: Wanted | undefined): void {
  assert.ok(holds(outcome, want), `wanted ${show(want)}, got ${show(outcome)}`);
}

function assertFails(outcome: Outcome, want: Wanted | undefined): void {
  assert.ok(!holds(outcome, want), `it does what it was thought not to do: take the case off the list`);
}

function holds(outcome: Outcome, want: Wanted | undefined): boolean {
  switch (want?.kind) {
    case 'failure':
      return outcome.kind === 'failure' && outcome.code === want.code && want.says.test(outcome.message);
    case 'document':
      return outcome.kind === 'document' && isDeepStrictEqual(outcome.document, want.document);
    case 'undefined':
      return outcome.kind === 'undefined';
    case undefined:
      return false;
  }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, member) => (member instanceof RegExp ? String(member) : member)).slice(0, 500);
}

function isFailure(code: string): (reason: unknown) => boolean {
  return (reason) => reason instanceof Failure && reason.code === code;
}
