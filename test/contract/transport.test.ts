/** Every transport, one contract. */
import { createGrpcDriver } from './grpc-driver.ts';
import { createHttpDriver } from './http-driver.ts';
import { transportContract } from './transport.ts';

transportContract(createGrpcDriver());
transportContract(createHttpDriver());
