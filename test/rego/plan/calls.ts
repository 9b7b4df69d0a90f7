/**
 * A rule for every builtin that plans answer by themselves, over whatever the input holds: what WASM and plan must agree
 * on. Left out is what WASM does in the order of its hashes (texts of sets and of objects), or with escapes of its own and what it dies of (an empty
 * path for json.filter).
 */

/** Calls by name; `a`, `b` and `c` are members of the input, `s` and `t` are `a` and `b` as sets. */
const CALLS: Readonly<Record<string, string>> = {
  abs: 'abs(a)',
  round: 'round(a)',
  ceil: 'ceil(a)',
  floor: 'floor(a)',
  plus: 'a + b',
  minus: 'a - b',
  mul: 'a * b',
  div: 'a / b',
  rem: 'a % b',
  range: 'numbers.range(a, b)',
  bits_or: 'bits.or(a, b)',
  bits_and: 'bits.and(a, b)',
  bits_xor: 'bits.xor(a, b)',
  bits_negate: 'bits.negate(a)',
  bits_lsh: 'bits.lsh(a, bits.and(b, 15))',
  bits_rsh: 'bits.rsh(a, bits.and(b, 15))',
  count: 'count(a)',
  count_set: 'count(s)',
  sum: 'sum(a)',
  sum_set: 'sum(s)',
  product: 'product(a)',
  max: 'max(a)',
  max_set: 'max(s)',
  min: 'min(a)',
  min_set: 'min(s)',
  sort: 'sort(a)',
  sort_set: 'sort(s)',
  member: 'a in b',
  member_set: 'a in t',
  member_at: 'a, b in c',
  member_at_object: '"x", b in a',
  array_concat: 'array.concat(a, b)',
  array_flatten: 'array.flatten(a)',
  array_reverse: 'array.reverse(a)',
  array_slice: 'array.slice(a, 1, b)',
  set_minus: 's - t',
  set_and: 's & t',
  set_or: 's | t',
  set_union: 'union({s, t})',
  set_intersection: 'intersection({s, t})',
  is_number: 'is_number(a)',
  is_string: 'is_string(a)',
  is_boolean: 'is_boolean(a)',
  is_array: 'is_array(a)',
  is_object: 'is_object(a)',
  is_null: 'is_null(a)',
  is_set: 'is_set(a)',
  type_name: '[type_name(a), type_name(s)]',
  equal: 'a == b',
  equal_sets: 's == t',
  neq: 'a != b',
  lt: 'a < b',
  lte: 'a <= b',
  gt: 'a > b',
  gte: '{s} >= {t}',
  object_get: 'object.get(a, b, "none")',
  object_get_path: 'object.get(a, ["x", "y"], "none")',
  object_keys: 'object.keys(a)',
  object_union: 'object.union(a, b)',
  object_union_n: 'object.union_n([a, b, c])',
  object_filter: 'object.filter(a, b)',
  object_remove: 'object.remove(a, b)',
  json_filter: 'json.filter(a, [path | some path in ["x", "y/0", b]; not path in {"", []}])',
  json_remove: 'json.remove(a, [path | some path in ["x", "y/0", b]; not path in {"", []}])',
  contains: 'contains(a, b)',
  startswith: 'startswith(a, b)',
  endswith: 'endswith(a, b)',
  indexof: 'indexof(a, b)',
  substring: 'substring(a, 1, b)',
  split: 'split(a, b)',
  lower: 'lower(a)',
  upper: 'upper(a)',
  reverse: 'strings.reverse(a)',
  trim: 'trim(a, b)',
  trim_left: 'trim_left(a, b)',
  trim_right: 'trim_right(a, b)',
  trim_prefix: 'trim_prefix(a, b)',
  trim_suffix: 'trim_suffix(a, b)',
  trim_space: 'trim_space(a)',
  concat: 'concat(a, b)',
  replace_n: 'strings.replace_n({"a": "b", "b": "xy", "é": "e"}, a)',
  base64_encode: 'base64.encode(a)',
  base64url_encode: 'base64url.encode(a)',
  base64_round: 'base64.decode(base64.encode(a))',
  json_round: 'json.unmarshal(json.marshal(a))',
  template: '$"{is_array(b)}-{b.x}-{count(a)}-{b}" if not is_composite(b)',
  walk: 'count([1 | walk(a, _)])',
  walk_set: '{[path, value] | walk(a, [path, value])}',
  reachable: 'graph.reachable(a, t)',
  glob: 'glob.match(a, ["."], b)',
  cidr: 'net.cidr_contains(a, b)',
  dot: 'a[b]',
  dot_text: 'a.x.y',
  dot_shared: '[a.constructor, a["length"], a["0"]]',
  keys: '{k: v | some k, v in a}',
  values: '{v | some v in a}',
  object_by_value: '{v: "x" | some v in a; not is_object(v); not is_array(v)}',
  object_by_list: '{[v, 1]: "x" | some v in b; is_number(v)}',
  every_less: '{x | some x in a; every y in b { x < y }}',
  with_input: '[x | x := echo with input.a as b]',
  with_input_path: '[x | x := whole with input.a.x.y as b]',
  not_in: 'not a in t',
};

const BODY = `
a := input.a
b := input.b
c := input.c
s := {x | some x in input.a}
t := {x | some x in input.b}
echo := [a, count(s)]
whole := input
is_composite(x) if is_object(x)
is_composite(x) if is_array(x)
`;

export const CALL_NAMES: readonly string[] = Object.keys(CALLS);

export const CALLS_MODULE: string = `package calls\n${BODY}\n${Object.entries(CALLS)
  .map(([name, call]) => (name === 'not_in' ? `r_${name} if ${call}` : `r_${name} := ${call}`))
  .join('\n\n')}\n`;
