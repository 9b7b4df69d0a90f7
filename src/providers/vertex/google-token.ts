/**
 * Where access tokens of Google come from: the key of a service account, the credentials of a user as `gcloud` keeps
 * them, or the metadata server of the machine.
 * Sources: https://developers.google.com/identity/protocols/oauth2/service-account,
 * https://cloud.google.com/compute/docs/metadata/overview.
 */
import { readFile } from 'node:fs/promises';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { countAt, parseDocument, textAt } from '../../protocol/vendor-document.ts';
import type { HttpClient } from '../http/http-exchange.ts';
import type { AccessToken } from './access-token.ts';
import { fetchDocument } from './fetch-document.ts';

export interface GoogleTokenDependencies {
  readonly client: HttpClient;
  readonly nowMs: () => number;
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
/** Google's bound on an assertion. */
const ASSERTION_S = 3600;
const FORM = ['content-type', 'application/x-www-form-urlencoded'];

/** @param path of a JSON file, such as `GOOGLE_APPLICATION_CREDENTIALS` names */
export async function tokenByFile(path: string, dependencies: GoogleTokenDependencies): Promise<AccessToken> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new Failure('unavailable', `the credentials file ${path} cannot be read`);
  }
  const document = parseDocument(text);
  const account = isJsonObject(document) ? document : {};
  const type = textAt(account, 'type');
  if (type === 'service_account') return tokenByServiceAccount(account, dependencies);
  if (type === 'authorized_user') return tokenByUser(account, dependencies);
  throw new Failure('unavailable', `the credentials file ${path} is of no type service_account or authorized_user`);
}

/** @param host of the metadata server, such as `metadata.google.internal` */
export async function tokenByMetadata(host: string, { client, nowMs }: GoogleTokenDependencies): Promise<AccessToken> {
  const url = new URL(`http://${host}/computeMetadata/v1/instance/service-accounts/default/token`);
  return readToken(await fetchDocument(client, { url, headers: ['metadata-flavor', 'Google'] }), nowMs());
}

async function tokenByServiceAccount(
  account: JsonObject,
  { client, nowMs }: GoogleTokenDependencies,
): Promise<AccessToken> {
  const url = tokenUrl(account);
  const assertion = await signAssertion(account, url.href, Math.floor(nowMs() / 1000));
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  return readToken(await fetchDocument(client, { url, headers: FORM, body: `${new URLSearchParams(grant)}` }), nowMs());
}

async function tokenByUser(account: JsonObject, { client, nowMs }: GoogleTokenDependencies): Promise<AccessToken> {
  const grant = {
    grant_type: 'refresh_token',
    client_id: required(account, 'client_id'),
    client_secret: required(account, 'client_secret'),
    refresh_token: required(account, 'refresh_token'),
  };
  const body = `${new URLSearchParams(grant)}`;
  return readToken(await fetchDocument(client, { url: tokenUrl(account), headers: FORM, body }), nowMs());
}

async function signAssertion(account: JsonObject, audience: string, nowS: number): Promise<string> {
  const email = required(account, 'client_email');
  const pem = required(account, 'private_key');
  const keyId = textAt(account, 'private_key_id');
  const { importPKCS8, SignJWT } = await import('jose');
  try {
    const key = await importPKCS8(pem, 'RS256');
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? undefined : { kid: keyId }) })
      .setIssuer(email)
      .setAudience(audience)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + ASSERTION_S)
      .sign(key);
  } catch {
    throw new Failure('unavailable', `the private_key of the service account ${email.slice(0, 64)} cannot sign`);
  }
}

function tokenUrl(account: JsonObject): URL {
  const url = URL.parse(textAt(account, 'token_uri') ?? TOKEN_URL);
  if (url === null || (url.protocol !== 'https:' && url.hostname !== '127.0.0.1' && url.hostname !== 'localhost'))
    throw new Failure('unavailable', 'the token_uri of the Google credentials must be an https URL');
  return url;
}

function required(account: JsonObject, name: string): string {
  const text = textAt(account, name);
  if (text === undefined || text === '') throw new Failure('unavailable', `the Google credentials have no ${name}`);
  return text;
}

function readToken(document: JsonObject, nowMs: number): AccessToken {
  const text = textAt(document, 'access_token') ?? '';
  const expiresInS = countAt(document, 'expires_in');
  // It goes into a header.
  if (!/^[\x21-\x7e]{1,16384}$/.test(text) || expiresInS === undefined)
    throw new Failure('unavailable', 'the answer of Google has no access_token with expires_in');
  return { text, endsAtMs: nowMs + expiresInS * 1000 };
}
