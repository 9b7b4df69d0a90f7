/** Options of the vendors that serve models. */
import { parseSecretReference, SECRET_REFERENCE_SAYS } from '../core/secret-reference.ts';
import { type Config, PROVIDER_KINDS, type ProviderConfig } from './config.ts';
import type { SectionOf, TextOption } from './option.ts';

const NAME = { regex: /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/, says: 'lower-case letters, digits and inner . _ -' };
const WORD = { regex: /^[A-Za-z0-9](?:[\w.:-]*[A-Za-z0-9])?$/, says: 'letters, digits and inner . _ : -' };
const URL_TEXT = { regex: /^https?:\/\/[^\s/?#@]+[^\s?#@]*$/, says: 'an http or https URL without a credential' };
/** Of the header line itself; those that carry credentials or frame the request are not for a configuration. */
const HEADER = {
  regex:
    /^(?!(?:authorization|proxy-authorization|cookie|x-api-key|api-key|x-goog-api-key|host|connection|content-.*|transfer-encoding|accept-encoding|te|upgrade)$)[a-z0-9][a-z0-9-]*$/,
  says: 'the lower-case name of a header that holds no credential and does not frame the request',
};
const SECRET = {
  regex: { test: (text: string) => parseSecretReference(text) !== undefined },
  says: SECRET_REFERENCE_SAYS,
};

const secret = (doc: string): TextOption => ({ kind: 'text', pattern: SECRET, unquoted: true, doc });
const word = (doc: string): TextOption => ({ kind: 'text', pattern: WORD, maxLength: 256, doc });

const PROVIDER: SectionOf<ProviderConfig> = {
  kind: 'section',
  doc: 'A vendor, or a model server of your own.',
  options: {
    name: {
      kind: 'text',
      pattern: NAME,
      required: true,
      doc: 'What stands before the slash of a target, such as `openai` in `openai/gpt-5`.',
    },
    kind: {
      kind: 'choice',
      of: PROVIDER_KINDS,
      default: 'compatible',
      doc: "Whose API it speaks; `compatible` is OpenAI's chat completions, spoken by others.",
    },
    preset: word('With `compatible`: whose address and habits, such as `groq`, `mistral`, `ollama` or `vllm`.'),
    baseUrl: {
      kind: 'text',
      pattern: URL_TEXT,
      unquoted: true,
      doc: "Where the API begins, such as `https://api.example.com/v1`; left out, the vendor's own.",
    },
    apiKey: secret(
      'Where its key is kept: `env:NAME`, `file:/path` (read again when it changes) or `command:program arguments`.',
    ),
    token: secret(
      'Where a bearer token is kept that is sent instead of a key, such as one of Entra ID or Google Cloud.',
    ),
    apiVersion: word('Version of the API that is asked for, with `azure` and `anthropic`.'),
    region: word('Region of `bedrock`, such as `eu-central-1`.'),
    profile: word('Profile of the AWS configuration files, with `bedrock`.'),
    project: word('Project of `vertex`.'),
    location: word('Location of `vertex`, such as `europe-west4` or `global`.'),
    deployments: {
      kind: 'items',
      maxItems: 256,
      default: [],
      doc: 'With `azure`: the deployment of a model whose deployment has another name.',
      item: {
        kind: 'section',
        doc: 'A model and its deployment.',
        options: {
          model: { kind: 'text', required: true, maxLength: 200, doc: 'Model, as targets name it.' },
          deployment: { ...word('Name of the deployment.'), required: true },
        },
      },
    },
    headers: {
      kind: 'items',
      maxItems: 32,
      default: [],
      doc: 'Sent with every request, such as `openai-organization`.',
      item: {
        kind: 'section',
        doc: 'A header; not for credentials.',
        options: {
          name: { kind: 'text', pattern: HEADER, maxLength: 64, required: true, doc: 'Lower-case name.' },
          value: {
            kind: 'text',
            pattern: { regex: /^[\x20-\x7e]+$/, says: 'one line of ASCII text' },
            unquoted: true,
            required: true,
            doc: 'Its value.',
          },
        },
      },
    },
    caFile: { kind: 'path', exists: true, doc: 'Authorities, PEM, believed beside those of the system.' },
    maxConnections: {
      kind: 'integer',
      min: 1,
      max: 10_000,
      default: 2048,
      unit: 'connections',
      doc: 'Connections at once; requests beyond wait for a free one, as long as policy lets a connection take.',
    },
    maxReplyBytes: {
      kind: 'integer',
      min: 65_536,
      max: 268_435_456,
      default: 33_554_432,
      doc: 'Largest answer that is not a stream.',
    },
  },
};

export const PROVIDER_OPTIONS: SectionOf<Config['providers']> = {
  kind: 'section',
  doc: 'Who serves models.',
  options: {
    unconfigured: {
      kind: 'choice',
      of: ['refuse', 'simulated'],
      default: 'refuse',
      doc: '`simulated` lets a built-in simulation answer for every provider that the list does not name; no key is needed.',
    },
    list: { kind: 'items', maxItems: 256, default: [], doc: 'The providers.', item: PROVIDER },
  },
};
