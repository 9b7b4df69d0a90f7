/**
 * A held decision, and the place of a report among those of it: the same for the same report.
 *
 * KEYS: the decision, the reports of it (a hash of their places)
 * ARGV: id of the report
 *
 * Answers nothing where the decision is not known, or its text and the place.
 */
import { MOST_PLACES } from '../decisions/places.ts';

export const CLAIM_SCRIPT = `
local held = redis.call('GET', KEYS[1])
if not held then return false end
local place = redis.call('HGET', KEYS[2], ARGV[1])
if place then return {held, place} end
place = redis.call('HLEN', KEYS[2])
if place < ${MOST_PLACES} then
  redis.call('HSET', KEYS[2], ARGV[1], place)
  redis.call('PEXPIRE', KEYS[2], redis.call('PTTL', KEYS[1]))
end
return {held, tostring(place)}
`;
