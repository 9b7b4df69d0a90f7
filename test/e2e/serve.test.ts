import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import { type PresentedDecision, presentDecision } from '../../src/core/present.ts';
import { createDecisionClient } from '../../src/transport/grpc/client.ts';
import { runCli } from '../cli/run-cli.ts';
import { OPEN_CONFIG, ROOT, type ServerProcess, serve, serveToEnd } from './server-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-e2e-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A server that never says what is waited for fails its test, and not the whole run. */
const BOUNDED = { timeout: 120_000 } as const;

interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Pastes a line into a shell, in the checkout. */
async function paste(line: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn('bash', ['-c', line], { cwd: ROOT, env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString('utf8');
  });
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString('utf8');
  });
  const [exitCode] = await once(child, 'close');
  return { exitCode, stdout, stderr };
}

/** A line for grpcurl, taken apart: grpcurl itself is not on every machine. */
function readGrpcurl(line: string) {
  const parts = /^grpcurl (?<flags>.*)-d '(?<document>[^']*)' (?<address>\S+) (?<method>\S+)$/.exec(line)?.groups;
  assert.ok(parts !== undefined, line);
  return {
    flags: parts['flags'] ?? '',
    document: parts['document'] ?? '',
    address: parts['address'] ?? '',
    method: parts['method'],
  };
}

/** What all ways must agree on. A message of gRPC does not tell an empty map from none. */
function comparable({ id: _id, decided_at: _at, attribution, ...rest }: PresentedDecision): object {
  const { tags = {}, ...others } = attribution;
  return { ...rest, attribution: { ...others, tags } };
}

describe('a server', BOUNDED, () => {
  let server: ServerProcess;
  before(async () => {
    server = await serve({ config: OPEN_CONFIG });
  });
  after(() => server.kill());

  test('prints a curl, a grpcurl and a turnpike line, and each gets the same decision', async () => {
    const [curl = '', grpcurl = '', turnpike = '', ...others] = server.paste;
    assert.deepEqual(others, []);

    const byCurl = await paste(curl);
    assert.equal(byCurl.exitCode, 0, byCurl.stderr);
    const decision = JSON.parse(byCurl.stdout);
    assert.equal(decision.outcome, 'allow');
    assert.equal(decision.attribution.team, 'search');

    const { flags, document, address, method } = readGrpcurl(grpcurl);
    assert.deepEqual([flags, address, method], ['-plaintext ', server.grpc, 'turnpike.v1.DecisionService/Decide']);
    const client = createDecisionClient({ address });
    const byGrpc = presentDecision(await client.decide(JSON.parse(document)));
    client.close();

    assert.match(turnpike, /^npx turnpike decide /);
    const byTurnpike = await paste(`${turnpike} --json`);
    assert.equal(byTurnpike.exitCode, 0, byTurnpike.stderr);

    assert.deepEqual(comparable(byGrpc), comparable(decision));
    assert.deepEqual(comparable(JSON.parse(byTurnpike.stdout)), comparable(decision));
  });

  test('is asked by the command line as a person reads it: 0 for allow, 3 for deny', async () => {
    const caller = ['--team', 'search', '--application', 'assistant', '--environment', 'prod', '--role', 'service'];
    const allowed = await runCli(['decide', '--server', server.grpc, '--input-tokens', '1200', ...caller]);
    assert.equal(allowed.exitCode, 0, allowed.stderr);
    assert.match(allowed.stdout, /^ALLOW {2}team search, application assistant, environment prod/);
    assert.match(allowed.stdout, /estimate {3}\$\d+\.\d+ at most at /);

    const stranger = ['--team', 'nobody', '--application', 'assistant', '--environment', 'prod', '--role', 'service'];
    const denied = await runCli(['decide', '--server', server.http, ...stranger]);
    assert.equal(denied.exitCode, 3, denied.stderr);
    assert.match(denied.stdout, /^DENY /);
    assert.match(denied.stdout, /\n {2}reason {5}\S/);
  });

  test('refuses a request that is none with one sentence, the same by every way', async () => {
    const answers = await Promise.all(
      [server.grpc, server.http].map((address) =>
        runCli([
          'decide',
          '--server',
          address,
          '--team',
          'search',
          '--application',
          'a',
          '--environment',
          'prod',
          '--priority',
          'now',
        ]),
      ),
    );
    for (const { exitCode, stdout, stderr } of answers) {
      assert.deepEqual([exitCode, stdout], [2, '']);
      assert.match(stderr, /^error: .*\/call\/priority: must be one of .*"now"/);
    }
  });

  test('says its state, revision and age to status', async () => {
    const { exitCode, stdout } = await runCli(['status', '--server', server.http, '--json']);
    assert.equal(exitCode, 0);
    const { state, revision, digest } = JSON.parse(stdout);
    assert.deepEqual([state, typeof revision], ['serving', 'string']);
    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  });
});

