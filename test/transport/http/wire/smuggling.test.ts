/** What two readers of HTTP may understand differently is understood by nobody: it is refused, and the connection ends. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bytesOf, oursReader, type Reader } from './support/understood.ts';

/** A request of which only the fields, or the body, are odd. */
const fields = (...lines: readonly string[]): string => `POST /a HTTP/1.1\r\nhost: x\r\n${lines.join('\r\n')}\r\n\r\n`;
const chunked = (body: string): string => `${fields('transfer-encoding: chunked')}${body}`;
const first = (line: string): string => `${line}\r\nhost: x\r\n\r\n`;

const REFUSED: readonly [name: string, bytes: string][] = [
  ['a length and chunks', `${fields('content-length: 5', 'transfer-encoding: chunked')}0\r\n\r\n`],
  ['chunks and a length', `${fields('transfer-encoding: chunked', 'content-length: 5')}0\r\n\r\n`],
  ['two lengths that differ', `${fields('content-length: 1', 'content-length: 2')}ab`],
  ['two lengths that are the same', `${fields('content-length: 1', 'content-length: 1')}a`],
  ['a list of lengths', `${fields('content-length: 1, 1')}a`],
  ['a length with a sign', `${fields('content-length: +1')}a`],
  ['a negative length', `${fields('content-length: -1')}a`],
  ['a length in hex', `${fields('content-length: 0x1')}a`],
  ['a length with a fraction', `${fields('content-length: 1.0')}a`],
  ['a length that is empty', `${fields('content-length:')}a`],
  ['a length beyond what can be counted', fields('content-length: 99999999999999999999')],
  ['a length with a blank within', `${fields('content-length: 1 0')}a`],
  ['another coding', `${fields('transfer-encoding: gzip')}a`],
  ['another coding before chunks', `${fields('transfer-encoding: gzip, chunked')}0\r\n\r\n`],
  ['chunks before another coding', `${fields('transfer-encoding: chunked, identity')}0\r\n\r\n`],
  ['chunks twice', `${fields('transfer-encoding: chunked', 'transfer-encoding: chunked')}0\r\n\r\n`],
  ['no coding at all', fields('transfer-encoding:')],
  ['chunks with something behind', `${fields('transfer-encoding: chunked;q=1')}0\r\n\r\n`],
  ['chunks before a tab', `${fields('transfer-encoding: chunked\t')}0\r\n\r\n`],
  ['chunks before a blank', `${fields('transfer-encoding: chunked ')}0\r\n\r\n`],
  ['chunks behind a vertical tab', `${fields('transfer-encoding: \x0bchunked')}0\r\n\r\n`],
  ['a blank before the colon', `${fields('transfer-encoding : chunked')}0\r\n\r\n`],
  ['a tab before the colon', `${fields('content-length\t: 1')}a`],
  ['a field that goes on in the next line', fields('x-a: 1', ' content-length: 1')],
  ['a first field that begins with a blank', 'POST /a HTTP/1.1\r\n host: x\r\n\r\n'],
  ['a field without a name', fields(': 1')],
  ['a field without a colon', fields('content-length')],
  ['a name that is no token', fields('content(length): 1')],
  ['a line feed alone in a field', fields('x-a: 1\ncontent-length: 1')],
  ['a return alone in a field', fields('x-a: 1\rcontent-length: 1')],
  ['a zero byte in a value', fields('x-a: 1\0')],
  ['a zero byte in a name', fields('x\0a: 1')],
  ['lines that end in line feeds', 'GET /a HTTP/1.1\nhost: x\n\n'],
  ['an end of the head that is a line feed', 'GET /a HTTP/1.1\r\nhost: x\r\n\n'],
  ['two hosts', fields('host: y')],
  ['a target with a blank', first('GET /a b HTTP/1.1')],
  ['a target with a tab', first('GET /a\tb HTTP/1.1')],
  ['a target that is a word', first('GET a HTTP/1.1')],
  ['a target of another scheme', first('GET ftp://x/a HTTP/1.1')],
  ['no target', first('GET  HTTP/1.1')],
  ['two blanks before the version', first('GET /a  HTTP/1.1')],
  ['a tab for a blank', first('GET\t/a HTTP/1.1')],
  ['a star that nobody may ask for', first('GET * HTTP/1.1')],
  ['a method that nobody knows', first('GETT /a HTTP/1.1')],
  ['a method in lower case', first('get /a HTTP/1.1')],
  ['another version', first('GET /a HTTP/1.2')],
  ['version 2', first('GET /a HTTP/2.0')],
  ['a version in lower case', first('GET /a http/1.1')],
  ['a version with more digits', first('GET /a HTTP/1.10')],
  ['no version, as in HTTP/0.9', 'GET /a\r\n\r\n'],
  ['something behind the version', first('GET /a HTTP/1.1 ')],
  ['chunks in HTTP/1.0', 'POST /a HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a chunk without a size', chunked('\r\n\r\n')],
  ['a size with a sign', chunked('+1\r\na\r\n0\r\n\r\n')],
  ['a size with 0x', chunked('0x1\r\na\r\n0\r\n\r\n')],
  ['a size behind a blank', chunked(' 1\r\na\r\n0\r\n\r\n')],
  ['a size before a blank', chunked('1 \r\na\r\n0\r\n\r\n')],
  ['a size beyond what can be counted', chunked(`${'f'.repeat(17)}\r\na`)],
  ['a size that ends in a line feed', chunked('1\na\r\n0\r\n\r\n')],
  ['a size that ends in a return alone', chunked('1\ra\r\n0\r\n\r\n')],
  ['a chunk that is longer than its size', chunked('1\r\nab\r\n0\r\n\r\n')],
  ['a chunk that is shorter than its size', chunked('3\r\na\r\n0\r\n\r\n')],
  ['a chunk whose end is a line feed', chunked('1\r\na\n0\r\n\r\n')],
  ['an extension with a line feed', chunked('1;a\n\r\na\r\n0\r\n\r\n')],
  ['an extension without a name', chunked('1;\r\na\r\n0\r\n\r\n')],
  ['a trailer that is no field', chunked('0\r\nab\r\n\r\n')],
  ['a trailer with a blank before the colon', chunked('0\r\na : b\r\n\r\n')],
  ['a trailer that is a length', chunked('0\r\nContent-Length: 5\r\n\r\n')],
  ['a trailer that is a coding', chunked('0\r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n')],
  ['a trailer that is a host', chunked('0\r\nhost: y\r\n\r\n')],
  ['a trailer that says what becomes of the connection', chunked('0\r\nconnection: close\r\n\r\n')],
  ['an end of the trailers that is a line feed', chunked('0\r\n\n')],
];

describe('bytes that may be understood in two ways', () => {
  let reader: Reader;
  before(async () => {
    reader = await oursReader();
  });
  after(() => reader.close());

  for (const [name, bytes] of REFUSED) {
    it(`are refused: ${name}`, async () => {
      // The request behind it must not be heard of.
      const { requests, answer } = await reader.read([bytesOf(`${bytes}GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n`)]);
      assert.deepEqual(requests, []);
      assert.match(answer, /^HTTP\/1\.1 400 malformed\r\nconnection: close\r\ncontent-length: 0\r\n\r\n$/);
      assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1);
    });
  }
});
