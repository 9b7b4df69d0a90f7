/** Options of money: where it is held, written down, told of, and who may see it. */
import { parseSecretReference, SECRET_REFERENCE_SAYS } from '../core/secret-reference.ts';
import type { Config } from './config.ts';
import type { SectionOf, TextOption } from './option.ts';

const SECRET = {
  regex: { test: (text: string) => parseSecretReference(text) !== undefined },
  says: SECRET_REFERENCE_SAYS,
};
const secret = (doc: string): TextOption => ({ kind: 'text', pattern: SECRET, unquoted: true, doc });
const PREFIX = { regex: /^[A-Za-z0-9_.:-]{1,64}$/, says: 'letters, digits and _ . : -' };
const WEBHOOK = { regex: /^https?:\/\/[^\s@]+$/, says: 'an http or https URL without a credential' };

export const ACCOUNTS_OPTIONS: SectionOf<Config['accounts']> = {
  kind: 'section',
  doc: 'Where the state of budgets and limits is held.',
  options: {
    store: {
      kind: 'choice',
      of: ['none', 'memory', 'redis'],
      default: 'none',
      doc: '`none` holds nothing: budgets are what a request tells of them. `memory` is for one machine, `redis` (or Valkey) for replicas.',
    },
    redisUrl: secret(
      'Where the URL of Redis is kept: `env:NAME`, `file:/path` or `command:program arguments`; with `store: redis`.',
    ),
    keyPrefix: {
      kind: 'text',
      pattern: PREFIX,
      default: 'turnpike',
      doc: 'Stands before every key in Redis, as its hash tag.',
    },
    decideHolds: {
      kind: 'boolean',
      default: true,
      doc: 'Whether an allow over `Decide` holds what its call may cost until it is reported, or its lease ends.',
    },
  },
};

export const LEDGER_OPTIONS: SectionOf<Config['ledger']> = {
  kind: 'section',
  doc: 'Where every attempt is written down with its cost.',
  options: {
    store: {
      kind: 'choice',
      of: ['none', 'sqlite', 'postgres'],
      default: 'none',
      doc: '`sqlite` is a file of this machine, `postgres` for a fleet.',
    },
    file: { kind: 'path', default: 'turnpike-ledger.db', doc: 'With `store: sqlite`: its file.' },
    url: secret('Where the URL of PostgreSQL is kept: `env:NAME`, `file:/path` or `command:program arguments`.'),
    synchronous: {
      kind: 'choice',
      of: ['full', 'normal'],
      default: 'full',
      doc: 'With `store: sqlite`: `full` survives a loss of power, `normal` the end of the process only, and is quicker.',
    },
  },
};

export const ALERTS_OPTIONS: SectionOf<Config['alerts']> = {
  kind: 'section',
  doc: 'Who is told when a budget fills or spend is unusual; the log always is.',
  options: {
    webhookUrl: { kind: 'text', pattern: WEBHOOK, unquoted: true, doc: 'Where alerts are posted as JSON.' },
    webhookSecret: secret('Where the secret is kept that alerts are signed with (HMAC-SHA256).'),
  },
};

export const REPORTS_OPTIONS: SectionOf<Config['reports']> = {
  kind: 'section',
  doc: 'Who may read reports of cost over the network.',
  options: {
    roles: {
      kind: 'texts',
      maxItems: 32,
      default: ['finance', 'admin', 'platform'],
      doc: 'Roles that see every team; everybody else sees their own.',
    },
    timeZone: { kind: 'text', default: 'UTC', doc: 'IANA name of the time zone in which weeks begin.' },
  },
};
