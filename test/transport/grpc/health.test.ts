/** Standard health: SERVING only while a policy is active and nothing drains, and whoever watches is told. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Client, credentials, loadPackageDefinition, type ServiceError, status } from '@grpc/grpc-js';
import { service as HEALTH } from 'grpc-health-check';
import type { PolicyStatus } from '../../../src/engine/active-policy.ts';
import { createGrpcTransport } from '../../../src/transport/grpc/server.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import { scriptedFlows } from '../../contract/scripted-flows.ts';
import { scriptedGateway } from '../../support/scripted-gateway.ts';
import { scriptedPolicy } from '../../support/scripted-policy.ts';

const SERVICE = 'turnpike.v1.DecisionService';
const SERVING = scriptedPolicy(() => undefined).status();
if (SERVING.kind !== 'serving') throw new Error('the scripted policy serves');

const STATUSES: readonly { readonly status: PolicyStatus; readonly health: string }[] = [
  { status: { kind: 'never_activated' }, health: 'NOT_SERVING' },
  { status: SERVING, health: 'SERVING' },
  { status: { ...SERVING, kind: 'serving_last_good', why: 'git is away' }, health: 'SERVING' },
  { status: { ...SERVING, kind: 'stale', why: 'git is away' }, health: 'SERVING' },
];

interface HealthClient extends Client {
  check(request: object, callback: (error: ServiceError | null, answer?: { status: string }) => void): void;
  list(request: object, callback: (error: ServiceError | null, answer?: { statuses: object }) => void): void;
  watch(
    request: object,
  ): AsyncIterable<{ status: string }> & { cancel(): void; on(event: string, run: () => void): void };
}
// The library builds the client from the definition at run time; what it can do is said above.
const HealthStub = loadPackageDefinition({ Health: HEALTH })['Health'] as unknown as new (
  ...parameters: ConstructorParameters<typeof Client>
) => HealthClient;

describe('gRPC health', () => {
  let policy: PolicyStatus;
  let transport: Transport;
  let client: HealthClient;
  beforeEach(async () => {
    policy = SERVING;
    transport = createGrpcTransport(scriptedFlows({ status: () => policy }), { port: 0 });
    client = new HealthStub(await transport.start(), credentials.createInsecure());
  });
  afterEach(async () => {
    client.close();
    await transport.drain(500);
  });

  const check = (service: string): Promise<string | number> =>
    new Promise((resolve) => {
      client.check({ service }, (error, answer) => resolve(error?.code ?? answer?.status ?? 'nothing'));
    });

  for (const { status: now, health } of STATUSES) {
    test(`is ${health} while the policy is ${now.kind}, for the server and for the service`, async () => {
      policy = now;
      assert.equal(await check(''), health);
      assert.equal(await check(SERVICE), health);
    });
  }

  test('follows the policy from one question to the next', async () => {
    policy = { kind: 'never_activated' };
    assert.equal(await check(SERVICE), 'NOT_SERVING');
    policy = SERVING;
    assert.equal(await check(SERVICE), 'SERVING');
  });

  test('does not know another service', async () => {
    assert.equal(await check('turnpike.v1.Other'), status.NOT_FOUND);
  });

  test('knows the service that calls models where there is one', async (context) => {
    const served = createGrpcTransport(scriptedFlows({ status: () => SERVING }), {
      port: 0,
      gateway: scriptedGateway(),
    });
    const other = new HealthStub(await served.start(), credentials.createInsecure());
    context.after(async () => {
      other.close();
      await served.drain(500);
    });
    const ask = (stub: HealthClient): Promise<string | number | undefined> =>
      new Promise((resolve) => {
        stub.check({ service: 'turnpike.v1.Gateway' }, (error, answer) => resolve(error?.code ?? answer?.status));
      });
    assert.equal(await ask(other), 'SERVING');
    assert.equal(await ask(client), status.NOT_FOUND);
  });

  test('lists what is served', async () => {
    const answer = await new Promise((resolve) => {
      client.list({}, (_error, listed) => resolve(listed));
    });
    assert.deepEqual(answer, { statuses: { '': { status: 'SERVING' }, [SERVICE]: { status: 'SERVING' } } });
  });

  test('tells who watches of changes and of the drain, and ends the watching', async () => {
    const told: string[] = [];
    for await (const { status: now } of client.watch({ service: SERVICE })) {
      told.push(now);
      if (told.length === 1) policy = { kind: 'never_activated' };
      if (told.length === 2) policy = SERVING;
      if (told.length === 3) void transport.drain(2000);
    }
    assert.deepEqual(told, ['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING']);
  });
});
