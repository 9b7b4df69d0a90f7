/** The compiler keeps a list of the builtins that compiled policy answers by itself; here OPA itself says which. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requiredBuiltins } from '../../src/cli/policy/required-builtins.ts';
import { REFUSED_BUILTINS } from '../../src/rego/builtins/table.ts';
import { openCompiler, valueIn } from './compiler.ts';

const compiler = openCompiler();

/** A call of each native builtin that has a name of its own; what is an operator or a keyword is written so below. */
const CALLS: Readonly<Record<string, string>> = {
  abs: 'abs(input)',
  'array.concat': 'array.concat(input, input)',
  'array.flatten': 'array.flatten(input)',
  'array.reverse': 'array.reverse(input)',
  'array.slice': 'array.slice(input, 0, 1)',
  'base64.decode': 'base64.decode(input)',
  'base64.encode': 'base64.encode(input)',
  'base64.is_valid': 'base64.is_valid(input)',
  'base64url.decode': 'base64url.decode(input)',
  'base64url.encode': 'base64url.encode(input)',
  'bits.and': 'bits.and(input, 1)',
  'bits.lsh': 'bits.lsh(input, 1)',
  'bits.negate': 'bits.negate(input)',
  'bits.or': 'bits.or(input, 1)',
  'bits.rsh': 'bits.rsh(input, 1)',
  'bits.xor': 'bits.xor(input, 1)',
  ceil: 'ceil(input)',
  concat: 'concat(input, [])',
  contains: 'contains(input, "a")',
  count: 'count(input)',
  endswith: 'endswith(input, "a")',
  floor: 'floor(input)',
  format_int: 'format_int(input, 2)',
  'glob.match': 'glob.match(input, [], "a")',
  'graph.reachable': 'graph.reachable(input, [])',
  indexof: 'indexof(input, "a")',
  intersection: 'intersection({{input}})',
  is_array: 'is_array(input)',
  is_boolean: 'is_boolean(input)',
  is_null: 'is_null(input)',
  is_number: 'is_number(input)',
  is_object: 'is_object(input)',
  is_set: 'is_set(input)',
  is_string: 'is_string(input)',
  'json.filter': 'json.filter(input, [])',
  'json.is_valid': 'json.is_valid(input)',
  'json.marshal': 'json.marshal(input)',
  'json.remove': 'json.remove(input, [])',
  'json.unmarshal': 'json.unmarshal(input)',
  lower: 'lower(input)',
  max: 'max(input)',
  min: 'min(input)',
  'net.cidr_contains': 'net.cidr_contains(input, "10.0.0.1")',
  'net.cidr_intersects': 'net.cidr_intersects(input, "10.0.0.0/8")',
  'numbers.range': 'numbers.range(input, 3)',
  'object.filter': 'object.filter(input, [])',
  'object.get': 'object.get(input, "a", 1)',
  'object.keys': 'object.keys(input)',
  'object.remove': 'object.remove(input, [])',
  'object.union': 'object.union(input, {})',
  'object.union_n': 'object.union_n([input])',
  product: 'product(input)',
  'regex.find_all_string_submatch_n': 'regex.find_all_string_submatch_n("a", input, 1)',
  'regex.is_valid': 'regex.is_valid(input)',
  'regex.match': 'regex.match("a", input)',
  replace: 'replace(input, "a", "b")',
  round: 'round(input)',
  sort: 'sort(input)',
  split: 'split(input, "a")',
  startswith: 'startswith(input, "a")',
  'strings.replace_n': 'strings.replace_n({}, input)',
  'strings.reverse': 'strings.reverse(input)',
  substring: 'substring(input, 0, 1)',
  sum: 'sum(input)',
  to_number: 'to_number(input)',
  trim: 'trim(input, "a")',
  trim_left: 'trim_left(input, "a")',
  trim_prefix: 'trim_prefix(input, "a")',
  trim_right: 'trim_right(input, "a")',
  trim_space: 'trim_space(input)',
  trim_suffix: 'trim_suffix(input, "a")',
  type_name: 'type_name(input)',
  union: 'union({{input}})',
  upper: 'upper(input)',
  walk: '[x | walk(input, x)]',
  'internal.member_2': '1 in input',
  'internal.member_3': '1, 2 in input',
  'internal.template_string': '$"a{input}"',
  plus: 'input + 1',
  minus: 'input - 1',
  mul: 'input * 2',
  div: 'input / 2',
  rem: 'input % 2',
  and: '{input} & {1}',
  or: '{input} | {1}',
  equal: 'input == 1',
  neq: 'input != 1',
  lt: 'input < 1',
  lte: 'input <= 1',
  gt: 'input > 1',
  gte: 'input >= 1',
};
/** Names that OPA keeps for old policies, or that never reach a compiled policy under their own name. */
const NOT_CALLED = new Set(['all', 'any', 'assign', 'eq', 're_match', 'set_diff', 'net.cidr_overlap']);

test('what the compiler takes for native asks nothing of the host, and no native is left out of this test', async () => {
  const { natives, opaVersion } = await compiler.facts();
  assert.equal(opaVersion, '1.22.2');
  assert.deepEqual(
    natives.filter((name) => !NOT_CALLED.has(name)).toSorted(),
    Object.keys(CALLS)
      .filter((name) => natives.includes(name))
      .toSorted(),
  );
  const rules = Object.values(CALLS).map((call, index) => `p${index} := ${call}\n`);
  const modules = { 'natives.rego': `package natives\n\n${rules.join('\n')}` };
  const { wasm, builtins } = valueIn(await compiler.compileModules({ modules, entrypoints: ['natives'] }));
  assert.deepEqual(requiredBuiltins(wasm), []);
  assert.deepEqual(
    builtins.filter((builtin) => !builtin.native),
    [],
  );
});

test('what is refused is not native', async () => {
  const { natives } = await compiler.facts();
  assert.deepEqual(
    [...REFUSED_BUILTINS.keys()].filter((name) => natives.includes(name)),
    [],
  );
});
