/**
 * A hold becomes what it came to, in every account; its places and the units that were not used are given back. What
 * comes behind the lease, or of a hold that nobody knows any more, is recorded all the same; what comes twice is not.
 *
 * KEYS: accounts, leases, ends, settled, then of each rolling account its hash, then each rate with a refund, then
 *   each slot
 * ARGV: now, fence, cost, how many accounts, refunds and slots, then the `r:` of the hold, the `s:` of every account,
 *   the `h:` of every account, the shape of each, and of each refund what is given back, in µs of its pace
 *
 * Answers `-1` state lost · `1 balances…` settled · `2 balances…` late · `3` duplicate
 */
import { FORGET, HELD, KEPT_MS, READ, ROLLING, SETTLED, TIME } from './lua-state.ts';

export const SETTLE_SCRIPT = `${TIME}${READ}${HELD}${ROLLING}${FORGET}${SETTLED}
local accounts, refunds, slots = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local found = read(accounts, 7)
if not found[1] then return '-1' end
local lease_end, amount, fence = held_of(found[3])
local mine = found[3] and fence == ARGV[2]

if settled_before(7, ARGV[2]) then return '3' end

local given_back = 0
if mine then
  if call('ZREM', KEYS[2], leased(accounts, 7, amount, fence)) == 1 then given_back = tonumber(amount) end
  call('HDEL', KEYS[1], ARGV[7])
end

local cost = tonumber(ARGV[3])
local held_args, shapes = 7 + accounts, 7 + 2 * accounts
local answer, changed = {mine and lease_end > now and 1 or 2}, {}
local key, size = 4, 0
for i = 1, accounts do
  local shape = ARGV[shapes + i]
  local settled, held = tonumber(found[3 + i] or 0), tonumber(found[3 + accounts + i] or 0) - given_back
  if held < 0 then held = 0 end
  if find(shape, 'x', 1, true) then
    key = key + 1
    local current, window_ms
    settled, current, window_ms = rolled(KEYS[key], shape, ARGV[7 + i], found[3 + i])
    settled = settled + cost
    answer[2 * i] = whole(settled)
    if cost > 0 then
      call('HINCRBY', KEYS[key], 's', ARGV[3])
      call('HINCRBY', KEYS[key], 'b' .. whole(current), ARGV[3])
      call('HSETNX', KEYS[key], 'o', whole(current))
      call('PEXPIRE', KEYS[key], whole(window_ms + ${KEPT_MS}))
    end
  else
    settled = settled + cost
    changed[size + 1], changed[size + 2] = ARGV[7 + i], whole(settled)
    answer[2 * i] = changed[size + 2]
    size = size + 2
  end
  if not found[3 + accounts + i] then begun(ARGV[held_args + i], shape) end
  changed[size + 1], changed[size + 2] = ARGV[held_args + i], whole(held)
  answer[2 * i + 1] = changed[size + 2]
  size = size + 2
end
if accounts > 0 then call('HSET', KEYS[1], unpack(changed)) end

local refund_args = shapes + accounts
for i = 1, refunds do
  local at = tonumber(call('GET', KEYS[key + i]) or 0) - tonumber(ARGV[refund_args + i])
  if at > now_us then
    call('SET', KEYS[key + i], whole(at), 'PX', whole(math.ceil((at - now_us) / 1000) + 1))
  else
    call('DEL', KEYS[key + i])
  end
end
for i = 1, slots do call('ZREM', KEYS[key + refunds + i], ARGV[2]) end
return table.concat(answer, ' ')
`;
