/** KEYS: stream; ARGV: group, consumer. Removes a consumer only while nothing is pending with it: a stalled one may wake in between. */
export const REMOVE_IF_EMPTY = `if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) == 0 then
  return redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
end
return -1`;

/** KEYS: stream; ARGV: group. Drops what is done: read, and older than anything pending. */
export const TRIM_DONE = `for _, row in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for i = 1, #row, 2 do group[row[i]] = row[i + 1] end
  if group['name'] == ARGV[1] then
    local oldest = redis.call('XPENDING', KEYS[1], ARGV[1])[2]
    return redis.call('XTRIM', KEYS[1], 'MINID', '~', oldest or group['last-delivered-id'])
  end
end
return 0`;

/**
 * KEYS: stream; ARGV: group, entry, field names and `begun` value, then requests. Replaces a frame by one entry a request,
 * in one step: none is lost and none is there twice.
 */
export const SPLIT_FRAME = `for i = 6, #ARGV do
  redis.call('XADD', KEYS[1], '*', ARGV[3], '[' .. ARGV[i] .. ']', ARGV[4], ARGV[5])
end
return redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])`;
