/** Options of who may ask. */
import { OPERATIONS } from '../core/call.ts';
import type { CertificateConfig, Config, IssuerConfig, KeyConfig } from './config.ts';
import type { SectionOf, TextOption, TextsOption } from './option.ts';

const NAME = {
  regex: /^[^\p{C}\s](?:[^\p{C}]*[^\p{C}\s])?$/u,
  says: 'text without control characters or outer spaces',
};
const DATE = {
  regex: /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/,
  says: 'an RFC 3339 date or date-time, such as 2027-01-31',
};

const name = (doc: string): TextOption => ({ kind: 'text', pattern: NAME, maxLength: 256, doc });
const required = (doc: string): TextOption => ({ ...name(doc), required: true });
const ROLES: TextsOption = {
  kind: 'texts',
  maxItems: 64,
  doc: 'Roles that it fixes; left out, the request says them.',
};

const HASH: TextOption = {
  kind: 'text',
  pattern: { regex: /^sha256:[0-9a-f]{64}$/, says: 'what `turnpike keys hash` prints (sha256: and 64 hex digits)' },
  secret: true,
  doc: 'Hash of a key.',
};

const KEY: SectionOf<KeyConfig> = {
  kind: 'section',
  doc: 'An API key.',
  options: {
    id: {
      kind: 'text',
      pattern: {
        regex: /^[A-Za-z0-9](?:[\w.-]{0,62}[A-Za-z0-9])?$/,
        says: '1 to 64 letters, digits and inner . _ -',
      },
      required: true,
      doc: 'Names the key in decisions, logs and metrics; not secret.',
    },
    hash: { ...HASH, required: true, doc: 'Hash of the key, as `turnpike keys create` prints it.' },
    subject: required('Who holds it.'),
    team: name('Team that it fixes; left out, the request says it.'),
    application: name('Application that it fixes; left out, the request says it.'),
    environment: name('Environment that it fixes; left out, the request says it.'),
    roles: ROLES,
    expiresAt: { kind: 'text', pattern: DATE, doc: 'Moment from which it is refused; left out, never.' },
    revokedAt: { kind: 'text', pattern: DATE, doc: 'Moment from which it is refused because it was taken back.' },
    previousHash: { ...HASH, doc: 'Hash of the key before it was rotated.' },
    previousExpiresAt: { kind: 'text', pattern: DATE, doc: 'Until when the key before is accepted beside it.' },
    operations: {
      kind: 'texts',
      maxItems: OPERATIONS.length,
      doc: `What it may be used for, of ${OPERATIONS.join(', ')}; left out, everything.`,
    },
    models: {
      kind: 'texts',
      maxItems: 256,
      doc: 'Aliases and models that it may ask for; a call that names none asks for `auto`. Left out, every one.',
    },
  },
};

const CERTIFICATE: SectionOf<CertificateConfig> = {
  kind: 'section',
  doc: 'A client certificate.',
  options: {
    subject: required(
      'Its common name, its distinguished name (`CN=assistant,O=Example`) or its SAN URI (`spiffe://example/search`).',
    ),
    team: name('Team that it fixes; left out, the request says it.'),
    application: name('Application that it fixes; left out, the request says it.'),
    environment: name('Environment that it fixes; left out, the request says it.'),
    roles: ROLES,
  },
};

const URL_PATTERN = { regex: /^https?:\/\/[^\s]+$/, says: 'an http or https URL' };
const CLAIM: TextOption = {
  kind: 'text',
  maxLength: 256,
  doc: 'Claim that says it, such as `team` or `realm_access.roles`; a token without it is refused.',
};

const ISSUER: SectionOf<IssuerConfig> = {
  kind: 'section',
  doc: 'An identity provider whose tokens are accepted.',
  options: {
    issuer: { kind: 'text', maxLength: 512, required: true, doc: 'What `iss` of its tokens is, to the letter.' },
    audiences: { kind: 'texts', maxItems: 16, default: [], doc: 'One of them must stand in `aud`; needed.' },
    jwksUrl: {
      kind: 'text',
      pattern: URL_PATTERN,
      doc: 'Where its public keys are; left out, its discovery document says it. Plain http for loopback alone.',
    },
    jwksFile: { kind: 'path', exists: true, doc: 'A file with its public keys, instead of a URL.' },
    claims: {
      kind: 'section',
      optional: true,
      doc: 'Which claim says what.',
      options: {
        subject: { kind: 'text', maxLength: 256, default: 'sub', doc: 'Claim that says who it is.' },
        team: CLAIM,
        application: CLAIM,
        environment: CLAIM,
        roles: { ...CLAIM, doc: 'Claim with a list of roles, or text with spaces between; without it there are none.' },
      },
    },
    team: name('Team that it fixes where no claim does; left out, the request says it.'),
    application: name('Application that it fixes where no claim does; left out, the request says it.'),
    environment: name('Environment that it fixes where no claim does; left out, the request says it.'),
    roles: ROLES,
    clockToleranceMs: {
      kind: 'integer',
      min: 0,
      max: 600_000,
      default: 30_000,
      doc: 'Difference of clocks that is borne.',
    },
  },
};

export const IDENTITY_OPTIONS: SectionOf<Config['identity']> = {
  kind: 'section',
  doc: 'Who may ask.',
  options: {
    mode: {
      kind: 'choice',
      of: ['none', 'keys'],
      default: 'keys',
      doc: '`keys` asks for a key or a client certificate; `none` asks for nothing, on loopback addresses only.',
    },
    keysFile: { kind: 'path', doc: 'A YAML file with a list `keys` of the same form, read beside `keys`.' },
    keys: { kind: 'items', maxItems: 10_000, item: KEY, default: [], doc: 'API keys, each as its hash.' },
    issuers: {
      kind: 'items',
      maxItems: 16,
      item: ISSUER,
      default: [],
      doc: 'Identity providers (OpenID Connect) whose signed tokens are accepted.',
    },
    certificates: {
      kind: 'items',
      maxItems: 10_000,
      item: CERTIFICATE,
      default: [],
      doc: 'Client certificates, where a listener has `tls.client_ca_file`.',
    },
    anonymous: {
      kind: 'section',
      optional: true,
      doc: 'With mode `none`: whom a request comes from that does not say it.',
      options: {
        team: name('Team.'),
        application: name('Application.'),
        environment: name('Environment.'),
        roles: { kind: 'texts', maxItems: 64, doc: 'Roles.' },
      },
    },
  },
};

/** What `identity.keys_file` holds. */
export const KEYS_FILE: SectionOf<{ readonly keys: readonly KeyConfig[] }> = {
  kind: 'section',
  doc: 'A file of API keys.',
  options: { keys: IDENTITY_OPTIONS.options.keys },
};
