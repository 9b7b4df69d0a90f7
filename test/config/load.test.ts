import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Config } from '../../src/config/config.ts';
import { everyKey } from '../../src/config/keys-file.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Failure, type Fault } from '../../src/core/failure.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-config-'));
for (const name of ['c.pem', 'k.pem']) writeFileSync(join(folder, name), 'PEM');
after(() => rmSync(folder, { recursive: true, force: true }));

const HASH = `sha256:${'a'.repeat(64)}`;
const OTHER_HASH = `sha256:${'b'.repeat(64)}`;
const KEY = `{id: k, hash: "${HASH}", subject: s}`;

function load(text: string | Uint8Array, variables: Record<string, string> = {}): Config {
  writeFileSync(join(folder, 'turnpike.yaml'), text);
  return loadConfig({ file: 'turnpike.yaml', variables, cwd: folder }).config;
}

function faultsOf(run: () => unknown): readonly Fault[] {
  try {
    run();
  } catch (reason) {
    assert.ok(reason instanceof Failure, String(reason));
    assert.equal(reason.code, 'config_invalid');
    return reason.faults;
  }
  return assert.fail('it was accepted');
}

const told = (text: string | Uint8Array, variables: Record<string, string> = {}): readonly string[] =>
  faultsOf(() => load(text, variables)).map((fault) => `${fault.at}: ${fault.message}`);

const NONE = 'identity:\n  mode: none\n';

describe('a good configuration', () => {
  test('has a default for everything but who may ask', () => {
    const config = load(NONE);
    assert.equal(config.policy.source, join(folder, 'policies'));
    assert.deepEqual(
      [
        config.transports.grpc.host,
        config.transports.grpc.port,
        config.transports.http.host,
        config.transports.http.port,
      ],
      ['127.0.0.1', 9191, '127.0.0.1', 8181],
    );
    assert.equal(config.transports.grpc.tls, undefined);
    assert.equal(config.engine.evaluator, 'auto');
    assert.equal(config.shutdown.drainMs, 10_000);
  });

  test('is frozen, lists and groups too', () => {
    const config = load(`${NONE}telemetry: {tags: [a, b]}`);
    assert.throws(() => Object.assign(config.transports.http, { port: 1 }), TypeError);
    assert.throws(() => Object.assign(config.telemetry.tags, { 0: 'x' }), TypeError);
  });

  test('has its own keys; those of the keys file are read when they are asked for', () => {
    const file = join(folder, 'keys.yaml');
    writeFileSync(file, `keys:\n  - {id: two, hash: "${OTHER_HASH}", subject: t, roles: []}\n`);
    const { identity } = load(`identity:\n  keys_file: keys.yaml\n  keys: [${KEY}]\n`);
    const own = { id: 'k', hash: HASH, subject: 's' };
    assert.deepEqual(identity.keys, [own]);
    assert.deepEqual(everyKey(identity), [own, { id: 'two', hash: OTHER_HASH, subject: 't', roles: [] }]);
    writeFileSync(file, 'keys: []\n');
    assert.deepEqual(everyKey(identity), [own]);
  });

  test('follows anchors', () => {
    const config = load(`${NONE}transports:\n  grpc: {host: &h 127.0.0.2}\n  http: {host: *h}\n`);
    assert.equal(config.transports.http.host, '127.0.0.2');
  });

  test('variables win over the file, and their paths belong to the working folder', () => {
    const config = load(`${NONE}transports:\n  http:\n    port: 1000\n`, {
      TURNPIKE_TRANSPORTS_HTTP_PORT: '2000',
      TURNPIKE_TRANSPORTS_GRPC_ENABLED: 'false',
      TURNPIKE_TELEMETRY_TAGS: 'feature, tier',
      TURNPIKE_POLICY_SOURCE: 'other/bundle.tar.gz',
    });
    assert.equal(config.transports.http.port, 2000);
    assert.equal(config.transports.grpc.enabled, false);
    assert.deepEqual(config.telemetry.tags, ['feature', 'tier']);
    assert.equal(config.policy.source, join(folder, 'other/bundle.tar.gz'));
  });

  test('can be variables alone', () => {
    const { config } = loadConfig({ variables: { TURNPIKE_IDENTITY_MODE: 'none' }, cwd: folder });
    assert.equal(config.identity.mode, 'none');
  });

  test('a group that only variables speak of is there', () => {
    const config = load(`identity: {keys: [${KEY}]}`, {
      TURNPIKE_TRANSPORTS_GRPC_TLS_CERT_FILE: 'c.pem',
      TURNPIKE_TRANSPORTS_GRPC_TLS_KEY_FILE: 'k.pem',
    });
    assert.deepEqual(config.transports.grpc.tls, { certFile: join(folder, 'c.pem'), keyFile: join(folder, 'k.pem') });
  });

  test('variables of the platform that only look alike are left alone', () => {
    const variables = { TURNPIKE_SERVICE_HOST: '10.0.0.1', TURNPIKE_PORT_9191_TCP: 'tcp://10.0.0.1:9191' };
    assert.equal(load(NONE, variables).identity.mode, 'none');
  });
});

