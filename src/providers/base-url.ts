/** Where a vendor's API begins, parted as requests need it. */
import { Failure } from '../core/failure.ts';

export interface BaseUrl {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Empty, or begins with a slash and ends without. */
  readonly prefix: string;
}

/** @throws Failure `config_invalid` that does not quote it: a URL may hold a credential */
export function parseBaseUrl(what: string, text: string): BaseUrl {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new Failure('config_invalid', `${what}: base_url must be an http or https URL`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Failure('config_invalid', `${what}: base_url must have no credential, query or fragment`);
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}
