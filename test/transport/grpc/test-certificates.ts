/** Certificates of one test run, made by the `openssl` command: an authority, a server, two clients, and a stranger. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Identity {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface TestCertificates {
  readonly authorityPem: string;
  readonly server: Identity;
  /** `CN=assistant`, `OU=search, ranking`, `O=Example`. */
  readonly client: Identity;
  /** Signed by itself. */
  readonly stranger: Identity;
}

export function makeCertificates(): TestCertificates {
  const directory = mkdtempSync(join(tmpdir(), 'turnpike-certificates-'));
  const path = (name: string): string => join(directory, name);
  const read = (name: string): string => readFileSync(path(name), 'utf8');
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'pipe' });
  };
  const selfSigned = (name: string, subject: string): Identity => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path(`${name}.key`)];
    openssl('req', '-x509', ...key, '-out', path(`${name}.pem`), '-days', '2', '-subj', subject);
    return { certificatePem: read(`${name}.pem`), keyPem: read(`${name}.key`) };
  };
  const signed = (name: string, subject: string): Identity => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path(`${name}.key`)];
    openssl('req', ...key, '-out', path(`${name}.csr`), '-subj', subject);
    writeFileSync(path(`${name}.ext`), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
    const authority = ['-CA', path('authority.pem'), '-CAkey', path('authority.key'), '-CAcreateserial'];
    const extensions = ['-extfile', path(`${name}.ext`)];
    openssl('x509', '-req', '-in', path(`${name}.csr`), ...authority, '-days', '2', ...extensions, '-out', path(`${name}.pem`));
    return { certificatePem: read(`${name}.pem`), keyPem: read(`${name}.key`) };
  };
  try {
    const authority = selfSigned('authority', '/CN=Test Authority');
    return {
      authorityPem: authority.certificatePem,
      server: signed('server', '/CN=localhost'),
      client: signed('client', '/O=Example/OU=search, ranking/CN=assistant'),
      stranger: selfSigned('stranger', '/CN=assistant'),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
