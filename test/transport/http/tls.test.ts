import assert from 'node:assert/strict';
import { request } from 'node:https';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createHttpTransport, type HttpTransportOptions } from '../../../src/transport/http/server.ts';
import { type Certified, createAuthority } from '../../support/certificates.ts';
import { answering } from './support/scripted.ts';
import { serve } from './support/served.ts';

const authority = createAuthority('Test authority');
const server = authority.certify({ name: [['CN', 'localhost']], ips: ['127.0.0.1'] });
const named = authority.certify({
  name: [
    ['O', 'Example'],
    ['CN', 'assistant'],
  ],
});
const spiffe = authority.certify({ name: [['CN', 'x']], dns: ['x'], uris: ['spiffe://example/search'] });
const stranger = createAuthority('Another').certify({ name: [['CN', 'assistant']] });

const TLS = { certificatePem: server.certificatePem, keyPem: server.keyPem };
const MUTUAL = { ...TLS, clientCaPem: authority.certificatePem };

function decide(url: string, client?: Certified, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/v1/decide`,
      {
        method: 'POST',
        agent: false,
        ca: authority.certificatePem,
        ...(client === undefined ? {} : { cert: client.certificatePem, key: client.keyPem }),
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    outgoing.on('error', reject);
    outgoing.end('{"call":{"operation":"chat"}}');
  });
}

test('TLS alone asks for no certificate', async (context) => {
  const flows = answering();
  const { url } = await serve(context, flows, { tls: TLS });
  assert.equal(await decide(url), 200);
  assert.deepEqual(flows.arrivals[0]?.credential, { kind: 'none' });
});

for (const [what, client, headers, credential] of [
  ['its name', named, {}, { kind: 'certificate', subject: 'CN=assistant,O=Example' }],
  ['its URI', spiffe, {}, { kind: 'certificate', subject: 'spiffe://example/search' }],
  ['the key that it shows besides', named, { authorization: 'Bearer tp_a_b' }, { kind: 'bearer', token: 'tp_a_b' }],
] as const) {
  test(`a client with a certificate arrives by ${what}`, async (context) => {
    const flows = answering();
    const { url } = await serve(context, flows, { tls: MUTUAL });
    assert.equal(await decide(url, client, headers), 200);
    assert.deepEqual(flows.arrivals[0]?.credential, credential);
  });
}

for (const [what, client] of [
  ['without a certificate', undefined],
  ['with the certificate of another authority', stranger],
] as const) {
  test(`a client ${what} does not get in where one is asked for, and the server goes on`, async (context) => {
    const flows = answering();
    const { url } = await serve(context, flows, { tls: MUTUAL });
    await assert.rejects(decide(url, client));
    assert.deepEqual(flows.arrivals, []);
    assert.equal(await decide(url, named), 200);
  });
}

test('plain text on a TLS port ends that connection only', async (context) => {
  const { url, port } = await serve(context, answering(), { tls: TLS });
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n'));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve());
    socket.resume();
  });
  assert.equal(await decide(url), 200);
});

test('a drain cuts a connection that is still shaking hands, at its bound', async (context) => {
  const { port, transport } = await serve(context, answering(), { tls: TLS });
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => socket.destroy());
  await transport.drain(50);
  await closed;
});

for (const [what, tls] of [
  ['a certificate that is none', { ...TLS, certificatePem: 'nonsense' }],
  ['a key of another certificate', { ...TLS, keyPem: named.keyPem }],
  [
    'an authority that is none',
    { ...TLS, clientCaPem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
  ],
] as const) {
  test(`${what} is refused before anything listens, and the key is not repeated`, () => {
    const options: HttpTransportOptions = {
      host: '127.0.0.1',
      port: 0,
      nowMs: Date.now,
      metrics: async () => ({ contentType: 'text/plain', body: '' }),
      tls,
    };
    assert.throws(() => createHttpTransport(answering(), options), {
      code: 'config_invalid',
      message: 'http.tls: the certificate, key or client authority is not usable PEM',
    });
  });
}
