/**
 * What is known of a decision, and that there is this report of it: the first of all settles the hold, unless it was
 * charged by itself already.
 *
 * KEYS: accounts, the decision
 * ARGV: now, id of the report, its content, how many reports are told from one another, `charged` where it was, the team
 *   that reports, where it is bound to one
 *
 * Answers a list: `lost` · `unknown` · `foreign` · `conflict` · `new` or `again`, how many reports came before, `hold`
 *   where it settles the hold or else `own`, the fence, the text of the decision
 */
import { TIME } from './lua-state.ts';

export const CLAIM_SCRIPT = `${TIME}
-- While replicas hold again what they held, what they held it for is not here yet.
local open_from = call('HGET', KEYS[1], '*')
if not open_from or tonumber(open_from) > now then return {'lost'} end

local report = 'r:' .. ARGV[2]
local found = call('HMGET', KEYS[2], 'decision', 'team', 'fence', 'hold', report)
if not found[1] then return {'unknown'} end
if ARGV[6] and ARGV[6] ~= found[2] then return {'foreign'} end

local standing, index, first = 'again', nil, found[4]
if found[5] then
  local content
  index, content = match(found[5], '^(%d+) (.*)$')
  if content ~= ARGV[3] then return {'conflict'} end
else
  standing = 'new'
  local before = call('HLEN', KEYS[2]) - (first and 4 or 3)
  index = whole(before)
  if before < tonumber(ARGV[4]) then
    call('HSET', KEYS[2], report, index .. ' ' .. ARGV[3])
    if not first and ARGV[5] == '' then
      first = ARGV[2]
      call('HSET', KEYS[2], 'hold', first)
    end
  end
end
return {standing, index, first == ARGV[2] and 'hold' or 'own', found[3], found[1]}
`;
