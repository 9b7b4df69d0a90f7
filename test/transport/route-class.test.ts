/** Every route of every transport: what it is declared to be is what it does. Only a priced model call starts one. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Client, credentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { OPERATIONS as CALL_OPERATIONS } from '../../src/core/call.ts';
import { describeCall } from '../../src/flows/described-call.ts';
import { createGrpcTransport } from '../../src/transport/grpc/server.ts';
import { METHOD_CLASSES, OPERATION } from '../../src/transport/grpc/service.ts';
import { codecOf, PROTO_DIRECTORY } from '../../src/transport/grpc/wire.ts';
import { OPERATION_CLASSES, OPERATIONS } from '../../src/transport/http/operations.ts';
import { createHttpTransport } from '../../src/transport/http/server.ts';
import type { RouteClass } from '../../src/transport/route-class.ts';
import type { ScriptedFlows } from '../contract/scripted-flows.ts';
import { type ScriptedGateway, scriptedGateway } from '../support/scripted-gateway.ts';
import { type ScriptedReports, scriptedReports } from '../support/scripted-reports.ts';
import { plainRoutes } from './http/support/plain-protocol.ts';
import { answering } from './http/support/scripted.ts';

const BODIES: Readonly<Record<string, string>> = {
  'POST /v1/decide:batch': '{"requests":[{}]}',
};

/** What a request set off, in the words of a class. */
function done(
  gateway: ScriptedGateway,
  flows: ScriptedFlows,
  reports: ScriptedReports,
): { readonly kinds: readonly string[]; readonly operation: unknown } {
  const [asked] = gateway.asked;
  const kinds = [
    ...(asked === undefined ? [] : ['model_call']),
    ...(gateway.arrivals.length > gateway.asked.length ? ['listing'] : []),
    ...(flows.arrivals.length > 0 ? ['flow'] : []),
    ...(reports.arrivals.length > 0 ? ['cost_report'] : []),
  ];
  return { kinds, operation: asked && describeCall(asked.request, {}).call.operation };
}

function expected(declared: RouteClass): ReturnType<typeof done> {
  switch (declared.kind) {
    case 'model_call':
      return { kinds: ['model_call'], operation: declared.operation };
    case 'listing':
      return { kinds: ['listing'], operation: undefined };
    case 'decision':
    case 'report':
      return { kinds: ['flow'], operation: undefined };
    case 'cost_report':
      return { kinds: ['cost_report'], operation: undefined };
    case 'probe':
      return { kinds: [], operation: undefined };
  }
}

const classes: readonly (readonly [string, RouteClass])[] = [
  ...Object.entries(OPERATION_CLASSES),
  ...Object.entries(METHOD_CLASSES),
];

test('every route says what it is, and every model call which one and how it is priced', () => {
  for (const [name, declared] of classes) {
    const { kind, ...rest } = declared;
    assert(['model_call', 'listing', 'decision', 'report', 'cost_report', 'probe'].includes(kind), name);
    const isCall = kind === 'model_call';
    assert.deepEqual(Object.keys(rest), isCall ? ['operation', 'priced'] : [], name);
  }
  for (const [name, declared] of classes.filter(([, { kind }]) => kind === 'model_call')) {
    assert(declared.kind === 'model_call');
    assert(CALL_OPERATIONS.includes(declared.operation), name);
    assert.equal(declared.priced, declared.operation === 'count_tokens' ? 'free' : 'by_usage', name);
  }
});

describe('each route of HTTP does what it is declared to do', { timeout: 30_000 }, () => {
  for (const name of OPERATIONS) {
    test(name, async (context) => {
      const gateway = scriptedGateway();
      const flows = answering();
      const reports = scriptedReports();
      const transport = createHttpTransport(flows, {
        host: '127.0.0.1',
        port: 0,
        nowMs: Date.now,
        metrics: async () => ({ contentType: 'text/plain', body: '' }),
        modelRoutes: plainRoutes(gateway),
        costReports: reports,
      });
      const address = await transport.start();
      context.after(() => transport.drain(0));
      const [method = '', template = ''] = name.split(' ');
      const body = method === 'POST' ? { body: BODIES[name] ?? '{}' } : {};
      const headers = { 'content-type': 'application/json' };
      await (
        await fetch(`http://${address}${template.replace('{path}', 'auto')}`, { method, headers, ...body })
      ).text();
      assert.deepEqual(done(gateway, flows, reports), expected(OPERATION_CLASSES[name]));
      for (const arrival of [...gateway.arrivals, ...flows.arrivals, ...reports.arrivals])
        assert.equal(arrival.operation, name);
    });
  }
});

describe('each method of gRPC does what it is declared to do', { timeout: 30_000 }, () => {
  const methods = servedMethods();
  const REQUESTS: Readonly<Record<string, object>> = {
    'turnpike.v1.GenerateRequest': { messages: [{ role: 'user', content: [{ text: 'a' }] }] },
    'turnpike.v1.DecideStreamRequest': { request: {} },
  };
  let gateway: ScriptedGateway;
  let flows: ScriptedFlows;
  let reports: ScriptedReports;

  test('and the protos have no others', () => {
    assert.deepEqual(methods.map(({ path }) => path).sort(), Object.values(OPERATION).sort());
  });

  for (const { name, path, request } of methods) {
    test(path, async (context) => {
      gateway = scriptedGateway();
      flows = answering();
      reports = scriptedReports();
      const transport = createGrpcTransport(flows, { port: 0, gateway, costReports: reports });
      const client = new Client(await transport.start(), credentials.createInsecure());
      context.after(async () => {
        client.close();
        await transport.drain(200);
      });
      await new Promise((resolve) => {
        const call = client.makeBidiStreamRequest(
          `/${path}`,
          (bytes: Buffer) => bytes,
          (bytes: Buffer) => bytes,
          {},
        );
        call.on('data', () => undefined);
        call.on('error', () => undefined); // said by the status
        call.on('status', resolve);
        call.write(codecOf(request).encode(REQUESTS[request] ?? {}));
        call.end();
      });
      const declared = Object.entries(METHOD_CLASSES).find(([known]) => known === name)?.[1];
      assert(declared);
      assert.deepEqual(done(gateway, flows, reports), expected(declared));
      for (const arrival of [...gateway.arrivals, ...flows.arrivals, ...reports.arrivals])
        assert.equal(arrival.operation, path);
    });
  }
});

/** Every method of every service of our protos. */
function servedMethods(): readonly { readonly name: string; readonly path: string; readonly request: string }[] {
  const folder = `${PROTO_DIRECTORY}turnpike/v1/`;
  return readdirSync(folder).flatMap((file) => {
    const { root, package: packageName } = protobuf.parse(readFileSync(folder + file, 'utf8'), new protobuf.Root());
    const services = root.lookup(packageName ?? '');
    if (!(services instanceof protobuf.Namespace)) return [];
    return services.nestedArray
      .filter((thing) => thing instanceof protobuf.Service)
      .flatMap((service) =>
        service.methodsArray.map(({ name, requestType }) => ({
          name,
          path: `${packageName}.${service.name}/${name}`,
          request: `${packageName}.${requestType}`,
        })),
      );
  });
}
