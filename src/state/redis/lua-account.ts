/**
 * The part that every script starts with: what time it is, whether the state may be trusted, and what an account has at
 * this moment. Every key is handed in, so a cluster knows where to run it. Money is nano-USD; whole numbers up to 2^53
 * are exact in Lua, and every sum is kept by HINCRBY, which is exact beyond.
 *
 * A script that finds the server out of memory is stopped at its first write that needs some. So that nothing is done
 * by half, the first write of each is one of those.
 */

/** Longest that something is kept behind its time: a settlement may come as late. */
export const KEPT_MS = 86_400_000;

/** Leases that ended are given back by whoever comes next, at most so many of an account at once. */
const SWEPT = 50;

/** ARGV[1]: milliseconds since the epoch, or nothing for the server's own time. */
export const TIME = `
local function int(n) return string.format('%.0f', n) end
local now_us
if ARGV[1] == '' then
  local time = redis.call('TIME')
  now_us = time[1] * 1000000 + time[2]
else
  now_us = tonumber(ARGV[1]) * 1000
end
local now = math.floor(now_us / 1000)
`;

/**
 * KEYS[1] is written when the state is complete and says from when on holds are given again: without it, this is a
 * server that lost everything, or has never had it.
 */
export const COMPLETE = `
local opens = redis.call('GET', KEYS[1])
if not opens then return {-1} end
`;

/**
 * An account is a hash: \`s\` settled, \`h\` held, \`o\` once its expiry is set; where it is rolling, \`o\` is the oldest
 * bucket and \`b<n>\` what was settled in bucket n. Beside it a sorted set of its holds, \`<amount>|<fence>\` by the end of
 * their leases, whose sum is \`h\`.
 */
export const ACCOUNT = `
local function swept(key, leases, held)
  local over = redis.call('ZRANGEBYSCORE', leases, '-inf', int(now), 'LIMIT', 0, ${SWEPT})
  if #over == 0 then return held end
  local sum = 0
  for _, member in ipairs(over) do sum = sum + tonumber(string.match(member, '^%d+')) end
  if sum > held then sum = held end
  redis.call('HINCRBY', key, 'h', int(-sum))
  redis.call('ZREM', leases, unpack(over))
  return held - sum
end

local function rolled(key, settled, oldest, bucket_ms, buckets)
  local current = math.floor(now / bucket_ms)
  if not oldest then
    if settled > 0 then redis.call('HSET', key, 'b' .. int(current), int(settled), 'o', int(current)) end
    return settled
  end
  local first = current - buckets + 1
  if oldest >= first then return settled end
  redis.call('HSET', key, 'o', int(first))
  local last = math.min(first - 1, oldest + buckets - 1)
  for from = oldest, last, 500 do
    local fields = {}
    for bucket = from, math.min(last, from + 499) do fields[#fields + 1] = 'b' .. int(bucket) end
    local gone = 0
    for _, nano in ipairs(redis.call('HMGET', key, unpack(fields))) do gone = gone + (tonumber(nano) or 0) end
    if gone > 0 then
      redis.call('HINCRBY', key, 's', int(-gone))
      redis.call('HDEL', key, unpack(fields))
      settled = settled - gone
    end
  end
  return settled
end

local function balance(key, leases, bucket_ms, buckets)
  local found = redis.call('HMGET', key, 's', 'h', 'o')
  local settled, held, mark = tonumber(found[1] or 0), tonumber(found[2] or 0), tonumber(found[3] or nil)
  if held > 0 then held = swept(key, leases, held) end
  if bucket_ms ~= '' then settled = rolled(key, settled, mark, tonumber(bucket_ms), tonumber(buckets)) end
  return settled, held, mark
end

local function kept_ms(resets_at, bucket_ms, buckets)
  if bucket_ms ~= '' then return tonumber(bucket_ms) * tonumber(buckets) + ${KEPT_MS} end
  if resets_at == '' then return nil end
  return math.max(0, tonumber(resets_at) - now) + ${KEPT_MS}
end

-- Accounts of a window that is over are forgotten. A rolling one lives on with its use.
local function keep(key, mark, resets_at, bucket_ms, buckets)
  if bucket_ms == '' and (mark or resets_at == '') then return end
  if bucket_ms == '' then redis.call('HSET', key, 'o', 1) end
  redis.call('PEXPIRE', key, int(kept_ms(resets_at, bucket_ms, buckets)))
end
`;

/**
 * What is known of a hold, kept a day longer than its lease: \`<end of lease>|<amount>|<fence>|<settled fences>\`. An
 * id may be held anew when its lease is over, and each of its fences settles once.
 */
export const RECORD = `
local lease_end, amount, fence, settled_fences = 0, 0, '', ''
local record = redis.call('GET', KEYS[2])
if record then
  local a, b, c, d = string.match(record, '^(%d+)|(%d+)|([^|]*)|(.*)$')
  lease_end, amount, fence, settled_fences = tonumber(a), tonumber(b), c, d
end
local function is_settled(one) return string.find(settled_fences, ',' .. one .. ',', 1, true) ~= nil end
`;
