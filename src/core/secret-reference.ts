/** Where a credential is kept: what a configuration says instead of it. */

export type SecretReference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  /** A program and its arguments; no shell. */
  | { readonly kind: 'command'; readonly program: string; readonly args: readonly string[] };

export const SECRET_REFERENCE_SAYS =
  'env:NAME, file:/path or command:program arguments; a key itself does not belong into a configuration';

/** @returns undefined where the text is none, such as a key itself */
export function parseSecretReference(text: string): SecretReference | undefined {
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  switch (text.slice(0, Math.max(colon, 0))) {
    case 'env':
      return /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(rest) ? { kind: 'env', name: rest } : undefined;
    case 'file':
      return /^\/[^\0\n\r]{1,1023}$/.test(rest) ? { kind: 'file', path: rest } : undefined;
    case 'command': {
      const [program, ...args] = /[\0\n\r]/.test(rest) ? [] : rest.split(' ').filter((part) => part !== '');
      return program === undefined ? undefined : { kind: 'command', program, args };
    }
    default:
      return undefined;
  }
}
