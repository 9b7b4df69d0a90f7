/** Metadata that says given headers. */
import { Metadata } from '@grpc/grpc-js';

/** What metadata may hold as text: visible ASCII and spaces between. */
const SAYABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** @returns the headers as metadata; what metadata cannot hold is left out, since an answer matters more */
export function metadataOf(headers: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && SAYABLE.test(value)) metadata.set(name, value);
  }
  return metadata;
}
