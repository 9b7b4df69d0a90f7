/** Port: credential → Principal, the same for every transport. */
import type { Principal } from '../core/principal.ts';
import type { Credential } from './arrival.ts';

export interface Identity {
  /**
   * A promise only where somebody must be asked, such as an issuer for its keys.
   * @throws Failure `unauthenticated` without saying which part was wrong
   */
  identify(credential: Credential): Principal | Promise<Principal>;
}
