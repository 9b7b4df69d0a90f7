/**
 * Owns every option: its kind, unit, bound, default and meaning. May import core. It fails closed: what is not here
 * is refused at load, and the defaults listen on loopback only and ask for a key.
 */
import type { Config } from './config.ts';
import { IDENTITY_OPTIONS } from './identity-options.ts';
import { ACCOUNTS_OPTIONS, ALERTS_OPTIONS, LEDGER_OPTIONS, REPORTS_OPTIONS } from './money-options.ts';
import type { Section, SectionOf } from './option.ts';
import { PROVIDER_OPTIONS } from './provider-options.ts';
import { TRANSPORT_OPTIONS } from './transport-options.ts';

const ENTRYPOINT = { regex: /^[A-Za-z_][\w-]*(?:\/[A-Za-z_][\w-]*)*$/, says: 'a path such as turnpike/decision' };

const SECTIONS: SectionOf<Config> = {
  kind: 'section',
  doc: 'Configuration of a Turnpike server.',
  options: {
    policy: {
      kind: 'section',
      doc: 'Which policy serves.',
      options: {
        source: {
          kind: 'path',
          default: 'policies',
          doc: 'Folder of Rego sources, compiled at start, or a bundle file (`.tar.gz`).',
        },
        entrypoint: {
          kind: 'text',
          pattern: ENTRYPOINT,
          maxLength: 256,
          default: 'turnpike/decision',
          doc: 'Rule that decides.',
        },
        revision: {
          kind: 'text',
          maxLength: 256,
          doc: "Revision that decisions carry; left out, the git commit of the folder or the bundle's own.",
        },
        maxAgeMs: {
          kind: 'integer',
          min: 1000,
          max: 31_536_000_000,
          doc: 'Age of the last successful sync beyond which the server says that it is stale; left out, never.',
        },
      },
    },
    engine: {
      kind: 'section',
      doc: 'How a decision is made.',
      options: {
        evaluator: {
          kind: 'choice',
          of: ['auto', 'plan', 'wasm', 'sdk'],
          default: 'auto',
          doc: "`plan` runs OPA's intermediate plan as JavaScript, `wasm` is Turnpike's own host of OPA's WebAssembly, three to four times slower, `sdk` the official one, as a reference. `auto` is `plan` where the bundle has a plan, otherwise `wasm`.",
        },
        timeZone: {
          kind: 'text',
          default: 'UTC',
          doc: 'IANA name of the time zone in which policies see `input.now`.',
        },
        fuel: {
          kind: 'integer',
          min: 10_000,
          max: 1_000_000_000,
          default: 20_000_000,
          unit: 'steps',
          doc: 'Steps that one evaluation may take before it is stopped and denied; a decision takes about 10,000.',
        },
        memoryMaxMib: {
          kind: 'integer',
          min: 8,
          max: 4096,
          default: 512,
          doc: 'Memory that one policy instance may grow to, or that one evaluation of a plan may take.',
        },
        inputMaxBytes: {
          kind: 'integer',
          min: 1024,
          max: 67_108_864,
          default: 1_048_576,
          doc: 'Largest input document, as JSON.',
        },
      },
    },
    facts: {
      kind: 'section',
      doc: 'Where budget states and target health come from.',
      options: {
        source: {
          kind: 'choice',
          of: ['request', 'file'],
          default: 'request',
          doc: '`request` takes them from the asker, `file` from `facts.file`.',
        },
        file: { kind: 'path', doc: 'JSON file with `budgets`, `limits` and `targets`; with `source: file` only.' },
      },
    },
    accounts: ACCOUNTS_OPTIONS,
    ledger: LEDGER_OPTIONS,
    alerts: ALERTS_OPTIONS,
    reports: REPORTS_OPTIONS,
    identity: IDENTITY_OPTIONS,
    providers: PROVIDER_OPTIONS,
    transports: TRANSPORT_OPTIONS,
    telemetry: {
      kind: 'section',
      doc: 'Spans and metrics. The standard `OTEL_*` variables win over what is said here.',
      options: {
        serviceName: {
          kind: 'text',
          maxLength: 256,
          default: 'turnpike',
          doc: 'Name of this service in spans and metrics (`OTEL_SERVICE_NAME`).',
        },
        traces: {
          kind: 'choice',
          of: ['none', 'otlp'],
          default: 'none',
          doc: 'Where spans go (`OTEL_TRACES_EXPORTER`, `OTEL_EXPORTER_OTLP_ENDPOINT`).',
        },
        metrics: {
          kind: 'choice',
          of: ['none', 'otlp', 'prometheus'],
          default: 'prometheus',
          doc: 'Where metrics go (`OTEL_METRICS_EXPORTER`); `prometheus` is `/metrics` of the HTTP listener.',
        },
        tags: {
          kind: 'texts',
          maxItems: 32,
          default: [],
          doc: 'Names of call tags that become attributes of spans; others stay out of telemetry.',
        },
      },
    },
    shutdown: {
      kind: 'section',
      doc: 'How the server ends.',
      options: {
        drainMs: {
          kind: 'integer',
          min: 0,
          max: 600_000,
          default: 10_000,
          doc: 'Time for calls in flight after SIGTERM or SIGINT; what still runs then is cut.',
        },
      },
    },
    workers: {
      kind: 'integer',
      min: 1,
      max: 256,
      default: 1,
      unit: 'processes',
      doc: 'Processes that serve, on the same listeners; one for each core uses the whole machine.',
    },
  },
};

/** The schema as the loader walks it. */
export const SCHEMA: Section = SECTIONS as unknown as Section; // the same table, with its names forgotten
