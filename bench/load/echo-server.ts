/**
 * The floor: an empty grpc-js server that answers fixed bytes to whatever comes, with no codec and no decision.
 * Started as a child; the first message says how many bytes to answer.
 */
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';

const identity = (bytes: Buffer): Buffer => bytes;

process.once('message', (options: { readonly responseBytes: number }) => {
  const response = Buffer.alloc(options.responseBytes, 1);
  const server = new Server();
  server.addService(
    {
      Echo: {
        path: '/bench.Echo/Echo',
        requestStream: false,
        responseStream: false,
        requestSerialize: identity,
        requestDeserialize: identity,
        responseSerialize: identity,
        responseDeserialize: identity,
      },
    },
    {
      Echo: (_call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => done(null, response),
    },
  );
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.send?.({ grpc: `127.0.0.1:${port}` });
  });
});
