/**
 * The part that every script starts with: what time it is, whether the state may be trusted, and what accounts have at
 * this moment. Every key that a script touches is handed to it, so a cluster knows where to run it, also while a slot
 * is on the move. A hold is one hash that is read once and written once, whatever the number of its budgets.
 *
 * `accounts`, a hash: `s:<account>` settled, `h:<account>` held, `r:<id>` each hold as `<end of lease> <amount> <fence>`.
 *   `*` is from when on holds are given: a server without it has lost its state, or never had it. `!` is no later than
 *   the end of the first lease. `@` is when the ledger was read that it was rebuilt from.
 * `leases`, a sorted set by the end of the lease: `<amount> <fence>`, the `r:` and every `h:` that it is held in, a line
 *   each.
 * `ends`, a sorted set of accounts by the moment at which they are forgotten, a day behind their window.
 * `settled:<minute>`, a hash of the holds whose ids are of that minute since the epoch: `r:<id>` the fences that settled
 *   it, each between commas; kept a day behind the last of them.
 * `decision:<id>`, a hash of what is held for whoever makes the call: `decision` as its text, `team`, `fence` of its hold,
 *   `r:<report>` each report as `<how many came before> <content>`, `hold` the one that settles the hold.
 * `rolling:<account>`, a hash, where an account is rolling: `s` settled, `b<n>` of it in bucket n, `o` the oldest bucket.
 *
 * Money is nano-USD. Lua's numbers are exact up to 2^53, and `whole` writes them as they are, where Lua and redis would
 * write some with an exponent, or take long. A script that finds the server out of memory is stopped at its first write
 * that needs some; so that nothing is done by half, the first write of each is one of those.
 */

/** How long a settlement may come behind its time and still be known as what it is. */
export const KEPT_MS = 86_400_000;

/** What is settled so long behind the minute of its id makes that minute be kept longer. */
const LATE_MS = 3_600_000;
/** Of the fences that settled one id, as much is remembered. */
const FENCES_CHARS = 4_096;

/** Leases that ended, and accounts that are forgotten, at once: whoever comes next goes on. */
const SWEPT = 50;

/** ARGV[1]: milliseconds since the epoch, or nothing for the server's own time. */
export const TIME = `
local call, find, match, format = redis.call, string.find, string.match, string.format
local function whole(n) return format('%.0f', n) end
local now_us
if ARGV[1] == '' then
  local time = call('TIME')
  now_us = time[1] * 1000000 + time[2]
else
  now_us = tonumber(ARGV[1]) * 1000
end
local now = math.floor(now_us / 1000)
`;

/**
 * KEYS[1] accounts, KEYS[2] leases. `read(n, at)` reads `*`, `!`, the `r:` field at ARGV[at], and of n accounts the `s:`
 * and then the `h:` fields behind it; first it gives back what is over.
 */
export const READ = `
local function give_back(member)
  local line_of = string.gmatch(member, '[^\\n]+')
  local amount, fence = match(line_of(), '^(%d+) (.*)$')
  local hold = line_of()
  for field in line_of do
    if amount ~= '0' and call('HINCRBY', KEYS[1], field, '-' .. amount) < 0 then call('HDEL', KEYS[1], field) end
  end
  call('ZREM', KEYS[2], member)
  -- It may have been held anew.
  local known = call('HGET', KEYS[1], hold)
  if known and match(known, '^%d+ %d+ (.*)$') == fence then call('HDEL', KEYS[1], hold) end
end

-- A member of leases: of so many accounts, as read is told of them.
local function leased(n, at, amount, fence)
  return amount .. ' ' .. fence .. '\\n' .. ARGV[at] .. '\\n' .. table.concat(ARGV, '\\n', at + n + 1, at + 2 * n)
end

local function read(n, at)
  local found = call('HMGET', KEYS[1], '*', '!', unpack(ARGV, at, at + 2 * n))
  local next_end = found[2]
  if not next_end or tonumber(next_end) > now then return found end
  for _, member in ipairs(call('ZRANGEBYSCORE', KEYS[2], '-inf', whole(now), 'LIMIT', 0, ${SWEPT})) do
    give_back(member)
  end
  local first = call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  if first[2] then call('HSET', KEYS[1], '!', first[2]) else call('HDEL', KEYS[1], '!') end
  return call('HMGET', KEYS[1], '*', '!', unpack(ARGV, at, at + 2 * n))
end
`;

