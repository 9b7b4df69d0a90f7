/** X.509 certificates made in memory, so that a test needs no tool: an authority, and what it signs. P-256, two days. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface Certified {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface Subject {
  /** Distinguished name, most general first, such as `[['O', 'Example'], ['CN', 'assistant']]`. */
  readonly name: readonly (readonly ['CN' | 'O' | 'OU', string])[];
  readonly dns?: readonly string[];
  readonly uris?: readonly string[];
  readonly ips?: readonly string[];
  /** Its time ended an hour ago. */
  readonly expired?: boolean;
}

export interface Authority extends Certified {
  certify(subject: Subject): Certified;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SHA256_WITH_ECDSA = [1, 2, 840, 10045, 4, 3, 2];
const ATTRIBUTES = { CN: [2, 5, 4, 3], O: [2, 5, 4, 10], OU: [2, 5, 4, 11] } as const;
const BASIC_CONSTRAINTS = [2, 5, 29, 19];
const SUBJECT_ALT_NAME = [2, 5, 29, 17];

export function createAuthority(commonName: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const issuer = nameOf([['CN', commonName]]);
  let serial = 1;
  const issue = (subject: Buffer, publicKey: KeyObject, extensions: readonly Buffer[], endsInMs = DAY_MS): string => {
    const body = sequence(
      tagged(0xa0, integer(2)),
      integer(serial),
      sequence(oid(SHA256_WITH_ECDSA)),
      issuer,
      sequence(time(Date.now() - DAY_MS), time(Date.now() + endsInMs)),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
    );
    serial += 1;
    const signature = tagged(0x03, Buffer.of(0), sign('sha256', body, keys.privateKey));
    return pem(sequence(body, sequence(oid(SHA256_WITH_ECDSA)), signature));
  };
  return {
    certificatePem: issue(issuer, keys.publicKey, [
      extension(BASIC_CONSTRAINTS, sequence(tagged(0x01, Buffer.of(0xff)))),
    ]),
    keyPem: keyPemOf(keys.privateKey),
    certify({ name, dns = [], uris = [], ips = [], expired = false }) {
      const own = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const names = [
        ...dns.map((text) => tagged(0x82, Buffer.from(text, 'latin1'))),
        ...uris.map((text) => tagged(0x86, Buffer.from(text, 'latin1'))),
        ...ips.map((text) => tagged(0x87, Buffer.from(text.split('.').map(Number)))),
      ];
      const extensions = names.length === 0 ? [] : [extension(SUBJECT_ALT_NAME, sequence(...names))];
      const endsInMs = expired ? -HOUR_MS : DAY_MS;
      return {
        certificatePem: issue(nameOf(name), own.publicKey, extensions, endsInMs),
        keyPem: keyPemOf(own.privateKey),
      };
    },
  };
}

const keyPemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

const nameOf = (parts: Subject['name']): Buffer =>
  sequence(
    ...parts.map(([kind, text]) =>
      tagged(0x31, sequence(oid(ATTRIBUTES[kind]), tagged(0x0c, Buffer.from(text, 'utf8')))),
    ),
  );

const extension = (id: readonly number[], value: Buffer): Buffer => sequence(oid(id), tagged(0x04, value));

/** DER: tag, length, content. */
function tagged(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >>> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), body]);
}

const sequence = (...content: readonly Buffer[]): Buffer => tagged(0x30, ...content);

/** Of 0 to 127. */
const integer = (value: number): Buffer => tagged(0x02, Buffer.of(value));

const time = (unixMs: number): Buffer => {
  const digits = new Date(unixMs).toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`, 'latin1'));
};

function oid(arcs: readonly number[]): Buffer {
  const [first = 0, second = 0, ...rest] = arcs;
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}
