/**
 * Who a verified client certificate names, the same for every transport: its one SAN URI (as SPIFFE has it), or else
 * its distinguished name, most specific part first as RFC 4514 writes it. Two URIs name nobody.
 */

/** What Node's TLS says of a peer, as far as it is read here. */
export interface PeerCertificate {
  /** Attributes, most general first; several of a name are a list. */
  readonly subject?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Such as `DNS:a.example, URI:spiffe://example/search`. */
  readonly subjectaltname?: string | undefined;
}

/** One entry of a subject alternative name; Node quotes a value that holds a separator, as a JSON string. */
const ENTRY = /(?:^|, )([A-Za-z][\w ]*):("(?:[^"\\]|\\.)*"|[^,"]*)/y;
const URI = /^[a-z][a-z0-9+.-]*:\/\//i;

/** @returns such as `spiffe://example/search` or `CN=assistant,O=Example`; undefined when it names nobody, or several */
export function certificateSubject(certificate: PeerCertificate): string | undefined {
  const uris = uriNames(certificate.subjectaltname ?? '');
  if (uris === undefined || uris.length > 1) return undefined;
  return uris[0] ?? distinguishedName(certificate.subject ?? {});
}

/** @returns undefined when the text cannot be read to its end */
function uriNames(text: string): readonly string[] | undefined {
  const uris: string[] = [];
  ENTRY.lastIndex = 0;
  for (let at = 0; at < text.length; at = ENTRY.lastIndex) {
    const [, kind = '', value = ''] = ENTRY.exec(text) ?? [];
    if (kind === '') return undefined;
    const uri = value.startsWith('"') ? unquoted(value) : value;
    if (kind === 'URI' && URI.test(uri)) uris.push(uri);
  }
  return uris;
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return '';
  }
}

function distinguishedName(subject: NonNullable<PeerCertificate['subject']>): string | undefined {
  const parts = Object.entries(subject)
    .reverse()
    .flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}=${one.replace(/[\\,+"<>;=]/g, '\\$&')}`));
  return parts.length === 0 ? undefined : parts.join(',');
}
