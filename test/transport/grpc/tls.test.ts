/** TLS and mutual TLS: who may connect, and under which name a client arrives. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { FailureCode } from '../../../src/core/failure.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { ServerSecurity } from '../../../src/transport/grpc/certificate.ts';
import { type ClientSecurity, createDecisionClient } from '../../../src/transport/grpc/client.ts';
import { createGrpcTransport } from '../../../src/transport/grpc/server.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import { scriptedFlows } from '../../contract/scripted-flows.ts';
import { DECISIONS } from '../../contract/transport-cases.ts';
import { createAuthority } from '../../support/certificates.ts';

const [{ decision }] = DECISIONS as [(typeof DECISIONS)[0]];

const authority = createAuthority('Test Authority');
const made = {
  authorityPem: authority.certificatePem,
  server: authority.certify({ name: [['CN', 'localhost']], dns: ['localhost'], ips: ['127.0.0.1'] }),
  client: authority.certify({
    name: [
      ['O', 'Example'],
      ['OU', 'search, ranking'],
      ['CN', 'assistant'],
    ],
  }),
  workload: authority.certify({ name: [['CN', 'assistant']], uris: ['spiffe://example/assistant'] }),
  stranger: createAuthority('Another Authority').certify({ name: [['CN', 'assistant']] }),
};

describe('gRPC over TLS', () => {
  let transport: Transport | undefined;
  afterEach(() => transport?.drain(500));

  const tls = (): ServerSecurity => ({ kind: 'tls', ...made.server });
  const mutual = (): ServerSecurity => ({ kind: 'tls', ...made.server, clientCaPem: made.authorityPem });
  const trusting = (): ClientSecurity => ({ kind: 'tls', serverCaPem: made.authorityPem });

  const arriving = async (server: ServerSecurity, security: ClientSecurity, key?: string) => {
    const flows = scriptedFlows({ decide: () => decision });
    transport = createGrpcTransport(flows, { port: 0, security: server });
    const address = (await transport.start()).replace('127.0.0.1', 'localhost');
    const client = createDecisionClient({ address, security, ...(key === undefined ? {} : { key }) });
    const ended: FailureCode | 'ok' = await client.decide({ call: { operation: 'chat' } }, { timeoutMs: 5000 }).then(
      () => 'ok' as const,
      (reason: unknown) => Failure.from(reason).code,
    );
    client.close();
    return { ended, credential: flows.arrivals[0]?.credential };
  };

  test('serves a client that trusts its certificate, which is no credential', async () => {
    assert.deepEqual(await arriving(tls(), trusting()), { ended: 'ok', credential: { kind: 'none' } });
  });

  test('is refused by a client that does not trust its certificate', async () => {
    const security = { kind: 'tls', serverCaPem: made.stranger.certificatePem } as const;
    assert.deepEqual(await arriving(tls(), security), { ended: 'unavailable', credential: undefined });
  });

  test('serves no client that speaks plain text', async () => {
    assert.deepEqual(await arriving(tls(), { kind: 'insecure' }), { ended: 'unavailable', credential: undefined });
  });

  test('takes a client certificate for its subject, most specific name first', async () => {
    assert.deepEqual(await arriving(mutual(), { ...trusting(), ...made.client }), {
      ended: 'ok',
      credential: { kind: 'certificate', subject: 'CN=assistant,OU=search\\, ranking,O=Example' },
    });
  });

  test('takes a client certificate for its URI, where it has one', async () => {
    assert.deepEqual(await arriving(mutual(), { ...trusting(), ...made.workload }), {
      ended: 'ok',
      credential: { kind: 'certificate', subject: 'spiffe://example/assistant' },
    });
  });

  test('takes a key before the certificate of the connection', async () => {
    assert.deepEqual(await arriving(mutual(), { ...trusting(), ...made.client }, 'tp_live_abc'), {
      ended: 'ok',
      credential: { kind: 'bearer', token: 'tp_live_abc' },
    });
  });

  test('lets no client in without a certificate, or with one of another authority, where one is asked for', async () => {
    const without = await arriving(mutual(), trusting());
    assert.deepEqual(without, { ended: 'unavailable', credential: undefined });
    await transport?.drain(500);
    const stranger = await arriving(mutual(), { ...trusting(), ...made.stranger });
    assert.deepEqual(stranger, { ended: 'unavailable', credential: undefined });
  });

  test('refuses a certificate and a key that do not belong together, without saying the key', () => {
    const security: ServerSecurity = { ...made.server, kind: 'tls', keyPem: made.client.keyPem };
    assert.throws(
      () => createGrpcTransport(scriptedFlows({}), { security }),
      (failure: unknown) =>
        failure instanceof Failure &&
        failure.code === 'config_invalid' &&
        /^grpc tls: .* does not load: /.test(failure.message) &&
        !failure.message.includes('PRIVATE'),
    );
  });
});
