/** Moves messages whose time has come, on the server's clock, to the stream of their group; answers that stream's length. */
export const MOVE_DUE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)
for _, member in ipairs(due) do
  local entry = cjson.decode(member)
  redis.call('XADD', KEYS[2], '*', 'd', entry[2], 'n', entry[3])
  redis.call('ZREM', KEYS[1], member)
end
return redis.call('XLEN', KEYS[2])
`;

/** Has dead letters of the given ids delivered again; whoever comes second finds them gone. */
export const REPLAY = `
local count = 0
for _, id in ipairs(ARGV) do
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  if entry then
    for index = 1, #entry[2], 2 do
      if entry[2][index] == 'd' then redis.call('XADD', KEYS[2], '*', 'd', entry[2][index + 1], 'n', '0') end
    end
    count = count + redis.call('XDEL', KEYS[1], id)
  end
end
return count
`;

/**
 * Cuts a stream to about so many entries from its old end, never into what a group has not been given or not acknowledged.
 * Whole nodes of the stream are cut, so that it costs next to nothing.
 */
export const TRIM = `
local excess = redis.call('XLEN', KEYS[1]) - tonumber(ARGV[1])
if excess <= 0 then return 0 end
local function before(one, other)
  local ms1, seq1 = one:match('(%d+)-(%d+)')
  local ms2, seq2 = other:match('(%d+)-(%d+)')
  if ms1 ~= ms2 then return tonumber(ms1) < tonumber(ms2) end
  return tonumber(seq1) < tonumber(seq2)
end
local needed
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local facts = {}
  for index = 1, #group, 2 do facts[group[index]] = group[index + 1] end
  local oldest = facts['last-delivered-id']
  if facts['pending'] > 0 then oldest = redis.call('XPENDING', KEYS[1], facts['name'])[2] end
  if not needed or before(oldest, needed) then needed = oldest end
end
if not needed then return redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[1]) end
return redis.call('XTRIM', KEYS[1], 'MINID', '~', needed, 'LIMIT', excess)
`;
