/**
 * Owns credentials: who a key, a token of an identity provider or a client certificate stands for. May import core and the flows' port.
 * Fails closed: what is not configured is refused, with one sentence that says nothing of what was wrong.
 */
import { Failure } from '../core/failure.ts';
import type { Credential } from '../flows/arrival.ts';
import type { Identity } from '../flows/identity.ts';
import { looksLikeToken } from './jwt.ts';

/** What each kind of credential is read by; a kind left out is refused. */
export interface Identities {
  readonly keys?: Identity;
  readonly tokens?: Identity;
  readonly certificates?: Identity;
  /** For who shows no credential. Where keys are not read at all, a key that is shown anyway changes nothing. */
  readonly open?: Identity;
}

export function createIdentity(identities: Identities): Identity {
  return {
    identify(credential) {
      const identity = choose(identities, credential);
      if (identity === undefined) throw new Failure('unauthenticated', 'credential: missing or not accepted');
      return identity.identify(credential);
    },
  };
}

function choose({ keys, tokens, certificates, open }: Identities, credential: Credential): Identity | undefined {
  switch (credential.kind) {
    case 'bearer':
      // A key of ours begins with `tp_`, so each reader sees what may be its own.
      if (tokens !== undefined && looksLikeToken(credential.token)) return tokens;
      return keys ?? open;
    case 'certificate':
      return certificates ?? open;
    case 'none':
      return open;
  }
}
