/**
 * Nobody is asked who they are. Only by explicit configuration and on loopback, which whoever reads the configuration
 * holds; it fixes nothing, so a request says its whole caller.
 */
import type { Principal } from '../core/principal.ts';
import type { Identity } from '../flows/identity.ts';

/** @param otherwise what holds where a request does not say it; default: nothing, so that every request must */
export function createOpenIdentity(otherwise?: Principal['otherwise']): Identity {
  const anybody: Principal = Object.freeze({ subject: 'anonymous', ...(otherwise === undefined ? {} : { otherwise }) });
  return { identify: () => anybody };
}
