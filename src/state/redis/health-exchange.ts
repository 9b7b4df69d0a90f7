/**
 * Replicas tell one another how targets are, by way of Redis: what is published while it is away is lost, and what is
 * not heard again is forgotten by whoever listens. What comes in any other shape is passed over.
 */
import type { TargetFact } from '../../core/facts.ts';
import type { Health, HealthExchange } from '../shared-health.ts';
import { type Client, connect, type RedisConnectionOptions, tellTransitions } from './connection.ts';
import { keysOf } from './keys.ts';

export interface RedisHealthOptions extends RedisConnectionOptions {
  /** Default `turnpike`. */
  readonly keyPrefix?: string;
  /** Names this process among all: what it says itself it does not hear. */
  readonly replica: string;
  readonly warn?: (message: string) => void;
}

export interface RedisHealthExchange extends HealthExchange {
  close(): void;
}

const MAX_CHARS = 1_000_000;

/** Connects by itself, now and again. @throws Failure `config_invalid` where the URL is none of Redis */
export function createRedisHealthExchange(options: RedisHealthOptions): RedisHealthExchange {
  const { keyPrefix = 'turnpike', replica, warn = () => undefined } = options;
  const channel = keysOf(keyPrefix).health;
  let isClosed = false;
  const opened = (): Client => {
    const client = connect(options);
    client.connect().catch(() => undefined);
    return client;
  };
  const teller = opened();
  // One that listens can do nothing else.
  const listener = opened();
  tellTransitions(
    teller,
    (message) => warn(message.replace('accounts:', 'health:')),
    () => isClosed,
  );
  listener.on('error', () => undefined);
  listener.on('ready', () => void listener.subscribe(channel).catch(() => undefined));

  return {
    publish(health) {
      if (teller.status === 'ready')
        teller.publish(channel, JSON.stringify({ from: replica, health })).catch(() => undefined);
    },
    subscribe(heard) {
      listener.on('message', (_channel: string, text: string) => {
        const told = read(text);
        if (told !== undefined && told.from !== replica) heard(told.from, told.health);
      });
    },
    close() {
      isClosed = true;
      teller.disconnect();
      listener.disconnect();
    },
  };
}

function read(text: string): { readonly from: string; readonly health: Health } | undefined {
  if (text.length > MAX_CHARS) return undefined;
  try {
    const told: unknown = JSON.parse(text);
    if (!isObject(told) || typeof told['from'] !== 'string' || !isObject(told['health'])) return undefined;
    const { from, health } = told;
    return isHealth(health) ? { from, health } : undefined;
  } catch {
    return undefined;
  }
}

const isHealth = (health: object): health is Health => Object.values(health).every(isTargetFact);

function isTargetFact(fact: unknown): fact is TargetFact {
  if (!isObject(fact)) return false;
  return Object.entries(fact).every(([name, value]) =>
    name === 'breaker' ? typeof value === 'string' && STATES.has(value) : FIGURES.has(name) && Number.isFinite(value),
  );
}

const STATES: ReadonlySet<string> = new Set(['closed', 'half_open', 'open']);
const FIGURES: ReadonlySet<string> = new Set(['error_rate', 'first_token_p50_ms', 'total_p50_ms', 'quality']);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
