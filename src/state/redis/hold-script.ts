/**
 * Holds in every account, takes of every rate and a place of every slot, or changes nothing of them. One call, one trip.
 *
 * KEYS: accounts, leases, ends, settled, then of each rolling account its hash, then each rate, then each slot
 * ARGV: now, fence, amount, lease in ms, how many accounts, rates and slots, `restore`, then the `r:` of the hold, the
 *   `s:` of every account, the `h:` of every account, the ceiling of each and its shape (the ms of its end,
 *   `<ms>x<buckets>`, or nothing); then of each rate what is taken and what it bears, in µs of its pace, and of each slot
 *   its places
 *
 * Answers `-1` state lost · `-2 ms` not yet · `1 fence` held · `2 account free held balances…` short ·
 *   `3 limit ms` throttled · `4` was settled before
 *
 * With `restore` it holds what was held before the state was lost: it asks nobody, and takes nothing of rates.
 */
import { FORGET, HELD, KEPT_MS, READ, ROLLING, TIME } from './lua-state.ts';

export const HOLD_SCRIPT = `${TIME}${READ}${HELD}${ROLLING}${FORGET}
local accounts, rates, slots, restore = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8] ~= ''
local found = read(accounts, 9)
if not found[1] then return '-1' end
local lease_end, held_amount, fence = held_of(found[3])
if found[3] and lease_end <= now then
  -- More leases ended than are given back at once.
  local member = leased(accounts, 9, held_amount, fence)
  if call('ZSCORE', KEYS[2], member) then give_back(member) else call('HDEL', KEYS[1], ARGV[9]) end
  found = call('HMGET', KEYS[1], '*', '!', unpack(ARGV, 9, 9 + 2 * accounts))
end
if found[3] then return '1 ' .. fence end
if call('HEXISTS', KEYS[4], ARGV[9]) == 1 then return '4' end
if not restore and tonumber(found[1]) > now then return '-2 ' .. whole(tonumber(found[1]) - now) end

local asked = tonumber(ARGV[3])
local held_args, ceilings, shapes = 9 + accounts, 9 + 2 * accounts, 9 + 3 * accounts
local key = 4
local settleds, helds = {}, {}
local least, short, short_held
for i = 1, accounts do
  local settled, held = tonumber(found[3 + i] or 0), tonumber(found[3 + accounts + i] or 0)
  local shape = ARGV[shapes + i]
  if find(shape, 'x', 1, true) then
    key = key + 1
    settled = rolled(KEYS[key], shape, ARGV[9 + i], found[3 + i])
  end
  local ceiling = tonumber(ARGV[ceilings + i])
  if ceiling then
    local free = ceiling - settled - held
    if free < asked and (not least or free < least) then least, short, short_held = free, i, held end
  end
  settleds[i], helds[i] = settled, held
end
if short and not restore then
  local refusal = {2, short, whole(least), whole(short_held)}
  for i = 1, accounts do refusal[3 + 2 * i], refusal[4 + 2 * i] = whole(settleds[i]), whole(helds[i]) end
  return table.concat(refusal, ' ')
end

local taken = {}
local slot_keys, slot_args = key + rates, shapes + accounts + 2 * rates
if not restore then
  local longest, throttled = 0, nil
  for i = 1, rates do
    local take, bears = tonumber(ARGV[shapes + accounts + 2 * i - 1]), tonumber(ARGV[shapes + accounts + 2 * i])
    if take > bears then return '3 ' .. i .. ' 0' end
    -- No bucket is emptier than empty: a clock that was set back, or a burst that became less, costs no more.
    local at = math.min(math.max(now_us, tonumber(call('GET', KEYS[key + i]) or 0)), now_us + bears) + take
    taken[i] = at
    if at - now_us - bears > longest then longest, throttled = at - now_us - bears, i end
  end
  if throttled then return '3 ' .. throttled .. ' ' .. whole(math.ceil(longest / 1000)) end
  for i = 1, slots do
    call('ZREMRANGEBYSCORE', KEYS[slot_keys + i], '-inf', whole(now))
    if call('ZCARD', KEYS[slot_keys + i]) >= tonumber(ARGV[slot_args + i]) then return '3 ' .. rates + i .. ' 0' end
  end
end

local ends = whole(now + tonumber(ARGV[4]))
local changed = {ARGV[9], ends .. ' ' .. ARGV[3] .. ' ' .. ARGV[2]}
for i = 1, accounts do
  if not found[3 + accounts + i] then begun(ARGV[held_args + i], ARGV[shapes + i]) end
  changed[1 + 2 * i], changed[2 + 2 * i] = ARGV[held_args + i], whole(helds[i] + asked)
end
if not found[2] or tonumber(found[2]) > tonumber(ends) then
  changed[3 + 2 * accounts], changed[4 + 2 * accounts] = '!', ends
end
call('HSET', KEYS[1], unpack(changed))
call('ZADD', KEYS[2], ends, leased(accounts, 9, ARGV[3], ARGV[2]))
for i, at in ipairs(taken) do call('SET', KEYS[key + i], whole(at), 'PX', whole(math.ceil((at - now_us) / 1000) + 1)) end
for i = 1, slots do
  call('ZADD', KEYS[slot_keys + i], ends, ARGV[2])
  local last = call('ZRANGE', KEYS[slot_keys + i], -1, -1, 'WITHSCORES')
  call('PEXPIRE', KEYS[slot_keys + i], whole(tonumber(last[2]) - now + ${KEPT_MS}))
end
return '1 ' .. ARGV[2]
`;
