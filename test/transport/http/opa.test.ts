import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answering } from './support/scripted.ts';
import { serve } from './support/served.ts';

/** Answers what it was asked; `nothing/…` is undefined. */
const flows = () =>
  answering({
    query: (path, input) => ({
      ...(path.startsWith('nothing') ? {} : { result: { path, input: input === undefined ? 'none' : input } }),
      decisionId: 'query-1',
    }),
  });
const WARNING = { code: 'api_usage_warning', message: "'input' key missing from the request" };
const answer = (path: string, input: unknown): object => ({ decision_id: 'query-1', result: { path, input } });

for (const [what, path, body, expected] of [
  ['an input', '/v1/data/turnpike/decision', '{"input":{"a":1}}', answer('turnpike/decision', { a: 1 })],
  ['an input that is no object', '/v1/data/a', '{"input":false}', answer('a', false)],
  ['further fields beside the input', '/v1/data/a', '{"input":1,"com.example/x":2}', answer('a', 1)],
  ['no input', '/v1/data/a', '{}', { ...answer('a', 'none'), warning: WARNING }],
  ['a null input', '/v1/data/a', '{"input":null}', { ...answer('a', 'none'), warning: WARNING }],
  ['null for a body', '/v1/data/a', 'null', { ...answer('a', 'none'), warning: WARNING }],
  ['no body', '/v1/data/a', '', { ...answer('a', 'none'), warning: WARNING }],
  ['what is undefined', '/v1/data/nothing/here', '{"input":1}', { decision_id: 'query-1' }],
  ['what is undefined, without input', '/v1/data/nothing', '', { decision_id: 'query-1', warning: WARNING }],
  [
    'an input on the prototype',
    '/v1/data/a',
    '{"__proto__":{"input":1}}',
    { ...answer('a', 'none'), warning: WARNING },
  ],
  ['an encoded path', '/v1/data/a%2Db//c/', '{"input":1}', answer('a-b/c', 1)],
  ['an encoded slash, which is part of a name', '/v1/data/a%2Fb', '{"input":1}', answer('a%2Fb', 1)],
] as const) {
  test(`POST with ${what} answers as OPA does`, async (context) => {
    const { url } = await serve(context, flows());
    const response = await fetch(`${url}${path}`, { method: 'POST', body });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('x-turnpike-decision-id'), 'query-1');
    const text = await response.text();
    assert.deepEqual(JSON.parse(text), expected);
    assert.equal(text, `${JSON.stringify(expected)}\n`);
  });
}

for (const [what, query, expected] of [
  ['an input', '?input=%7B%22a%22:%22x%20y%22%7D', answer('a', { a: 'x y' })],
  ['spaces as plus signs', '?input=%22x+y%2B%22', answer('a', 'x y+')],
  ['several inputs, of which the last counts', '?input=1&input=2', answer('a', 2)],
  ['no input, without a warning', '', answer('a', 'none')],
  ['parameters that mean nothing here', '?metrics&explain=full', answer('a', 'none')],
] as const) {
  test(`GET with ${what} answers as OPA does`, async (context) => {
    const { url } = await serve(context, flows());
    const response = await fetch(`${url}/v1/data/a${query}`);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), expected);
  });
}

for (const [query, indented] of [
  ['?pretty', true],
  ['?pretty=true', true],
  ['?x&pretty=TRUE', true],
  ['?pretty=false', false],
  ['?pretty=1', false],
  ['?prettyish', false],
] as const) {
  test(`${query} is ${indented ? '' : 'not '}a wish for indentation`, async (context) => {
    const { url } = await serve(context, flows());
    const response = await fetch(`${url}/v1/data/a${query}`);
    assert.equal(await response.text(), `${JSON.stringify(answer('a', 'none'), null, indented ? 2 : 0)}\n`);
  });
}

test('POST / takes the body for the input and answers the bare document of the default decision', async (context) => {
  const { url } = await serve(context, flows(), { defaultDecision: 'system/main' });
  const response = await fetch(url, { method: 'POST', body: '{"input":1}' });
  assert.equal(await response.text(), '{"path":"system/main","input":{"input":1}}\n');
  const empty = await fetch(url, { method: 'POST', body: '' });
  assert.equal(await empty.text(), '{"path":"system/main","input":null}\n');
});

test('POST / asks turnpike/decision where nothing else is configured', async (context) => {
  const { url } = await serve(context, flows());
  const response = await fetch(url, { method: 'POST', body: '1' });
  assert.deepEqual(await response.json(), { path: 'turnpike/decision', input: 1 });
});

test('POST / is 404 where the default decision is undefined', async (context) => {
  const { url } = await serve(context, flows(), { defaultDecision: 'nothing' });
  const response = await fetch(url, { method: 'POST', body: '1' });
  assert.equal(response.status, 404);
  assert.match(await response.text(), /"detail":"document nothing: is undefined for this input"/);
});

for (const [what, method, path, body, type, status, detail] of [
  [
    'a body that is no object',
    'POST',
    '/v1/data/a',
    '[1]',
    'application/json',
    400,
    'body: must be an object with a field "input"',
  ],
  [
    'a cut body',
    'POST',
    '/v1/data/a',
    '{"input":',
    'text/plain',
    400,
    'body: malformed JSON at line 1 column 10: expected a value',
  ],
  [
    'text behind the document',
    'POST',
    '/v1/data/a',
    '{} x',
    '',
    400,
    'body: malformed JSON at line 1 column 4: expected the end of the text',
  ],
  [
    'YAML',
    'POST',
    '/v1/data/a',
    'input: 1',
    'application/x-yaml',
    415,
    'content-type: must be application/json, YAML is not read',
  ],
  ['a malformed path', 'POST', '/v1/data/%ff', '{}', '', 400, 'path: is not valid percent-encoding of UTF-8'],
  [
    'a malformed input',
    'GET',
    '/v1/data/a?input={',
    undefined,
    '',
    400,
    'query parameter input: malformed JSON at line 1 column 2: expected a key in double quotes or }',
  ],
  ['an empty input', 'GET', '/v1/data/a?input', undefined, '', 400, 'query parameter input: is empty, must be JSON'],
  [
    'an input in bad UTF-8',
    'GET',
    '/v1/data/a?input=%22%ff%22',
    undefined,
    '',
    400,
    'query parameter input: is not valid percent-encoding of UTF-8',
  ],
  [
    'an input that is nested too deep',
    'GET',
    `/v1/data/a?input=${'['.repeat(65)}`,
    undefined,
    '',
    413,
    'query parameter input: nested deeper than 64',
  ],
] as const) {
  test(`${method} with ${what} is refused`, async (context) => {
    const asked = flows();
    const { url } = await serve(context, asked);
    const headers = { 'content-type': type };
    const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    assert.equal(response.status, status);
    const problem = (await response.json()) as { detail: unknown }; // a problem has a detail
    assert.equal(problem.detail, detail);
    assert.deepEqual(asked.received, []);
  });
}
