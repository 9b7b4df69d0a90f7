/**
 * Every builtin that the host lends to compiled policy, and every one that it refuses, each with its reason.
 * Owns: these two tables. May import: the families beside it.
 * Fails: a builtin answers `undefined` for a non-halting error and throws a Failure to stop the evaluation; nothing else.
 */
import type { HostBuiltin } from '../builtin.ts';
import { CASTS } from './casts.ts';
import { CRYPTO } from './crypto.ts';
import { GLOB } from './glob.ts';
import { GRAPH } from './graph.ts';
import { HEX } from './hex.ts';
import { JSON_TEXT } from './json.ts';
import { JSON_PATCH } from './json-patch.ts';
import { JWT_DECODE } from './jwt-decode.ts';
import { JWT_VERIFY } from './jwt-verify.ts';
import { NET_CIDR } from './net-cidr.ts';
import { NUMBERS } from './numbers.ts';
import { OBJECT } from './object.ts';
import { guarded } from './operand.ts';
import { REGEX } from './regex.ts';
import { SEMVER } from './semver.ts';
import { STRINGS } from './strings.ts';
import { SPRINTF } from './strings-sprintf.ts';
import { TIME } from './time.ts';
import { UNITS } from './units.ts';
import { URL_QUERY } from './url.ts';
import { UUID } from './uuid.ts';
import { YAML } from './yaml.ts';

const FAMILIES: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ...CASTS,
  ...CRYPTO,
  ...GLOB,
  ...GRAPH,
  ...HEX,
  ...JSON_TEXT,
  ...JSON_PATCH,
  ...JWT_DECODE,
  ...JWT_VERIFY,
  ...NET_CIDR,
  ...NUMBERS,
  ...OBJECT,
  ...REGEX,
  ...SEMVER,
  ...SPRINTF,
  ...STRINGS,
  ...TIME,
  ...UNITS,
  ...URL_QUERY,
  ...UUID,
  ...YAML,
];

/** Builtins by name. Those that compiled policy has itself are not among them. */
export const HOST_BUILTINS: ReadonlyMap<string, HostBuiltin> = new Map(
  FAMILIES.map(([name, builtin]): [string, HostBuiltin] => [name, guarded(name, builtin)]),
);

const NETWORK = 'a decision must not wait for, or leak to, the network: bring the facts with the input or in data';
const CERTIFICATES = 'certificates are checked where connections end, not in a decision';
const GRAPHQL = 'no GraphQL parser is part of this evaluator';
const COMPILER = 'no Rego compiler is part of an evaluation';

/** Builtins that OPA has and this evaluator does not, with the reason for each. */
export const REFUSED_BUILTINS: ReadonlyMap<string, string> = new Map([
  ['http.send', NETWORK],
  ['net.lookup_ip_addr', NETWORK],
  ['providers.aws.sign_req', 'it signs requests to a network, which a decision must not make'],
  ['opa.runtime', "it would let a decision depend on the server's configuration and environment"],
  ['crypto.x509.parse_and_verify_certificates', CERTIFICATES],
  ['crypto.x509.parse_and_verify_certificates_with_options', CERTIFICATES],
  ['crypto.x509.parse_certificates', CERTIFICATES],
  ['crypto.x509.parse_certificate_request', CERTIFICATES],
  ['crypto.x509.parse_keypair', 'private keys have no place in policy'],
  ['crypto.x509.parse_rsa_private_key', 'private keys have no place in policy'],
  ['crypto.parse_private_keys', 'private keys have no place in policy'],
  ['graphql.is_valid', GRAPHQL],
  ['graphql.parse', GRAPHQL],
  ['graphql.parse_and_verify', GRAPHQL],
  ['graphql.parse_query', GRAPHQL],
  ['graphql.parse_schema', GRAPHQL],
  ['graphql.schema_is_valid', GRAPHQL],
  ['json.match_schema', 'schemas are checked at the edges, before and after a decision'],
  ['json.verify_schema', 'schemas are checked at the edges, before and after a decision'],
  ['rego.parse_module', COMPILER],
  ['rego.metadata.chain', COMPILER],
  ['rego.metadata.rule', COMPILER],
  ['strings.render_template', "Go's templates are a language of their own: use string interpolation or sprintf"],
]);
