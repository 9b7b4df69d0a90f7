/** Every transport, one contract. */
import { createGrpcDriver } from './grpc-driver.ts';
import { transportContract } from './transport.ts';

transportContract(createGrpcDriver());
