/** Signature Version 4, worked out from AWS's own text by whoever receives a request. */
import { createHash, createHmac } from 'node:crypto';
import type { UpstreamRequest } from '../../support/upstream.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** @returns what the header `authorization` should be, for what it says is signed */
export function authorizationOf(request: UpstreamRequest, accessKeyId: string, secretAccessKey: string): string {
  const said = request.headers['authorization'] ?? '';
  const scope = /Credential=[^/]+\/([^,]+),/.exec(said)?.[1] ?? '';
  const signedHeaders = /SignedHeaders=([^,]+),/.exec(said)?.[1] ?? '';
  const [day = '', region = '', service = ''] = scope.split('/');
  const [path = '', query = ''] = request.path.split('?');
  const canonical = [
    request.method,
    // Every segment is encoded once more than it is in the request line.
    path.split('/').map(encodeURIComponent).join('/'),
    query,
    ...signedHeaders.split(';').map((name) => `${name}:${request.headers[name] ?? ''}`),
    '',
    signedHeaders,
    sha256(request.body),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), region), service), 'aws4_request');
  const signature = hmac(key, text).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}
