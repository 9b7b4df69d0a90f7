/** A plan that is not what the evaluator knows is refused when it is loaded, saying what it is. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import { createPlanEvaluator } from '../../../src/rego/plan/evaluator.ts';

const LOCAL = { type: 'local', value: 0 };
const PLACE = { file: 0, row: 1, col: 1 };

/** A plan of one entry point with these statements. */
const planOf = (stmts: readonly unknown[], functions: readonly unknown[] = []): unknown => ({
  static: { strings: [{ value: 'result' }, { value: 'x' }], files: [{ value: 'x.rego' }] },
  plans: { plans: [{ name: 'x/result', blocks: [{ stmts }] }] },
  funcs: { funcs: functions },
});
const stmt = (type: string, stmt: object): unknown => ({ type, stmt: { ...PLACE, ...stmt } });
const callable = (name: string): unknown => ({ name, params: [0, 1], return: 2, blocks: [] });

async function refusalOf(document: unknown): Promise<string> {
  const plan = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  try {
    await createPlanEvaluator({ wasm: new Uint8Array(), plan, dataJson: Buffer.from('{}') }, { warmup: 0 });
  } catch (reason) {
    assert.ok(reason instanceof Failure, String(reason));
    return `${reason.code}: ${reason.message}`;
  }
  throw new Error('it was taken');
}

const REFUSED: readonly { readonly name: string; readonly plan: unknown; readonly says: RegExp }[] = [
  { name: 'no JSON', plan: '{"plans":', says: /^bundle_invalid: plan\.json: is not JSON/ },
  { name: 'no object', plan: '[]', says: /^bundle_invalid: plan\.json: the document is not an object/ },
  {
    name: 'a statement of another OPA',
    plan: planOf([stmt('TeleportStmt', {})]),
    says: /^bundle_invalid: .*plan x\/result: TeleportStmt is a statement that this evaluator does not know/,
  },
  {
    name: 'an operand of another OPA',
    plan: planOf([stmt('EqualStmt', { a: { type: 'thought', value: 1 }, b: LOCAL })]),
    says: /operand that this evaluator does not know: "thought"/,
  },
  {
    name: 'a text that is not in the table',
    plan: planOf([stmt('EqualStmt', { a: { type: 'string_index', value: 2 }, b: LOCAL })]),
    says: /EqualStmt\.a: 2 is out of range/,
  },
  {
    name: 'a variable that is code',
    plan: planOf([stmt('ResetLocalStmt', { target: '0; process.exit()' })]),
    says: /"0; process\.exit\(\)" is no integer/,
  },
  {
    name: 'a number that is none',
    plan: planOf([stmt('MakeNumberRefStmt', { index: 1, target: 3 })]),
    says: /"x" is not a number/,
  },
  { name: 'a jump out of everything', plan: planOf([stmt('BreakStmt', { index: 7 })]), says: /jumps out of itself/ },
  {
    name: 'two functions of one name',
    plan: planOf([], [callable('f'), callable('f')]),
    says: /two functions have the same name/,
  },
  {
    name: 'a builtin that nobody has',
    plan: planOf([stmt('CallStmt', { func: 'magic.wand', args: [LOCAL], result: 3 })]),
    says: /^builtin_missing: .*magic\.wand/,
  },
];

suite('a plan is refused that', () => {
  for (const { name, plan, says } of REFUSED) {
    test(`has ${name}`, async () => {
      assert.match(await refusalOf(plan), says);
    });
  }

  test('is not there', async () => {
    const program = { wasm: new Uint8Array(), dataJson: Buffer.from('{}') };
    await assert.rejects(createPlanEvaluator(program), /has no plan\.json, so only its WebAssembly can be evaluated/);
  });
});

suite('a plan', () => {
  test('may hold any text: none of it becomes code', async () => {
    const text = `\`${'$'}{process.exit(1)}\` '" \\ \u2028 */ </script>`;
    const document = {
      ...Object(planOf([])),
      static: { strings: [{ value: 'result' }, { value: text }] },
      plans: {
        plans: [
          {
            name: text,
            blocks: [
              {
                stmts: [
                  stmt('MakeObjectStmt', { target: 2 }),
                  stmt('MakeObjectStmt', { target: 3 }),
                  stmt('ObjectInsertStmt', { object: 3, key: textAt(1), value: textAt(1) }),
                  stmt('DotStmt', { source: { type: 'local', value: 3 }, key: textAt(1), target: 4 }),
                  stmt('ObjectInsertStmt', { object: 2, key: textAt(0), value: { type: 'local', value: 4 } }),
                  stmt('ResultSetAddStmt', { value: 2 }),
                ],
              },
            ],
          },
        ],
      },
    };
    const plan = Buffer.from(JSON.stringify(document));
    const program = { wasm: new Uint8Array(), plan, dataJson: Buffer.from('{}') };
    const evaluator = await createPlanEvaluator(program, { warmup: 0 });
    assert.equal(evaluator.evaluate(text, {}), text);
  });
});

function textAt(value: number): unknown {
  return { type: 'string_index', value };
}
