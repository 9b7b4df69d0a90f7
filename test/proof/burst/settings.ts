/** The settings in which a burst is proven: on one process, on two, and while something is killed. */
import type { RunningRedis } from '../../services/redis.ts';
import { type BurstResult, type BurstSettings, runBurst } from './burst.ts';

export interface Setting {
  readonly name: string;
  /** It needs a Redis of its own. */
  readonly redis: boolean;
  run(redis: RunningRedis | undefined): Promise<BurstResult>;
}

/** Of the bounds that the budget bears. */
const AFFORDABLE = 20;

const IN_MEMORY: Omit<BurstSettings, 'uses'> = {
  affordable: AFFORDABLE,
  processes: 1,
  config: 'accounts: {store: memory}\n',
};

const inRedis = (redis: RunningRedis | undefined): Omit<BurstSettings, 'uses'> => ({
  affordable: AFFORDABLE,
  processes: 2,
  config: 'accounts: {store: redis, redis_url: "env:BURST_REDIS_URL"}\n',
  env: { BURST_REDIS_URL: redis?.url ?? '' },
});

export const SETTINGS: readonly Setting[] = [
  { name: 'on one process', redis: false, run: () => runBurst({ ...IN_MEMORY, uses: 'all' }) },
  {
    name: 'on one process, where a call costs less than it may',
    redis: false,
    run: () => runBurst({ ...IN_MEMORY, uses: 'half' }),
  },
  {
    name: 'on two workers of one server',
    redis: false,
    run: () => runBurst({ ...IN_MEMORY, config: `${IN_MEMORY.config}workers: 2\n`, uses: 'all' }),
  },
  { name: 'on two processes with Redis', redis: true, run: (redis) => runBurst({ ...inRedis(redis), uses: 'all' }) },
  {
    name: 'on two processes with Redis, where a call costs less than it may',
    redis: true,
    run: (redis) => runBurst({ ...inRedis(redis), uses: 'half' }),
  },
  {
    name: 'with Redis killed and restarted in the middle',
    redis: true,
    run: (redis) =>
      runBurst({
        ...inRedis(redis),
        uses: 'all',
        meanwhile: {
          seen: AFFORDABLE / 2,
          async act() {
            await redis?.kill();
            await redis?.start();
          },
        },
      }),
  },
  {
    name: 'with a process killed in the middle',
    redis: true,
    // All that can be held is: what the killed one holds stays held until its lease ends, long after the burst.
    run: (redis) =>
      runBurst({
        ...inRedis(redis),
        uses: 'all',
        meanwhile: { seen: AFFORDABLE, act: async ([first]) => first?.kill() },
      }),
  },
];