/** On a busy machine the start takes long enough to say how it goes. */
const STARTED_SLOWLY = '(?:activating .* s\n)*';

describe('a server that is told to end', BOUNDED, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`by ${signal} drains and ends with 0`, async () => {
      const server = await serve({ config: OPEN_CONFIG });
      server.signal(signal);
      const { exitCode, stderr } = await server.ended;
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, new RegExp(`^${STARTED_SLOWLY}${signal}: draining for at most 10000 ms\ndrained\n$`));
    });
  }

  test('ends open streams, and cuts a request that never comes whole at the bound of the drain', async () => {
    const server = await serve({ config: `${OPEN_CONFIG}shutdown: {drain_ms: 200}\n` });
    const client = createDecisionClient({ address: server.grpc });
    const { promise: answered, resolve: onAnswer } = Promise.withResolvers<string>();
    const { promise: closed, resolve: onClose } = Promise.withResolvers<unknown>();
    const stream = client.openStream({ answered: onAnswer, closed: onClose });
    const caller = { team: 'search', application: 'assistant', environment: 'prod', roles: ['service'] };
    stream.send('first', { call: { operation: 'chat' }, caller });
    assert.equal(await answered, 'first');

    const slow = connect(Number(new URL(server.http).port), '127.0.0.1');
    slow.on('error', () => undefined); // being cut is what it waits for
    slow.write('POST /v1/decide HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{');
    const cut = new Promise((resolve) => slow.on('close', resolve));

    server.signal('SIGTERM');
    const { exitCode, stderr } = await server.ended;
    assert.equal(exitCode, 0);
    assert.match(stderr, new RegExp(`^${STARTED_SLOWLY}SIGTERM: draining for at most 200 ms\ndrained\n$`));
    assert.ok((await closed) instanceof Failure);
    await cut;
    client.close();
  });
});

describe('a server that is told to reload', BOUNDED, () => {
  test('keeps the last good policy while the new one is broken, and takes it once it is whole', async () => {
    const policies = join(folder, 'policies');
    cpSync(join(ROOT, 'policies'), policies, { recursive: true });
    const config = OPEN_CONFIG.replace(join(ROOT, 'policies'), policies);
    const server = await serve({ config });
    const ask = () =>
      runCli([
        'decide',
        '--server',
        server.grpc,
        '--team',
        'search',
        '--application',
        'assistant',
        '--environment',
        'prod',
        '--json',
      ]);
    try {
      const original = readFileSync(join(policies, 'decision.rego'), 'utf8');
      const first = JSON.parse((await ask()).stdout);

      writeFileSync(join(policies, 'decision.rego'), `${original}\nbroken {`);
      server.signal('SIGHUP');
      await server.said('still serving the last good policy');
      await server.said('decision.rego:');
      assert.equal(JSON.parse((await ask()).stdout).policy.digest, first.policy.digest);
      const status = JSON.parse((await runCli(['status', '--server', server.http, '--json'])).stdout);
      assert.equal(status.state, 'serving_last_good');
      assert.match(status.why, /decision\.rego/);

      writeFileSync(join(policies, 'decision.rego'), original);
      writeFileSync(join(policies, 'data', 'reload.yaml'), 'reload: {of: this test}\n');
      server.signal('SIGHUP');
      await server.said('now serving revision');
      assert.notEqual(JSON.parse((await ask()).stdout).policy.digest, first.policy.digest);
    } finally {
      await server.kill();
    }
  });
});