/**
 * What a rolling account has settled, without the buckets that have left it, and its bucket of now. What was rebuilt is
 * known by its account alone: it is found as `s:` and moved, as if it were settled now.
 */
export const ROLLING = `
local function rolled(key, shape, field, rebuilt)
  local bucket_ms, buckets = match(shape, '^(%d+)x(%d+)$')
  bucket_ms, buckets = tonumber(bucket_ms), tonumber(buckets)
  local current = math.floor(now / bucket_ms)
  local found = call('HMGET', key, 's', 'o')
  local settled, oldest = tonumber(found[1] or 0), tonumber(found[2] or current)
  local first = current - buckets + 1
  if oldest < first then
    call('HSET', key, 'o', whole(first))
    local last = math.min(first - 1, oldest + buckets - 1)
    for from = oldest, last, 500 do
      local fields = {}
      for bucket = from, math.min(last, from + 499) do fields[#fields + 1] = 'b' .. whole(bucket) end
      local gone = 0
      for _, nano in ipairs(call('HMGET', key, unpack(fields))) do gone = gone + tonumber(nano or 0) end
      if gone > 0 then
        call('HINCRBY', key, 's', whole(-gone))
        call('HDEL', key, unpack(fields))
        settled = settled - gone
      end
    end
  end
  if rebuilt then
    call('HINCRBY', key, 's', rebuilt)
    call('HINCRBY', key, 'b' .. whole(current), rebuilt)
    call('HSETNX', key, 'o', whole(current))
    call('PEXPIRE', key, whole(bucket_ms * buckets + ${KEPT_MS}))
    call('HDEL', KEYS[1], field)
    settled = settled + tonumber(rebuilt)
  end
  return settled, current, bucket_ms * buckets
end
`;

/** KEYS[4] settled, its field at ARGV[at]. @returns whether this fence settled it before */
export const SETTLED = `
local function settled_before(at, fence)
  local mark = ',' .. fence .. ','
  if call('HSETNX', KEYS[4], ARGV[at], mark) == 1 then
    -- Of a minute that has just begun; of one that is long over, each is kept as long as it has to be.
    local minute = tonumber(match(KEYS[4], ':(%d+)$') or 0)
    if now - minute * 60000 > ${LATE_MS} or call('HLEN', KEYS[4]) == 1 then
      call('PEXPIRE', KEYS[4], '${KEPT_MS + LATE_MS}')
    end
    return false
  end
  local before = call('HGET', KEYS[4], ARGV[at])
  call('PEXPIRE', KEYS[4], '${KEPT_MS + LATE_MS}')
  if find(before, mark, 1, true) then return true end
  call('HSET', KEYS[4], ARGV[at], string.sub(before .. fence .. ',', -${FENCES_CHARS}))
  return false
end
`;

/** KEYS[3] ends. Whoever begins an account sees to it that some of those that are over are forgotten. */
export const FORGET = `
local function begun(field, shape)
  if not find(shape, '^%d+$') then return end
  call('ZADD', KEYS[3], whole(math.max(tonumber(shape), now) + ${KEPT_MS}), field)
  for _, over in ipairs(call('ZRANGEBYSCORE', KEYS[3], '-inf', whole(now), 'LIMIT', 0, ${SWEPT})) do
    call('HDEL', KEYS[1], over, 's' .. string.sub(over, 2))
    call('ZREM', KEYS[3], over)
  end
end
`;

/** What `read` found of a hold. */
export const HELD = `
local function held_of(text)
  if not text then return 0, '0', '' end
  local ends, amount, fence = match(text, '^(%d+) (%d+) (.*)$')
  return tonumber(ends), amount, fence
end
`;
