/**
 * A hold becomes what it came to, in every account; its places and the units that were not used are given back. What
 * comes behind the lease, or of a hold that nobody knows any more, is recorded all the same; what comes twice is not.
 *
 * KEYS: complete, hold, then of each account its hash and its leases, then each rate with a refund, then each slot
 * ARGV: now, fence, cost, accounts, refunds, slots, then of each account its end and its bucket's ms and count, and of
 *   each refund what is given back, in µs of its pace
 *
 * Answers {-1} state lost · {1, balances…} settled · {2, balances…} late · {3} duplicate
 */
import { ACCOUNT, COMPLETE, KEPT_MS, RECORD, TIME } from './lua-account.ts';

/** Fences that are remembered of one id. */
const FENCES_CHARS = 4_096;

export const SETTLE_SCRIPT = `${TIME}${COMPLETE}${RECORD}${ACCOUNT}
local cost = ARGV[3]
local accounts, refunds, slots = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if is_settled(ARGV[2]) then return {3} end
local mine = record and fence == ARGV[2]
local in_time = mine and lease_end > now

if settled_fences == '' then settled_fences = ',' end
settled_fences = string.sub(settled_fences .. ARGV[2] .. ',', -${FENCES_CHARS})
redis.call('SET', KEYS[2], int(lease_end) .. '|' .. int(amount) .. '|' .. fence .. '|' .. settled_fences,
  'PX', int(math.max(0, lease_end - now) + ${KEPT_MS}))

local answer = {in_time and 1 or 2}
for i = 1, accounts do
  local key, leases, arg = KEYS[1 + 2 * i], KEYS[2 + 2 * i], 3 + 3 * i
  local resets_at, bucket_ms, buckets = ARGV[arg + 1], ARGV[arg + 2], ARGV[arg + 3]
  local settled, held, mark = balance(key, leases, bucket_ms, buckets)
  if cost ~= '0' then
    redis.call('HINCRBY', key, 's', cost)
    settled = settled + tonumber(cost)
    if bucket_ms ~= '' then
      local current = int(math.floor(now / tonumber(bucket_ms)))
      redis.call('HINCRBY', key, 'b' .. current, cost)
      if not mark then redis.call('HSETNX', key, 'o', current) end
    end
    keep(key, mark, resets_at, bucket_ms, buckets)
  end
  if mine and amount > 0 and redis.call('ZREM', leases, int(amount) .. '|' .. fence) == 1 then
    redis.call('HINCRBY', key, 'h', int(-amount))
    held = held - amount
  end
  answer[2 * i], answer[2 * i + 1] = settled, held
end

local refund_keys, refund_args = 2 + 2 * accounts, 6 + 3 * accounts
for i = 1, refunds do
  local key = KEYS[refund_keys + i]
  local at = tonumber(redis.call('GET', key) or 0) - tonumber(ARGV[refund_args + i])
  if at > now_us then
    redis.call('SET', key, int(at), 'PX', int(math.ceil((at - now_us) / 1000) + 1))
  else
    redis.call('DEL', key)
  end
end
for i = 1, slots do redis.call('ZREM', KEYS[refund_keys + refunds + i], ARGV[2]) end
return answer
`;
