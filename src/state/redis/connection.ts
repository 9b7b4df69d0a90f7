/**
 * One connection to Redis or Valkey, or to a cluster of them, that fails fast: while it is down nothing is kept waiting
 * for it, and it is tried again all the while. Its URL holds a password and is never told, nor is what the client
 * library hangs on its errors.
 */
import { isIP } from 'node:net';
import { Cluster, Redis } from 'ioredis';
import { Failure } from '../../core/failure.ts';
import type { Command } from './commands.ts';

export interface RedisConnectionOptions {
  /** `redis://`, `rediss://` with TLS; `redis-cluster://` and `rediss-cluster://` name any node of a cluster. */
  readonly url: string;
  /** Default 2 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** Default 1 s. */
  readonly commandTimeoutMs?: number | undefined;
}

export type Client = Redis | Cluster;

export const CONNECT_TIMEOUT_MS = 2_000;
const COMMAND_TIMEOUT_MS = 1_000;
/** Between two attempts: from, and at most. What was lost is told anew within this time. */
const RETRY_FROM_MS = 50;
const RETRY_MOST_MS = 1_000;
const SCHEMES: ReadonlySet<string> = new Set(['redis:', 'rediss:', 'redis-cluster:', 'rediss-cluster:']);

/** Begins to connect. @throws Failure `config_invalid` where the URL is none of Redis */
export function connect({ url, connectTimeoutMs, commandTimeoutMs }: RedisConnectionOptions): Client {
  const address = parse(url);
  const secure = address.protocol.startsWith('rediss');
  const host = address.hostname.replace(/^\[|\]$/g, '');
  const port = address.port === '' ? 6379 : Number(address.port);
  const options = {
    connectTimeout: connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    commandTimeout: commandTimeoutMs ?? COMMAND_TIMEOUT_MS,
    ...(address.username === '' ? undefined : { username: decodeURIComponent(address.username) }),
    ...(address.password === '' ? undefined : { password: decodeURIComponent(address.password) }),
    ...(secure ? { tls: isIP(host) === 0 ? { servername: host } : {} } : undefined),
  };
  if (!address.protocol.includes('cluster')) {
    const db = Number(address.pathname.slice(1));
    return new Redis({ ...options, ...FAST, host, port, db, lazyConnect: true, retryStrategy: backoffMs });
  }
  return new Cluster([{ host, port }], {
    redisOptions: options,
    enableOfflineQueue: false,
    lazyConnect: true,
    clusterRetryStrategy: backoffMs,
    maxRedirections: 3,
    retryDelayOnFailover: RETRY_FROM_MS,
    slotsRefreshTimeout: options.connectTimeout,
  });
}

/** What a lost connection left open fails at once: whoever asked knows best what to do. */
const FAST = { enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 };

const backoffMs = (times: number): number =>
  Math.min(RETRY_FROM_MS * 2 ** Math.min(times, 10), RETRY_MOST_MS) * (0.75 + Math.random() / 4);

/**
 * Resolves with nothing once it is ready, or with the reason as soon as the first attempt has failed. The library's own
 * promise tells less, and of a cluster it may never be settled.
 */
export function begin(client: Client, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    let reason: unknown = new Error('no answer in time');
    const timer = setTimeout(() => resolve(reason), timeoutMs);
    const note = (error: object): void => {
      // A cluster says only that no node could be asked, and keeps why.
      reason = 'lastNodeError' in error ? error.lastNodeError : error;
    };
    const end = (): void => {
      clearTimeout(timer);
      resolve(client.status === 'ready' ? undefined : reason);
    };
    client.once('error', note);
    client.once('ready', end);
    client.once('close', end);
    client.connect().catch(() => undefined);
  });
}

/** One trip; two when the server has not seen the script since it started. @throws Failure `unavailable` */
export async function run(client: Client, { script, keys, args }: Command): Promise<unknown> {
  if (client.status !== 'ready') throw away(new Error(`the connection is not ready: ${client.status}`));
  try {
    return await client.evalsha(script.sha, keys.length, ...keys, ...args);
  } catch (reason) {
    if (!messageOf(reason).startsWith('NOSCRIPT')) throw away(reason);
  }
  return client.eval(script.text, keys.length, ...keys, ...args).catch((reason: unknown) => {
    throw away(reason);
  });
}

/** The server answered that it will not have us: trying again is of no use. */
export const isRefused = (reason: unknown): boolean =>
  /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid DB)/.test(messageOf(reason));

export function away(reason: unknown): Failure {
  // The library's error may carry the command that failed, and with it a password.
  return new Failure('unavailable', 'accounts: redis cannot be asked', { cause: new Error(messageOf(reason)) });
}

/** Says when it is lost and when it is back, not every attempt between. */
export function tellTransitions(client: Client, warn: (message: string) => void, isClosed: () => boolean): void {
  let isDown = false;
  // Without a listener the library would print it.
  client.on('error', () => undefined);
  client.on('close', () => {
    if (!isDown && !isClosed()) warn('accounts: the connection to redis is lost');
    isDown = true;
  });
  client.on('ready', () => {
    if (isDown) warn('accounts: redis is back');
    isDown = false;
  });
}

export const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : 'no reason given');

function parse(url: string): URL {
  const address = URL.parse(url);
  if (address === null || !SCHEMES.has(address.protocol) || !/^\/?\d{0,4}$/.test(address.pathname)) {
    const schemes = 'redis://, rediss://, redis-cluster:// or rediss-cluster://';
    throw new Failure('config_invalid', `accounts: the URL of redis must be one of ${schemes}, a host, and a number`);
  }
  return address;
}
