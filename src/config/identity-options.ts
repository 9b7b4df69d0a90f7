/** Options of who may ask. */
import type { CertificateConfig, Config, KeyConfig } from './config.ts';
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
    hash: {
      kind: 'text',
      pattern: { regex: /^sha256:[0-9a-f]{64}$/, says: 'what `turnpike keys hash` prints (sha256: and 64 hex digits)' },
      secret: true,
      required: true,
      doc: 'Hash of the key, as `turnpike keys new` prints it.',
    },
    subject: required('Who holds it.'),
    team: name('Team that it fixes; left out, the request says it.'),
    application: name('Application that it fixes; left out, the request says it.'),
    environment: name('Environment that it fixes; left out, the request says it.'),
    roles: ROLES,
    expiresAt: { kind: 'text', pattern: DATE, doc: 'Moment from which it is refused; left out, never.' },
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
    certificates: {
      kind: 'items',
      maxItems: 10_000,
      item: CERTIFICATE,
      default: [],
      doc: 'Client certificates, where a listener has `tls.client_ca_file`.',
    },
  },
};

/** What `identity.keys_file` holds. */
export const KEYS_FILE: SectionOf<{ readonly keys: readonly KeyConfig[] }> = {
  kind: 'section',
  doc: 'A file of API keys.',
  options: { keys: IDENTITY_OPTIONS.options.keys },
};
