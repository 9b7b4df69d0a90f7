/** Wires who may ask: keys, tokens and certificates where they are configured; nobody where the configuration says so. */
import { unwatchFile, watchFile } from 'node:fs';
import type { Config, IssuerConfig } from './config/config.ts';
import { everyKey } from './config/keys-file.ts';
import { Failure } from './core/failure.ts';
import { SYSTEM_CLOCK } from './engine/clock.ts';
import type { Identity } from './flows/identity.ts';
import { createCertificateIdentity } from './identity/certificate.ts';
import { createIdentity } from './identity/identity.ts';
import { issuerKeys, type KeySource } from './identity/issuer-keys.ts';
import { createTokenIdentity, type TokenIssuer } from './identity/jwt.ts';
import { createKeyIdentity } from './identity/keys.ts';
import { createOpenIdentity } from './identity/open.ts';
import { createReplaceableIdentity } from './identity/replaceable.ts';

/** How often the file of keys is looked at: a key that is revoked is refused within this time. */
const LOOK_MS = 1_000;

export interface ComposedIdentity {
  readonly identity: Identity;
  /** Stops looking at files. */
  close(): void;
}

export function composeIdentity(
  config: Config['identity'],
  host: { readonly warn?: (message: string) => void },
): ComposedIdentity {
  if (config.mode === 'none')
    return { identity: createIdentity({ open: createOpenIdentity(config.anonymous) }), close() {} };
  const read = (): Identity => createKeyIdentity(everyKey(config), SYSTEM_CLOCK);
  const keys = createReplaceableIdentity(read());
  const identity = createIdentity({
    keys,
    ...(config.issuers.length > 0 ? { tokens: createTokenIdentity(config.issuers.map(issuerOf), SYSTEM_CLOCK) } : {}),
    ...(config.certificates.length > 0 ? { certificates: createCertificateIdentity(config.certificates) } : {}),
  });
  const { keysFile } = config;
  if (keysFile === undefined) return { identity, close() {} };
  const look = (): void => {
    try {
      keys.replace(read());
    } catch (reason) {
      host.warn?.(`${keysFile}: ${Failure.from(reason).message}; the keys read before stay in force`);
    }
  };
  watchFile(keysFile, { interval: LOOK_MS, persistent: false }, look);
  return { identity, close: () => unwatchFile(keysFile, look) };
}

function issuerOf(config: IssuerConfig): TokenIssuer {
  const { issuer, audiences, claims = {}, clockToleranceMs, jwksFile, jwksUrl, ...fixed } = config;
  return { issuer, audiences, claims, fixed, clockToleranceMs, keys: issuerKeys(sourceOf(config)) };
}

function sourceOf({ issuer, jwksFile, jwksUrl }: IssuerConfig): KeySource {
  if (jwksFile !== undefined) return { kind: 'file', path: jwksFile };
  return jwksUrl === undefined ? { kind: 'discovery', issuer } : { kind: 'url', url: jwksUrl };
}
