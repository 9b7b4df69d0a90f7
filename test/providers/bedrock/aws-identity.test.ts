import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

/** AWS's own chain looks into the environment of its process, so that each case has one of its own. */
const MODULE = new URL('../../../src/providers/bedrock/aws-identity.ts', import.meta.url).href;
const PROGRAM = `
  const { createAwsIdentitySource, loadAwsChain } = await import(${JSON.stringify(MODULE)});
  const source = createAwsIdentitySource({ loadChain: () => loadAwsChain(process.env.NAMED), nowMs: () => 0 });
  const { accessKeyId, sessionToken } = await source.current().catch(({ code, message }) => ({ accessKeyId: code, sessionToken: message }));
  console.log(JSON.stringify([accessKeyId, sessionToken ?? '']));
`;

const folder = mkdtempSync(join(tmpdir(), 'turnpike-aws-'));
after(() => rmSync(folder, { recursive: true }));

const file = (name: string, lines: readonly string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};

const CREDENTIALS = file('credentials', [
  '[default]',
  'aws_access_key_id = AKIDFILE',
  'aws_secret_access_key = s',
  '[other]',
  'aws_access_key_id = AKIDOTHER',
  'aws_secret_access_key = s',
]);
const PROCESS = file('process', [
  '[default]',
  `credential_process = echo '{"Version":1,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"s","SessionToken":"t"}'`,
]);
const BROKEN = file('broken', ['[default]', `credential_process = echo canary-secret`]);
const NONE = join(folder, 'none');

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      AccessKeyId: 'AKIDCONTAINER',
      SecretAccessKey: 's',
      Token: 't',
      Expiration: '2999-01-01T00:00:00Z',
    }),
  );
});
server.listen(0, '127.0.0.1');
after(() => server.close());

interface Case {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly found: string;
  readonly says?: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: 'variables',
    env: { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' },
    found: 'AKIDENV',
    says: /^t$/,
  },
  { name: 'the file of shared credentials', env: { AWS_SHARED_CREDENTIALS_FILE: CREDENTIALS }, found: 'AKIDFILE' },
  {
    name: 'a profile that is named',
    env: { AWS_SHARED_CREDENTIALS_FILE: CREDENTIALS, NAMED: 'other' },
    found: 'AKIDOTHER',
  },
  { name: 'a program of the configuration', env: { AWS_CONFIG_FILE: PROCESS }, found: 'AKIDPROCESS', says: /^t$/ },
  {
    name: 'the container',
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '%CONTAINER%' },
    found: 'AKIDCONTAINER',
    says: /^t$/,
  },
  { name: 'nowhere', env: {}, found: 'unavailable', says: /no AWS credentials were found/ },
  {
    name: 'a program that prints something else',
    env: { AWS_CONFIG_FILE: BROKEN },
    found: 'unavailable',
    says: /^(?!.*canary)/,
  },
];

for (const { name, env, found, says = /^$/ } of CASES) {
  test(`credentials of AWS are found: ${name}`, { timeout: 30_000 }, async () => {
    const address = server.address();
    const container = typeof address === 'object' ? `http://127.0.0.1:${address?.port}/` : '';
    const said = Object.entries(env).map(([key, value]) => [key, value.replace('%CONTAINER%', container)]);
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM], {
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: NONE,
        AWS_SHARED_CREDENTIALS_FILE: NONE,
        ...Object.fromEntries(said),
      },
      timeout: 20_000,
    });
    const [accessKeyId, rest] = JSON.parse(stdout);
    assert.equal(accessKeyId, found);
    assert.match(rest, says);
  });
}
