/**
 * Signs requests to AWS (Signature Version 4, by AWS's own library, with the hashes of Node). Signed are the host, the
 * body and what AWS itself adds; other headers may be changed on the way.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { SignatureV4 } from '@smithy/signature-v4';
import { concealed } from '../secrets.ts';
import type { Credentials, Question } from '../vendor.ts';
import type { AwsIdentity, AwsIdentitySource } from './aws-identity.ts';

export interface AwsCredentialsOptions {
  readonly region: string;
}

export interface AwsCredentialsDependencies {
  readonly identities: AwsIdentitySource;
  readonly nowMs: () => number;
}

/** The names that are signed for; Bedrock's runtime has none of its own. */
const SERVICE = 'bedrock';
/** Identities whose secrets are concealed: the one in use, and those just before it. */
const REMEMBERED = 4;

export function createAwsCredentials(
  { region }: AwsCredentialsOptions,
  { identities, nowMs }: AwsCredentialsDependencies,
): Credentials {
  let known: readonly string[] = [];
  let last: AwsIdentity | undefined;
  let signer: Promise<SignatureV4> | undefined;

  const currentIdentity = async (): Promise<AwsIdentity> => {
    const identity = await identities.current();
    if (identity !== last) {
      last = identity;
      const secrets = [identity.secretAccessKey, identity.sessionToken ?? ''].filter((text) => text !== '');
      known = [...new Set([...secrets, ...known])].slice(0, 2 * REMEMBERED);
    }
    return identity;
  };

  return {
    async headersFor(question, payload) {
      // Before anything is signed, so that a fault of the identity keeps its own sentence.
      await currentIdentity();
      signer ??= loadSigner(region, currentIdentity);
      const signed = await (await signer).sign(signable(question, payload), { signingDate: new Date(nowMs()) });
      const headers: string[] = [];
      // `host` is what the connection says.
      for (const [name, value] of Object.entries(signed.headers)) if (name !== 'host') headers.push(name, value);
      return headers;
    },
    rejected: () => identities.rejected(),
    // What AWS says of a wrong signature quotes the token of the session.
    conceal: (text) => concealed(text, known),
  };
}

async function loadSigner(region: string, credentials: () => Promise<AwsIdentity>): Promise<SignatureV4> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  return new SignatureV4({ service: SERVICE, region, credentials, sha256: NodeSha256 });
}

function signable(
  { origin, path }: Question,
  body: string,
): Parameters<SignatureV4['sign']>[0] & { headers: Record<string, string> } {
  const { protocol, hostname, host } = new URL(origin);
  return { method: 'POST', protocol, hostname, path, query: {}, headers: { host }, body };
}

/** The library's idea of a hash, over Node's. */
class NodeSha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
