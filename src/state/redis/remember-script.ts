/**
 * Remembers what a hold is for, where it is given: with its fence, whoever was given it. Asked again, it changes nothing.
 *
 * KEYS: accounts, the decision
 * ARGV: the `r:` of the hold, the text of the decision, its team, how long it is remembered, in ms
 *
 * Answers 1 where it is remembered, 0 where nothing is held.
 */
export const REMEMBER_SCRIPT = `
local held = redis.call('HGET', KEYS[1], ARGV[1])
local fence = held and string.match(held, '^%d+ %d+ (.*)$')
if not fence then return 0 end
redis.call('HSET', KEYS[2], 'decision', ARGV[2], 'team', ARGV[3], 'fence', fence)
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
`;
