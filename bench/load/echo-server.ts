/**
 * The floor: an empty grpc-js server, which answers the same to whatever comes. Two methods: `Decide` reads and writes
 * our own messages through proto-loader, as any service written with grpc-js does; `Raw` moves bytes and has no codec.
 * Started as a child; the first message is {answer, responseBytes}, the answer {grpc}.
 */
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { PROTO_DIRECTORY, SERVICE_FILE } from '../../src/transport/grpc/wire.ts';

type Handler = (call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<unknown>) => void;

const bytesAsTheyAre = (bytes: Buffer): Buffer => bytes;

process.once('message', ({ answer, responseBytes }: { readonly answer: object; readonly responseBytes: number }) => {
  const definition = loadSync(SERVICE_FILE, { includeDirs: [PROTO_DIRECTORY], keepCase: true, longs: String });
  const loaded = loadPackageDefinition(definition) as unknown as {
    readonly turnpike: { readonly v1: { readonly DecisionService: { readonly service: ServiceDefinition } } };
  }; // proto-loader types a package as anything; its shape is that of the file
  const answers =
    (value: unknown): Handler =>
    (_call, done) =>
      done(null, value);

  const server = new Server();
  server.addService(loaded.turnpike.v1.DecisionService.service, { Decide: answers(answer) });
  server.addService(
    {
      Raw: {
        path: '/bench.Echo/Raw',
        requestStream: false,
        responseStream: false,
        requestSerialize: bytesAsTheyAre,
        requestDeserialize: bytesAsTheyAre,
        responseSerialize: bytesAsTheyAre,
        responseDeserialize: bytesAsTheyAre,
      },
    },
    { Raw: answers(Buffer.alloc(responseBytes, 1)) },
  );
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.send?.({ grpc: `127.0.0.1:${port}` });
  });
});
