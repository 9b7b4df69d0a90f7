/**
 * Makes the state complete again from what is known to be settled, unless somebody has done it.
 *
 * KEYS: accounts
 * ARGV: now, ms until holds are given, when what is settled was read, then the `s:` of every account and what it has settled
 *
 * Answers 1 where this did it, 0 where it was complete.
 */
import { TIME } from './lua-state.ts';

export const REBUILD_SCRIPT = `${TIME}
if call('HEXISTS', KEYS[1], '*') == 1 then return 0 end
for i = 4, #ARGV, 2 do call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
call('HSET', KEYS[1], '@', ARGV[3], '*', whole(now + tonumber(ARGV[2])))
return 1
`;
