/** Port: where the facts of a decision come from. Here a request or a static file; later the shared state. */
import type { Call, Caller } from '../core/call.ts';
import type { Facts } from '../core/facts.ts';

export interface FactsSource {
  /** @param told facts that came with the request, if the caller may tell any */
  read(call: Call, caller: Caller, told: Facts | undefined): Facts | Promise<Facts>;
}
