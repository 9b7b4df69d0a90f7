/** Reflection, so that a client without our protos can find and call the service. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Client, Metadata } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { createGrpcTransport } from '../../../src/transport/grpc/server.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import { scriptedFlows } from '../../contract/scripted-flows.ts';
import { scriptedGateway } from '../../support/scripted-gateway.ts';
import { rawClient } from './raw-call.ts';

/** The part of the reflection protocol that is asked here. */
const REFLECTION = protobuf.parse(`
  syntax = "proto3";
  message Request { oneof ask { string file_containing_symbol = 4; string list_services = 7; } }
  message Response {
    message Files { repeated bytes file_descriptor_proto = 1; }
    message Services { message Service { string name = 1; } repeated Service service = 1; }
    message Error { int32 error_code = 1; }
    oneof answer { Files files = 4; Services services = 6; Error error = 7; }
  }`).root;

interface Answer {
  readonly files?: { readonly fileDescriptorProto: readonly Uint8Array[] };
  readonly services?: { readonly service: readonly { readonly name: string }[] };
}

for (const version of ['v1', 'v1alpha']) {
  describe(`gRPC reflection ${version}`, () => {
    let transport: Transport;
    let client: Client;
    beforeEach(async () => {
      transport = createGrpcTransport(scriptedFlows({}), { port: 0, gateway: scriptedGateway() });
      client = rawClient(await transport.start());
    });
    afterEach(async () => {
      client.close();
      await transport.drain(500);
    });

    const ask = (request: object): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const stream = client.makeBidiStreamRequest(
          `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
          (message: object) => Buffer.from(REFLECTION.lookupType('Request').encode(message).finish()),
          (bytes: Buffer) => REFLECTION.lookupType('Response').decode(bytes) as unknown as Answer, // parsed above
          new Metadata(),
          {},
        );
        stream.on('data', resolve);
        stream.on('error', reject);
        stream.write(request);
        stream.end();
      });

    test('lists the services', async () => {
      const { services } = await ask({ listServices: '*' });
      const names = services?.service.map(({ name }) => name) ?? [];
      assert(names.includes('turnpike.v1.DecisionService'), names.join(', '));
      assert(names.includes('turnpike.v1.Gateway'), names.join(', '));
      assert(names.includes('grpc.health.v1.Health'), names.join(', '));
    });

    test('describes the service that calls models in one file of its own words', async () => {
      const { files } = await ask({ fileContainingSymbol: 'turnpike.v1.Gateway' });
      const [file, ...others] = (files?.fileDescriptorProto ?? []).map(
        (bytes) => descriptor.FileDescriptorProto.decode(bytes) as descriptor.IFileDescriptorProto, // decoded as such
      );
      assert.deepEqual(others, []);
      const service = file?.service?.find(({ name }) => name === 'Gateway');
      assert.deepEqual(
        service?.method?.map(({ name, serverStreaming }) => [name, serverStreaming]),
        [
          ['Generate', false],
          ['GenerateStream', true],
        ],
      );
      const part = file?.messageType?.find(({ name }) => name === 'Part');
      assert.deepEqual(part?.oneofDecl?.[0]?.name, 'part');
      const response = file?.messageType?.find(({ name }) => name === 'GenerateResponse');
      assert.equal(response?.field?.find(({ name }) => name === 'usage')?.typeName, 'TokenUsage');
    });

    test('describes the service in the way that strict readers ask for', async () => {
      const { files } = await ask({ fileContainingSymbol: 'turnpike.v1.DecisionService' });
      const [file, ...others] = (files?.fileDescriptorProto ?? []).map(
        (bytes) => descriptor.FileDescriptorProto.decode(bytes) as descriptor.IFileDescriptorProto, // decoded as such
      );
      assert.deepEqual(others, []);
      assert.deepEqual(
        file?.service?.map(({ name, method }) => [name, method?.map((one) => one.name)]),
        [
          ['DecisionService', ['Decide', 'DecideBatch', 'DecideStream', 'Report']],
          ['Gateway', ['Generate', 'GenerateStream']],
        ],
      );
      const call = file?.messageType?.find(({ name }) => name === 'Call');
      const field = (name: string) => call?.field?.find((one) => one.name === name);
      assert.equal(field('input_tokens')?.number, 6);
      assert.equal((field('input_tokens') as { proto3Optional?: boolean }).proto3Optional, true);
      assert.equal((field('operation') as { proto3Optional?: boolean }).proto3Optional, false);
      assert.equal(field('tags')?.typeName, 'TagsEntry');
      assert.deepEqual(
        call?.nestedType?.map(({ name, options }) => [name, options?.mapEntry]),
        [['TagsEntry', true]],
      );
      // Imports are not described: every type named must be in the same file.
      const known = new Set(
        file?.messageType?.flatMap(({ name, nestedType = [] }) => [name, ...nestedType.map((one) => one.name)]),
      );
      for (const { field: fields = [] } of file?.messageType ?? []) {
        for (const { name, typeName } of fields) assert(!typeName || known.has(typeName), `${name}: ${typeName}`);
      }
    });
  });
}

test('reflection can be left out', async () => {
  const transport = createGrpcTransport(scriptedFlows({}), { port: 0, reflection: false });
  const client = rawClient(await transport.start());
  const code = await new Promise((resolve) => {
    const stream = client.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      new Metadata(),
      {},
    );
    stream.on('error', () => undefined); // said by the status
    stream.on('status', (end) => resolve(end.code));
    stream.end();
  });
  assert.equal(code, 12);
  client.close();
  await transport.drain(500);
});
