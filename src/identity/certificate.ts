/**
 * Client certificates that TLS verified: subject → principal. A subject is configured as the common name
 * (`assistant`), as the whole distinguished name (`CN=assistant,O=Example`) or as a SAN URI (`spiffe://example/a`).
 */
import { Failure, type Fault } from '../core/failure.ts';
import type { Principal } from '../core/principal.ts';
import type { Identity } from '../flows/identity.ts';

export interface KnownCertificate {
  readonly subject: string;
  /** Absent: the request may say it, as for the next three. */
  readonly team?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly roles?: readonly string[];
}

/** @throws Failure `config_invalid` when a subject stands twice */
export function createCertificateIdentity(certificates: readonly KnownCertificate[]): Identity {
  const known = readCertificates(certificates);
  return {
    identify(credential) {
      const principal = credential.kind === 'certificate' ? find(known, credential.subject) : undefined;
      if (principal === undefined) throw new Failure('unauthenticated', 'credential: missing or not accepted');
      return principal;
    },
  };
}

function readCertificates(certificates: readonly KnownCertificate[]): ReadonlyMap<string, Principal> {
  const known = new Map<string, Principal>();
  const faults: Fault[] = [];
  for (const [index, certificate] of certificates.entries()) {
    const { subject } = certificate;
    if (known.has(subject)) faults.push({ at: `certificates/${index}/subject`, message: `"${subject}" is used twice` });
    known.set(subject, Object.freeze({ ...certificate }));
  }
  if (faults.length > 0) {
    throw new Failure('config_invalid', faults.map(({ at, message }) => `${at}: ${message}`).join('; '), { faults });
  }
  return known;
}

/** The whole subject counts before its common name. */
function find(known: ReadonlyMap<string, Principal>, subject: string): Principal | undefined {
  const whole = known.get(subject);
  if (whole !== undefined) return whole;
  const name = commonName(subject);
  return name === undefined ? undefined : known.get(name);
}

/**
 * The one common name of a distinguished name; none where there are several. A name that could be read as another kind
 * of subject is none either.
 */
function commonName(subject: string): string | undefined {
  const [name, ...more] = (subject.match(/(?:\\.|[^,\\])+/g) ?? [])
    .filter((part) => part.startsWith('CN='))
    .map((part) => part.slice('CN='.length).replace(/\\(.)/g, '$1'));
  return more.length > 0 || name === undefined || /[=/]/.test(name) ? undefined : name;
}
