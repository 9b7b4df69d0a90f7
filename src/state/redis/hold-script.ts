/**
 * Holds in every account, takes of every rate and a place of every slot, or changes nothing of them. One call, one trip.
 *
 * KEYS: complete, hold, then of each account its hash and its leases, then each rate, then each slot
 * ARGV: now, fence, amount, lease in ms, accounts, rates, slots, `restore`, then of each account its ceiling, its end
 *   and its bucket's ms and count (nothing where there is none), of each rate what is taken and what it bears, in µs of
 *   its pace, and of each slot its places
 *
 * Answers {-1} state lost · {-2, ms} not yet · {1, fence, balances…} held · {2, account, free, held, balances…} short ·
 *   {3, rate or slot, ms} throttled
 *
 * With `restore` it holds what was held before the state was lost: it asks nobody, and takes nothing of rates.
 */
import { ACCOUNT, COMPLETE, KEPT_MS, RECORD, TIME } from './lua-account.ts';

export const HOLD_SCRIPT = `${TIME}${COMPLETE}${RECORD}${ACCOUNT}
local asked_fence, asked, lease_ms = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local accounts, rates, slots, restore = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8] ~= ''
local known = record and (is_settled(asked_fence) or is_settled(fence) or lease_end > now)
if not restore and not known and tonumber(opens) > now then return {-2, tonumber(opens) - now} end
local rate_keys, rate_args = 2 + 2 * accounts, 8 + 4 * accounts
local slot_keys, slot_args = rate_keys + rates, rate_args + 2 * rates

local answer = {1, known and fence or asked_fence}
local marks, helds = {}, {}
local least, short, short_held
for i = 1, accounts do
  local key, leases, arg = KEYS[1 + 2 * i], KEYS[2 + 2 * i], 4 + 4 * i
  local settled, held, mark = balance(key, leases, ARGV[arg + 3], ARGV[arg + 4])
  marks[i], helds[i] = mark, held
  local ceiling = tonumber(ARGV[arg + 1])
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

local ats = {}
local longest, throttled = 0, nil
for i = 1, restore and 0 or rates do
  local take, bears = tonumber(ARGV[rate_args + 2 * i - 1]), tonumber(ARGV[rate_args + 2 * i])
  if take > bears then return {3, i, 0} end
  local at = math.max(now_us, tonumber(redis.call('GET', KEYS[rate_keys + i]) or 0)) + take
  ats[i] = at
  local wait = at - now_us - bears
  if wait > longest then longest, throttled = wait, i end
end
if throttled then return {3, throttled, math.ceil(longest / 1000)} end
for i = 1, restore and 0 or slots do
  redis.call('ZREMRANGEBYSCORE', KEYS[slot_keys + i], '-inf', int(now))
  if redis.call('ZCARD', KEYS[slot_keys + i]) >= tonumber(ARGV[slot_args + i]) then return {3, rates + i, 0} end
end

local ends = now + lease_ms
redis.call('SET', KEYS[2], int(ends) .. '|' .. ARGV[3] .. '|' .. asked_fence .. '|' .. settled_fences,
  'PX', int(lease_ms + ${KEPT_MS}))
for i = 1, accounts do
  local key, leases, arg = KEYS[1 + 2 * i], KEYS[2 + 2 * i], 4 + 4 * i
  local resets_at, bucket_ms, buckets = ARGV[arg + 2], ARGV[arg + 3], ARGV[arg + 4]
  if asked > 0 then
    redis.call('HINCRBY', key, 'h', ARGV[3])
    redis.call('ZADD', leases, int(ends), ARGV[3] .. '|' .. asked_fence)
    keep(key, marks[i], resets_at, bucket_ms, buckets)
    local kept = (helds[i] == 0 or bucket_ms ~= '') and kept_ms(resets_at, bucket_ms, buckets)
    if kept then redis.call('PEXPIRE', leases, int(kept)) end
    answer[2 + 2 * i] = helds[i] + asked
  end
end
for i, at in ipairs(ats) do
  redis.call('SET', KEYS[rate_keys + i], int(at), 'PX', int(math.ceil((at - now_us) / 1000) + 1))
end
for i = 1, slots do
  redis.call('ZADD', KEYS[slot_keys + i], int(ends), asked_fence)
  local last = redis.call('ZRANGE', KEYS[slot_keys + i], -1, -1, 'WITHSCORES')
  redis.call('PEXPIRE', KEYS[slot_keys + i], int(tonumber(last[2]) - now + ${KEPT_MS}))
end
return answer
`;
