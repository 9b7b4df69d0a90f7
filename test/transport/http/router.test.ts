import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRouter } from '../../../src/transport/http/router.ts';

const router = createRouter({
  'POST /': 'default',
  'POST /v1/decide': 'decide',
  'POST /v1/decide:batch': 'batch',
  'GET /v1/data/{path}': 'data get',
  'POST /v1/data/{path}': 'data post',
  'GET /livez': 'livez',
});

const found = (entry: string, path = '', query = '') => ({ kind: 'found', entry, path, query });

for (const [method, url, expected] of [
  ['POST', '/v1/decide', found('decide')],
  ['POST', '/v1/decide?x=1', found('decide', '', 'x=1')],
  ['POST', '/v1/decide:batch', found('batch')],
  ['POST', '/v1/decide%3Abatch', found('batch')],
  ['POST', 'http://example.com:8181/v1/decide', found('decide')],
  ['POST', 'http://example.com', found('default')],
  ['POST', 'http://example.com?x', found('default', '', 'x')],
  ['POST', '/', found('default')],
  ['GET', '/v1/data/turnpike/decision', found('data get', 'turnpike/decision')],
  ['GET', '/v1/data/a%2Fb?input={}', found('data get', 'a%2Fb', 'input={}')],
  ['HEAD', '/livez', found('livez')],
  ['HEAD', '/v1/data/a', found('data get', 'a')],
  ['GET', '/v1/decide', { kind: 'wrong_method', allow: 'POST' }],
  ['PUT', '/v1/data/a', { kind: 'wrong_method', allow: 'GET, HEAD, POST' }],
  ['post', '/v1/decide', { kind: 'wrong_method', allow: 'POST' }],
  ['POST', '/v1/data/', { kind: 'missing' }],
  ['POST', '/v1/data', { kind: 'missing' }],
  ['POST', '/v1/decide/', { kind: 'missing' }],
  ['POST', '//v1/decide', { kind: 'missing' }],
  ['POST', '/v1/../v1/decide', { kind: 'missing' }],
  ['POST', '/V1/decide', { kind: 'missing' }],
  ['POST', '/%zz', { kind: 'missing' }],
  ['OPTIONS', '*', { kind: 'missing' }],
  ['POST', '', { kind: 'missing' }],
  ['POST', '/__proto__', { kind: 'missing' }],
  ['POST', '/constructor', { kind: 'missing' }],
] as const) {
  test(`${method} ${url === '' ? '(nothing)' : url} is ${'entry' in expected ? expected.entry : expected.kind}`, () => {
    assert.deepEqual(router.find(method, url), expected);
  });
}

test('no request target breaks the router', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (method, url) => {
      assert.match(router.find(method, url).kind, /^(found|wrong_method|missing)$/);
    }),
  );
});