describe('a server that asks for keys', BOUNDED, () => {
  test('prints lines that take the key from TURNPIKE_KEY, and refuses without', async () => {
    const minted = JSON.parse((await runCli(['keys', 'create', '--id', 'e2e', '--json'])).stdout);
    const identity = `identity: {mode: keys, keys: [{id: e2e, hash: "${minted.entry.hash}", subject: e2e}]}`;
    const server = await serve({ config: OPEN_CONFIG.replace('identity: {mode: none}', identity) });
    try {
      const [curl = '', grpcurl = '', turnpike = ''] = server.paste;
      const env = { TURNPIKE_KEY: minted.key };
      assert.equal(JSON.parse((await paste(curl, env)).stdout).outcome, 'allow');
      assert.equal(readGrpcurl(grpcurl).flags, '-plaintext -H "authorization: Bearer $TURNPIKE_KEY" ');
      assert.equal((await paste(turnpike, env)).exitCode, 0);

      assert.equal(JSON.parse((await paste(curl)).stdout).code, 'unauthenticated');
      const refused = await paste(turnpike);
      assert.deepEqual([refused.exitCode, refused.stdout], [1, '']);
      assert.match(refused.stderr, /^error: credential: missing or not accepted$/m);
    } finally {
      await server.kill();
    }
  });
});

describe('a server that cannot start ends with one clear sentence, before it listens', BOUNDED, () => {
  const cases: readonly (readonly [string, (config: string) => string, number, RegExp])[] = [
    [
      'a bad configuration',
      (config) => config.replace('port: 0', 'prot: 0'),
      2,
      /^error: turnpike\.yaml:4:10: transports\.grpc\.prot: unknown option, did you mean "port"\?$/,
    ],
    [
      'an open listener',
      (config) => config.replace('port: 0', 'port: 0, host: 0.0.0.0'),
      2,
      /^error: .*"none" is allowed only where/,
    ],
    [
      'no policies',
      (config) => config.replace(join(ROOT, 'policies'), join(folder, 'gone')),
      1,
      /^error: policy source ".*gone": there is no such/,
    ],
    [
      'a bundle that is none',
      (config) => config.replace(join(ROOT, 'policies'), file('noise.tar.gz', 'noise')),
      1,
      /^error: .*noise\.tar\.gz/,
    ],
    [
      'an empty bundle',
      (config) => config.replace(join(ROOT, 'policies'), file('empty.tar.gz', '')),
      1,
      /^error: .*empty\.tar\.gz/,
    ],
    [
      'policies that do not compile',
      (config) => config.replace(join(ROOT, 'policies'), brokenPolicies()),
      1,
      /^error: .*decision\.rego:\d+:\d+: /,
    ],
    ['no such entry point', (config) => config.replace('policy: {', 'policy: {entrypoint: a/b, '), 1, /^error: .*a\/b/],
    [
      'a facts file that is not there',
      (config) => `${config}facts: {source: file, file: gone.json}\n`,
      2,
      /^error: .*gone\.json/,
    ],
    [
      'a facts file that is no JSON',
      (config) => `${config}facts: {source: file, file: ${file('facts.json', '{')}}\n`,
      2,
      /^error: .*facts\.json/,
    ],
    [
      'a certificate that is not there',
      (config) => config.replace('http: {port: 0}', 'http: {port: 0, tls: {cert_file: gone.pem, key_file: gone.key}}'),
      2,
      /^error: turnpike\.yaml: 2 faults$/,
    ],
  ];
  function file(name: string, content: string): string {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  }
  function brokenPolicies(): string {
    const copy = join(folder, 'broken');
    cpSync(join(ROOT, 'policies'), copy, { recursive: true });
    writeFileSync(join(copy, 'decision.rego'), 'package turnpike\ndecision := unknown_name\n');
    return copy;
  }

  for (const [name, change, exitCode, expected] of cases) {
    test(name, async () => {
      const ended = await serveToEnd({ config: change(OPEN_CONFIG) });
      assert.deepEqual([ended.exitCode, ended.stdout], [exitCode, ''], ended.stderr);
      // What takes more than two seconds says so before.
      const told = ended.stderr.split('\n').find((line) => line.startsWith('error: ')) ?? '';
      assert.match(told, expected);
      assert.doesNotMatch(ended.stderr, /^\s+at /m, 'no stack trace');
    });
  }

  test('a port that is in use', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const address = occupant.address();
    assert.ok(typeof address === 'object' && address !== null);
    try {
      for (const transport of ['grpc', 'http']) {
        const config = OPEN_CONFIG.replace(`${transport}: {port: 0}`, `${transport}: {port: ${address.port}}`);
        const { exitCode, stdout, stderr } = await serveToEnd({ config });
        assert.deepEqual([exitCode, stdout], [1, ''], stderr);
        assert.match(
          stderr,
          new RegExp(`^error: ${transport}: 127\\.0\\.0\\.1:${address.port} is (already )?in use.*\n$`),
        );
      }
    } finally {
      occupant.close();
    }
  });
});
