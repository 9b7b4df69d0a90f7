/** What a caller may use, in the words of a protocol: all of it, or one by its name. */
import { Failure } from '../../core/failure.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Gateway, ListedModel } from '../../flows/gateway.ts';
import { type ErrorWriter, errorReply } from './model-call.ts';
import type { ModelRoute } from './model-routes.ts';
import { jsonReply } from './reply.ts';

/** @param write the document of everything */
export function listingRoute(
  gateway: Pick<Gateway, 'models'>,
  errors: ErrorWriter,
  write: (models: readonly ListedModel[]) => JsonObject,
): ModelRoute {
  return {
    async answer(exchange) {
      try {
        return jsonReply(write(await gateway.models(exchange.arrive())), NOT_STORED);
      } catch (reason) {
        return errorReply(errors, Failure.from(reason));
      }
    },
    refuse: (failure) => errorReply(errors, failure),
  };
}

/** One model; what the caller may not use is not there. @param write the document of one */
export function modelRoute(
  gateway: Pick<Gateway, 'models'>,
  errors: ErrorWriter,
  write: (model: ListedModel) => JsonObject,
): ModelRoute {
  return {
    async answer(exchange) {
      try {
        const id = modelIdOf(exchange.path);
        const found = (await gateway.models(exchange.arrive())).find((model) => model.id === id);
        if (found === undefined)
          throw new Failure('not_found', `model "${id.slice(0, 64)}": is not there for this caller`);
        return jsonReply(write(found), NOT_STORED);
      } catch (reason) {
        return errorReply(errors, Failure.from(reason));
      }
    },
    refuse: (failure) => errorReply(errors, failure),
  };
}

/** What is listed depends on who asks and when. */
const NOT_STORED = { 'cache-control': 'no-store' } as const;

/** SDKs encode the slash of `provider/model`. */
function modelIdOf(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new Failure('invalid_request', 'path: is not valid percent-encoding of UTF-8', { cause });
  }
}
