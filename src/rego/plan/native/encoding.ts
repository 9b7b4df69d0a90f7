/** base64, JSON texts, templates and networks. */
import { parseJson, writeJson } from '../../builtins/go-json.ts';
import { printValue } from '../../builtins/go-quote.ts';
import { masked, type Network, parseAddress, parseNetwork } from '../../builtins/ip-address.ts';
import { charge } from '../fuel.ts';
import { fromHost, toHost } from '../host-values.ts';
import { ordered } from '../order.ts';
import { isArray, RegoSet } from '../values.ts';
import type { Native, NativeEntries } from './native.ts';

const ALPHABET = { base64: /[^A-Za-z0-9+/=]/g, base64url: /[^A-Za-z0-9_=-]/g } as const;

/** As OPA's WebAssembly decodes: characters of no meaning are left out, padding may be missing. */
function decoded(text: string, alphabet: keyof typeof ALPHABET): Buffer | undefined {
  charge(text.length);
  const known = text.replace(ALPHABET[alphabet], '');
  const padding = known.indexOf('=');
  if (known === '') return undefined;
  const digits = padding < 0 ? known : known.slice(0, padding);
  if (digits.length % 4 === 1) return undefined;
  return Buffer.from(digits, alphabet);
}

const decode =
  (alphabet: keyof typeof ALPHABET): Native =>
  (value) =>
    typeof value === 'string' ? decoded(value, alphabet)?.toString('utf8') : undefined;

const encode =
  (alphabet: keyof typeof ALPHABET): Native =>
  (value) => {
    if (typeof value !== 'string') return undefined;
    charge(value.length);
    const text = Buffer.from(value, 'utf8').toString(alphabet);
    return alphabet === 'base64' ? text : text.padEnd(Math.ceil(text.length / 4) * 4, '=');
  };

const isBase64 = (value: unknown): unknown => typeof value === 'string' && decoded(value, 'base64') !== undefined;

const marshal = (value: unknown): unknown => {
  const text = writeJson(toHost(value));
  charge(text.length);
  return text;
};

const unmarshal = (value: unknown): unknown => {
  if (typeof value !== 'string') return undefined;
  charge(value.length * 4);
  return fromHost(parseJson(value));
};

const isJson = (value: unknown): unknown => {
  if (typeof value !== 'string') return false;
  charge(value.length * 4);
  return parseJson(value) !== undefined;
};

/** Texts as they are, other values as Rego writes them; each is in a set, which is empty where it is undefined. */
const template = (parts: unknown): unknown => {
  if (!isArray(parts)) return undefined;
  const texts: string[] = [];
  for (const part of parts) {
    const values = part instanceof RegoSet ? ordered(part) : [part];
    if (values.length > 1) return undefined;
    const [value] = values;
    const text = value === undefined ? '<undefined>' : typeof value === 'string' ? value : printValue(toHost(value));
    charge(text.length >> 2);
    texts.push(text);
  }
  return texts.join('');
};

function networkOf(value: unknown): Network | undefined {
  return typeof value === 'string' ? parseNetwork(value) : undefined;
}

function addressOrNetworkOf(value: unknown): Network | undefined {
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  return address === undefined ? networkOf(value) : { ...address, prefix: address.bits };
}

function holds(outer: Network, inner: Network): boolean {
  if (outer.bits !== inner.bits || outer.prefix > inner.prefix) return false;
  return masked(outer).value === masked({ ...inner, prefix: outer.prefix }).value;
}

const FUEL_PER_NETWORK = 400;

const cidrContains = (outer: unknown, inner: unknown): unknown => {
  charge(FUEL_PER_NETWORK);
  const [a, b] = [networkOf(outer), addressOrNetworkOf(inner)];
  return a === undefined || b === undefined ? undefined : holds(a, b);
};

const cidrIntersects = (left: unknown, right: unknown): unknown => {
  charge(FUEL_PER_NETWORK);
  const [a, b] = [networkOf(left), networkOf(right)];
  return a === undefined || b === undefined ? undefined : holds(a, b) || holds(b, a);
};

export const ENCODING: NativeEntries = [
  ['base64.encode', encode('base64')],
  ['base64.decode', decode('base64')],
  ['base64.is_valid', isBase64],
  ['base64url.encode', encode('base64url')],
  ['base64url.decode', decode('base64url')],
  ['json.marshal', marshal],
  ['json.unmarshal', unmarshal],
  ['json.is_valid', isJson],
  ['internal.template_string', template],
  ['net.cidr_contains', cidrContains],
  ['net.cidr_overlap', cidrContains],
  ['net.cidr_intersects', cidrIntersects],
];
