/**
 * What accounts have.
 *
 * KEYS: complete, then of each account its hash and its leases
 * ARGV: now, then of each account its bucket's ms and count
 *
 * Answers {-1} state lost · {1, balances…}
 */
import { ACCOUNT, COMPLETE, TIME } from './lua-account.ts';

export const BALANCES_SCRIPT = `${TIME}${COMPLETE}${ACCOUNT}
local answer = {1}
for i = 1, (#KEYS - 1) / 2 do
  local settled, held = balance(KEYS[2 * i], KEYS[2 * i + 1], ARGV[2 * i], ARGV[2 * i + 1])
  answer[2 * i], answer[2 * i + 1] = settled, held
end
return answer
`;
