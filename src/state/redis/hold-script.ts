/**
 * Holds in every account, takes of every rate and a place of every slot, or changes nothing of them. One call, one trip.
 *
 * KEYS: accounts, leases, ends, hold, then of each rolling account its hash, then each rate, then each slot
 * ARGV: now, fence, amount, lease in ms, how many accounts, rates and slots, `restore`, then the `s:` of every account,
 *   the `h:` of every account, the ceiling of each and its shape (the ms of its end, `<ms>x<buckets>`, or nothing);
 *   then of each rate what is taken and what it bears, in µs of its pace, and of each slot its places
 *
 * Answers {-1} state lost · {-2, ms} not yet · {1, fence, balances…} held · {2, account, free, held, balances…} short ·
 *   {3, rate or slot, ms} throttled
 *
 * With `restore` it holds what was held before the state was lost: it asks nobody, and takes nothing of rates.
 */
import { FORGET, KEPT_MS, READ, RECORD, ROLLING, TIME } from './lua-state.ts';

export const HOLD_SCRIPT = `${TIME}${RECORD}${READ}${ROLLING}${FORGET}
local asked_fence, asked, lease_ms = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local accounts, rates, slots, restore = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8] ~= ''
local found = read(accounts, 9)
if not found[1] then return {-1} end
local known = record and (is_settled(asked_fence) or is_settled(fence) or lease_end > now)
if not known and not restore and tonumber(found[1]) > now then return {-2, tonumber(found[1]) - now} end

local held_args, ceilings, shapes = 8 + accounts, 8 + 2 * accounts, 8 + 3 * accounts
local answer = {1, known and fence or asked_fence}
local key = 4
local least, short, short_held
for i = 1, accounts do
  local settled, held = tonumber(found[2 + i] or 0), tonumber(found[2 + accounts + i] or 0)
  local shape = ARGV[shapes + i]
  if find(shape, 'x', 1, true) then
    key = key + 1
    settled = rolled(KEYS[key], shape, ARGV[8 + i], found[2 + i])
  end
  local ceiling = tonumber(ARGV[ceilings + i])
  if ceiling then
    local free = ceiling - settled - held
    if free < asked and (not least or free < least) then least, short, short_held = free, i, held end
  end
  answer[1 + 2 * i], answer[2 + 2 * i] = settled, held
end
if known then return answer end
if short and not restore then
  local refusal = {2, short, least, short_held}
  for i = 3, #answer do refusal[i + 2] = answer[i] end
  return refusal
end

local taken = {}
local slot_keys, slot_args = key + rates, shapes + accounts + 2 * rates
if not restore then
  local longest, throttled = 0, nil
  for i = 1, rates do
    local take, bears = tonumber(ARGV[shapes + accounts + 2 * i - 1]), tonumber(ARGV[shapes + accounts + 2 * i])
    if take > bears then return {3, i, 0} end
    local at = math.max(now_us, tonumber(call('GET', KEYS[key + i]) or 0)) + take
    taken[i] = at
    if at - now_us - bears > longest then longest, throttled = at - now_us - bears, i end
  end
  if throttled then return {3, throttled, math.ceil(longest / 1000)} end
  for i = 1, slots do
    call('ZREMRANGEBYSCORE', KEYS[slot_keys + i], '-inf', now)
    if call('ZCARD', KEYS[slot_keys + i]) >= tonumber(ARGV[slot_args + i]) then return {3, rates + i, 0} end
  end
end

local ends = now + lease_ms
member = ''
if asked > 0 and accounts > 0 then
  member = ARGV[3] .. ' ' .. asked_fence .. '\\n' .. table.concat(ARGV, '\\n', held_args + 1, held_args + accounts)
end
call('SET', KEYS[4], format('%.0f|%s|%s|%s', ends, asked_fence, settled_fences, member), 'PX', lease_ms + ${KEPT_MS})
if member ~= '' then
  local changed = {}
  for i = 1, accounts do
    if not found[2 + accounts + i] then begun(ARGV[held_args + i], ARGV[shapes + i]) end
    answer[2 + 2 * i] = answer[2 + 2 * i] + asked
    changed[2 * i - 1], changed[2 * i] = ARGV[held_args + i], answer[2 + 2 * i]
  end
  if not found[2] or tonumber(found[2]) > ends then
    changed[2 * accounts + 1], changed[2 * accounts + 2] = '!', ends
  end
  call('HSET', KEYS[1], unpack(changed))
  call('ZADD', KEYS[2], ends, member)
end
for i, at in ipairs(taken) do call('SET', KEYS[key + i], at, 'PX', math.ceil((at - now_us) / 1000) + 1) end
for i = 1, slots do
  call('ZADD', KEYS[slot_keys + i], ends, asked_fence)
  local last = call('ZRANGE', KEYS[slot_keys + i], -1, -1, 'WITHSCORES')
  call('PEXPIRE', KEYS[slot_keys + i], tonumber(last[2]) - now + ${KEPT_MS})
end
return answer
`;
