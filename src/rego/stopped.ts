/** What stopped an evaluation → the Failure that says so. */
import { Failure } from '../core/failure.ts';
import { TooManyValues } from './value-reader.ts';

/** What policy aborted with, such as `x.rego:3:1: object insert conflict`. */
export class PolicyAbort extends Error {}

export function failureOf(reason: unknown, fuelLeft: number, memoryMaxBytes: number): Failure {
  if (reason instanceof Failure) return reason;
  if (reason instanceof PolicyAbort) {
    if (reason.message === 'opa_malloc: failed') {
      const limit = `policy evaluation needs more than ${memoryMaxBytes} bytes of memory and was stopped`;
      return new Failure('evaluation_limit', limit, { cause: reason });
    }
    return new Failure('evaluation_failed', `policy aborted: ${reason.message}`, { cause: reason });
  }
  if (reason instanceof TooManyValues) {
    return new Failure('evaluation_limit', 'policy result has too many values', { cause: reason });
  }
  if (reason instanceof WebAssembly.RuntimeError) {
    if (fuelLeft < 0)
      return new Failure('evaluation_limit', 'policy evaluation spent its fuel and was stopped', { cause: reason });
    return new Failure('evaluation_failed', `policy trapped: ${reason.message}`, { cause: reason });
  }
  if (reason instanceof RangeError) {
    return new Failure('evaluation_failed', 'policy evaluation nests too deeply', { cause: reason });
  }
  return new Failure('evaluation_failed', 'policy evaluation failed', { cause: reason });
}