describe('a bad configuration is refused, saying', () => {
  const cases: readonly (readonly [string, string | Uint8Array, readonly (string | RegExp)[]])[] = [
    [
      'an unknown option, and the one that was meant',
      `${NONE}transports:\n  http:\n    prot: 8181\n`,
      ['turnpike.yaml:5:5: transports.http.prot: unknown option, did you mean "port"?'],
    ],
    [
      'an unknown section',
      `${NONE}telemetri: {}\n`,
      ['turnpike.yaml:3:1: telemetri: unknown option, did you mean "telemetry"?'],
    ],
    [
      'an option that looks like nothing known, without a guess',
      `${NONE}quux: 1\n`,
      ['turnpike.yaml:3:1: quux: unknown option'],
    ],
    [
      'a wrong type',
      `${NONE}transports: {http: {port: "8181"}}\n`,
      ['turnpike.yaml:3:27: transports.http.port: must be a whole number (actual: "8181")'],
    ],
    [
      'a value out of bounds',
      `${NONE}shutdown:\n  drain_ms: 600001\n`,
      ['turnpike.yaml:4:13: shutdown.drain_ms: must be between 0 and 600000 (actual: 600001)'],
    ],
    [
      'a fraction',
      `${NONE}shutdown: {drain_ms: 1.5}\n`,
      ['turnpike.yaml:3:22: shutdown.drain_ms: must be a whole number (actual: 1.5)'],
    ],
    [
      'a choice that is none, and the one that was meant',
      `${NONE}engine: {evaluator: wsam}\n`,
      [
        'turnpike.yaml:3:21: engine.evaluator: must be "auto" or "plan" or "wasm" or "sdk", did you mean "wasm" (actual: "wsam")',
      ],
    ],
    ['a key said twice', `${NONE}shutdown:\n  drain_ms: 1\n  drain_ms: 2\n`, ['turnpike.yaml:5:3: the same key twice']],
    ['what is no YAML', 'identity: {mode: none\n', [/^turnpike\.yaml:\d+:\d+: /]],
    ['a list where options belong', '- a\n', [/^turnpike\.yaml:1:1: must be a group of options/, /identity\.mode/]],
    ['text where options belong', `${NONE}policy: x\n`, ['turnpike.yaml:3:9: policy: must be a group of options']],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00]), ['turnpike.yaml: is not UTF-8 text']],
    [
      'an option without a value',
      `${NONE}shutdown:\n  drain_ms:\n`,
      [/^turnpike\.yaml:4:\d+: shutdown\.drain_ms: must be a whole number \(actual: nothing\)/],
    ],
    [
      'a number where text belongs',
      `${NONE}policy: {revision: 7}\n`,
      ['turnpike.yaml:3:20: policy.revision: must be text (in quotes, if it looks like a number) (actual: 7)'],
    ],
    [
      'a missing part of TLS',
      `identity: {keys: [${KEY}]}\ntransports:\n  http:\n    tls: {cert_file: c.pem}\n`,
      ['turnpike.yaml:4:10: transports.http.tls.key_file: missing'],
    ],
    [
      'a certificate that is not there, and a key that is a folder',
      `identity: {keys: [${KEY}]}\ntransports:\n  grpc:\n    tls: {cert_file: gone.pem, key_file: .}\n`,
      [
        'turnpike.yaml:4:22: transports.grpc.tls.cert_file: must be a file that can be read (actual: "gone.pem")',
        'turnpike.yaml:4:42: transports.grpc.tls.key_file: must be a file that can be read (actual: ".")',
      ],
    ],
    [
      'a key without its hash, and never the secret that stands in its place',
      'identity:\n  keys:\n    - {id: a, subject: s}\n    - {id: b, hash: tp_verysecret, subject: s}\n',
      [
        'turnpike.yaml:3:7: identity.keys.0.hash: missing',
        'turnpike.yaml:4:21: identity.keys.1.hash: must be what `turnpike keys hash` prints (sha256: and 64 hex digits)',
      ],
    ],
    [
      'an end of a key that is no date',
      `identity:\n  keys: [{id: k, hash: "${HASH}", subject: s, expires_at: soon}]\n`,
      [/identity\.keys\.0\.expires_at: must be an RFC 3339 date/],
    ],
    [
      'an open listener',
      `${NONE}transports:\n  http: {host: 0.0.0.0}\n`,
      [
        'turnpike.yaml:2:3: identity.mode: "none" is allowed only where every listener is on a loopback address, and transports.http.host is "0.0.0.0"',
      ],
    ],
    ['that nobody may ask', '{}', [/identity\.mode: "keys" needs one of identity\.keys/]],
    ['an empty file', '', [/identity\.mode: "keys" needs/]],
    ['keys that would be ignored', `identity: {mode: none, keys: [${KEY}]}`, [/"none" would ignore/]],
    [
      'two keys of one id and hash',
      `identity: {keys: [${KEY}, ${KEY}]}`,
      [/keys\.1\.id: "k" stands/, /keys\.1\.hash: the hash/],
    ],
    [
      'certificates without an authority',
      'identity: {certificates: [{subject: s}]}',
      [/identity\.certificates: needs a listener with tls\.client_ca_file/],
    ],
    ['a facts file that is not named', `${NONE}facts: {source: file}`, [/facts\.source: "file" needs facts\.file/]],
    ['a facts file that is not read', `${NONE}facts: {file: f.json}`, [/facts\.file: is read only with/]],
    [
      'no listener',
      `${NONE}transports: {grpc: {enabled: false}, http: {enabled: false}}\ntelemetry: {metrics: none}`,
      [/transports: at least one of grpc and http/],
    ],
    [
      'one port for two listeners',
      `${NONE}transports: {grpc: {port: 8181}}`,
      ['turnpike.yaml:3:1: transports.http.port: 8181 is the port of transports.grpc too'],
    ],
    [
      'a time zone that is none',
      `${NONE}engine: {time_zone: Mars/Base}`,
      [/IANA name of a time zone \(actual: "Mars\/Base"\)/],
    ],
    ['a keys file that is not there', 'identity: {keys_file: gone.yaml}', ['gone.yaml: no such file']],
  ];
  for (const [name, text, expected] of cases) {
    test(name, () => {
      const actual = told(text);
      assert.equal(actual.length, expected.length, actual.join('\n'));
      for (const [index, wanted] of expected.entries()) {
        const line = actual[index] ?? '';
        if (typeof wanted === 'string') assert.equal(line, wanted);
        else assert.match(line, wanted);
      }
    });
  }

  test('every fault at once, of file and variables', () => {
    const text = 'identity: {mode: nobody}\ntransports:\n  http: {prot: 1, host: ""}\nshutdown: {drain_ms: -1}\n';
    const lines = told(text, { TURNPIKE_TRANSPORTS_GRPC_PORT: 'x', TURNPIKE_ENGINE_FUELL: '1' });
    assert.deepEqual(lines.map((line) => /(?:turnpike\.yaml:\d+:\d+|TURNPIKE_\w+)/.exec(line)?.[0]).sort(), [
      'TURNPIKE_ENGINE_FUELL',
      'TURNPIKE_TRANSPORTS_GRPC_PORT',
      'turnpike.yaml:1:18',
      'turnpike.yaml:3:10',
      'turnpike.yaml:3:25',
      'turnpike.yaml:4:22',
    ]);
  });

  test('faults in the keys file, with its name', () => {
    writeFileSync(join(folder, 'keys.yaml'), 'keys:\n  - {id: a, sbject: s}\n');
    const lines = told('identity: {keys_file: keys.yaml}');
    assert.ok(
      lines.includes('keys.yaml:2:13: keys.0.sbject: unknown option, did you mean "subject"?'),
      lines.join('\n'),
    );
  });

  test('a file that is not there', () => {
    const faults = faultsOf(() => loadConfig({ file: 'missing.yaml', variables: {}, cwd: folder }));
    assert.deepEqual(faults, [{ at: 'missing.yaml', message: 'no such file' }]);
  });
});

describe('whatever stands in the file', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
  const names = fc.constantFrom('policy', 'identity', 'transports', 'http', 'grpc', 'port', 'mode', 'keys', 'tls', 'x');
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.dictionary(fc.oneof(names, fc.string()), tie('node')),
      fc.array(tie('node')),
    ),
  })).node;

  const acceptedOrRefused = (text: string): void => {
    try {
      load(text);
    } catch (reason) {
      assert.ok(reason instanceof Failure && reason.code === 'config_invalid', String(reason));
    }
  };

  test('any tree is accepted or refused by name', () => {
    fc.assert(
      fc.property(tree, (value) => acceptedOrRefused(JSON.stringify(value))),
      { numRuns: 300 },
    );
  });

  test('any text is accepted or refused by name', () => {
    const yamlish = fc.array(
      fc.constantFrom('identity:', '\n', '  ', '- ', '{', ']', '&a', '*a', '"', ': ', '#', 'x', '? '),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          yamlish.map((parts) => parts.join('')),
        ),
        acceptedOrRefused,
      ),
      {
        numRuns: 500,
      },
    );
  });
});
