/**
 * Makes the state complete again from what is known to be settled, unless somebody has done it.
 *
 * KEYS: complete, then each account's hash
 * ARGV: now, ms until holds are given, then what each account has settled
 *
 * Answers 1 where this did it, 0 where it was complete.
 */
import { TIME } from './lua-account.ts';

export const REBUILD_SCRIPT = `${TIME}
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
for i = 2, #KEYS do redis.call('HSET', KEYS[i], 's', ARGV[i + 1]) end
redis.call('SET', KEYS[1], int(now + tonumber(ARGV[2])))
return 1
`;
