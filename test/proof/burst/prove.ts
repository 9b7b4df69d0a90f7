/** Runs every setting, tells each in a line, and says how many held. */
import { type RunningRedis, startRedis } from '../../services/redis.ts';
import { SETTINGS, type Setting } from './settings.ts';

export interface Proven {
  readonly passed: number;
  readonly failed: number;
}

/** @param say is given a line for each setting */
export async function proveBurst(say: (line: string) => void): Promise<Proven> {
  let passed = 0;
  for (const setting of SETTINGS) {
    if (await holds(setting, say)) passed += 1;
  }
  return { passed, failed: SETTINGS.length - passed };
}

async function holds(setting: Setting, say: (line: string) => void): Promise<boolean> {
  let redis: RunningRedis | undefined;
  try {
    if (setting.redis) redis = await startRedis();
    const { admitted, expected, answered, refused, lost } = await setting.run(redis);
    say(
      `admitted ${admitted} of ${expected}  ${setting.name}  (${answered} answered, ${refused} refused, ${lost} lost)`,
    );
    return admitted === expected && lost === 0;
  } catch (reason) {
    say(`failed  ${setting.name}: ${reason instanceof Error ? reason.message : String(reason)}`);
    return false;
  } finally {
    await redis?.clean();
  }
}
