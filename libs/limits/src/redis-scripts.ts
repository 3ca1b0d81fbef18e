import { createHash } from 'node:crypto';

/** A script by what Redis calls it once it knows it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

const script = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') });

/**
 * `SlidingLogs.take`, in Redis and by its clock. KEYS: one log a charge; ARGV: limit and window in ms of each.
 * Returns which one refused (0: none), then what remains and in how many ms more will, of each.
 * A log whose newest entry is further ahead than a window was written under another clock: it is begun anew.
 */
export const TAKE = script(`local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = {0}
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local newest = redis.call('LINDEX', key, -1)
  local count = 0
  if newest then
    if newest - now > window then
      redis.call('DEL', key)
    else
      local oldest = redis.call('LINDEX', key, 0)
      while oldest and now - oldest > window do
        redis.call('LPOP', key)
        oldest = redis.call('LINDEX', key, 0)
      end
      count = redis.call('LLEN', key)
    end
  end
  local leaves = now
  if count > 0 then leaves = redis.call('LINDEX', key, math.max(count - limit, 0)) end
  if count >= limit and answer[1] == 0 then answer[1] = i end
  answer[2 * i] = math.max(limit - count - 1, 0)
  answer[2 * i + 1] = leaves + window + 1 - now
end
if answer[1] == 0 then
  for i, key in ipairs(KEYS) do
    redis.call('RPUSH', key, now)
    redis.call('PEXPIRE', key, ARGV[2 * i] + 1000)
  end
end
return answer`);

/** KEYS: who lives; ARGV: own name, for how many ms a pulse is good. Returns how many live. */
export const PULSE = script(`local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])`);
