/**
 * A hold becomes what it came to, in every account; its places and the units that were not used are given back. What
 * comes behind the lease, or of a hold that nobody knows any more, is recorded all the same; what comes twice is not.
 *
 * KEYS: accounts, leases, ends, hold, then of each rolling account its hash, then each rate with a refund, then each slot
 * ARGV: now, fence, cost, how many accounts, refunds and slots, then the `s:` of every account, the `h:` of every
 *   account, the shape of each, and of each refund what is given back, in µs of its pace
 *
 * Answers {-1} state lost · {1, balances…} settled · {2, balances…} late · {3} duplicate
 */
import { FORGET, KEPT_MS, READ, RECORD, ROLLING, TIME } from './lua-state.ts';

/** Of the fences that settled one id, as much is remembered. */
const FENCES_CHARS = 4_096;

export const SETTLE_SCRIPT = `${TIME}${RECORD}${READ}${ROLLING}${FORGET}
local asked_fence, cost = ARGV[2], tonumber(ARGV[3])
local accounts, refunds, slots = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local held_args, shapes = 6 + accounts, 6 + 2 * accounts
local found = read(accounts, 7)
if not found[1] then return {-1} end
if is_settled(asked_fence) then return {3} end
local mine = fence == asked_fence
local in_time = mine and lease_end > now

if settled_fences == '' then settled_fences = ',' end
settled_fences = string.sub(settled_fences .. asked_fence .. ',', -${FENCES_CHARS})
call('SET', KEYS[4], format('%.0f|%s|%s|%s', lease_end, fence, settled_fences, mine and '' or member),
  'PX', math.max(0, lease_end - now) + ${KEPT_MS})

local given_back = 0
if mine and member ~= '' then
  local amount, fields = match(member, '^(%d+)[^\\n]*\\n(.*)$')
  if fields == table.concat(ARGV, '\\n', held_args + 1, held_args + accounts) then
    if call('ZREM', KEYS[2], member) == 1 then given_back = tonumber(amount) end
  elseif call('ZSCORE', KEYS[2], member) then
    give_back(member)
    found = read(accounts, 7)
  end
end

local answer, changed = {in_time and 1 or 2}, {}
local key = 4
for i = 1, accounts do
  local shape = ARGV[shapes + i]
  local settled, held = tonumber(found[2 + i] or 0), tonumber(found[2 + accounts + i] or 0) - given_back
  if held < 0 then held = 0 end
  if find(shape, 'x', 1, true) then
    key = key + 1
    local current, window_ms
    settled, current, window_ms = rolled(KEYS[key], shape, ARGV[6 + i], found[2 + i])
    settled = settled + cost
    if cost > 0 then
      call('HINCRBY', KEYS[key], 's', cost)
      call('HINCRBY', KEYS[key], format('b%.0f', current), cost)
      call('HSETNX', KEYS[key], 'o', current)
      call('PEXPIRE', KEYS[key], window_ms + ${KEPT_MS})
    end
  else
    settled = settled + cost
    changed[#changed + 1] = ARGV[6 + i]
    changed[#changed + 1] = settled
  end
  if not found[2 + accounts + i] then begun(ARGV[held_args + i], shape) end
  changed[#changed + 1] = ARGV[held_args + i]
  changed[#changed + 1] = held
  answer[2 * i], answer[2 * i + 1] = settled, held
end
if accounts > 0 then call('HSET', KEYS[1], unpack(changed)) end

local refund_args = shapes + accounts
for i = 1, refunds do
  local at = tonumber(call('GET', KEYS[key + i]) or 0) - tonumber(ARGV[refund_args + i])
  if at > now_us then
    call('SET', KEYS[key + i], at, 'PX', math.ceil((at - now_us) / 1000) + 1)
  else
    call('DEL', KEYS[key + i])
  end
end
for i = 1, slots do call('ZREM', KEYS[key + refunds + i], asked_fence) end
return answer
`;
