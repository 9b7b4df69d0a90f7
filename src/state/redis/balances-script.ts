/**
 * What accounts have.
 *
 * KEYS: accounts, leases, then of each rolling account its hash
 * ARGV: now, how many accounts, nothing, the `s:` of every account, the `h:` of every account, the shape of each
 *
 * Answers `-1` state lost · `1 balances…`
 */
import { READ, ROLLING, TIME } from './lua-state.ts';

export const BALANCES_SCRIPT = `${TIME}${READ}${ROLLING}
local accounts = tonumber(ARGV[2])
local found = read(accounts, 3)
if not found[1] then return '-1' end
local answer = {1}
local key = 2
for i = 1, accounts do
  local settled, shape = tonumber(found[3 + i] or 0), ARGV[3 + 2 * accounts + i]
  if find(shape, 'x', 1, true) then
    key = key + 1
    settled = rolled(KEYS[key], shape, ARGV[3 + i], found[3 + i])
  end
  answer[2 * i], answer[2 * i + 1] = whole(settled), found[3 + accounts + i] or '0'
end
return table.concat(answer, ' ')
`;
