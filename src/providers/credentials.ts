/** Credentials that are one secret in one header, which is what most vendors ask for. */
import type { Secret, SecretSource } from './secrets.ts';
import type { Credentials } from './vendor.ts';

export interface KeyHeader {
  /** Lower-case name of the header. */
  readonly name: string;
  /** Before the secret, with its blank, such as `Bearer `. */
  readonly scheme: string;
}

export const BEARER: KeyHeader = { name: 'authorization', scheme: 'Bearer ' };

export function createKeyCredentials(source: SecretSource, { name, scheme }: KeyHeader): Credentials {
  let last: { readonly secret: Secret; readonly headers: readonly string[] } | undefined;
  const headersOf = (secret: Secret): readonly string[] => {
    if (last?.secret !== secret) last = { secret, headers: [name, `${scheme}${secret.reveal()}`] };
    return last.headers;
  };
  return {
    headersFor() {
      const secret = source.current();
      return secret instanceof Promise ? secret.then(headersOf) : headersOf(secret);
    },
    rejected: () => source.rejected(),
    conceal: (text) => source.conceal(text),
  };
}

/** Of a vendor that asks for none, such as a model server of one's own. */
export const NO_CREDENTIALS: Credentials = {
  headersFor: () => [],
  rejected: () => undefined,
  conceal: (text) => text,
};
