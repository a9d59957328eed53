/** Consumer in whose name entries wait for those of their key that came before them. */
const PARKED = '(parked)';

/**
 * What the scripts share that keep the order of keys. `KEYS` begin with a stream, the hash of who has entries of a key in
 * hand and how many (`consumer 3`; ` 0` for nobody, while some wait), the sorted set of entries that wait, and the set of keys
 * of which nobody has any and some wait. `ARGV` begin with the group.
 */
const ORDER = `
local stream, holders, parked, ready, group = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]
local function keyOf(fields)
  if fields[1] == 'k' then return fields[2] end
end
local function padded(digits) return string.rep('0', 20 - #digits) .. digits end
local function placeOf(key, id)
  local ms, seq = string.match(id, '(%d+)-(%d+)')
  return redis.sha1hex(key) .. ':' .. padded(ms) .. '-' .. padded(seq)
end
local someWait = redis.call('EXISTS', parked) == 1
local function waiting(key, most)
  if not someWait then return {} end
  local hash = redis.sha1hex(key)
  return redis.call('ZRANGEBYLEX', parked, '[' .. hash .. ':', '(' .. hash .. ';', 'LIMIT', 0, most)
end
local function holderOf(key)
  local holder = redis.call('HGET', holders, key)
  if holder then return string.match(holder, '^(.*) (%d+)$') end
end
local function free(key)
  if #waiting(key, 1) > 0 then
    redis.call('HSET', holders, key, ' 0')
    redis.call('SADD', ready, key)
  else
    redis.call('HDEL', holders, key)
    if someWait then redis.call('SREM', ready, key) end
  end
end
local function release(key)
  local owner, count = holderOf(key)
  if not owner or owner == '' then return end
  if tonumber(count) > 1 then redis.call('HSET', holders, key, owner .. ' ' .. (count - 1)) else free(key) end
end
local function park(key, id, ...)
  someWait = true
  redis.call('ZADD', parked, 0, placeOf(key, id))
  redis.call('XCLAIM', stream, group, '${PARKED}', 0, id, 'JUSTID', ...)
end
local function pendingOf(consumer, most)
  return redis.call('XPENDING', stream, group, '-', '+', most, consumer)
end
local function entryOf(id) return redis.call('XRANGE', stream, id, id)[1] end
`;

/**
 * Gives a consumer so many entries: those that waited and whose turn has come, then new ones. One of whose key somebody else
 * has any in hand, or that others wait before, waits instead. Answers entries, how often each of the first ones was delivered
 * (the others are new), where the stream ends when there are no more, and whether so many wait that no new ones are looked at.
 */
export const TAKE = `${ORDER}
local me, room, most, taken, deliveries = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), {}, {}
while #taken < room do
  local key = redis.call('SPOP', ready)
  if not key then break end
  local count = 0
  for _, place in ipairs(waiting(key, room - #taken)) do
    redis.call('ZREM', parked, place)
    local ms, seq = string.match(place, ':0*(%d+)%-0*(%d+)$')
    local id = ms .. '-' .. seq
    local entry = redis.call('XCLAIM', stream, group, me, 0, id)[1]
    if entry and entry[2] then
      count = count + 1
      taken[#taken + 1] = entry
      deliveries[#taken] = redis.call('XPENDING', stream, group, id, id, 1)[1][4]
    else
      redis.call('XACK', stream, group, id)
    end
  end
  if count > 0 then redis.call('HSET', holders, key, me .. ' ' .. count) else free(key) end
end
local waits, isMore = redis.call('ZCARD', parked), true
-- What has to wait leaves room for others, but not for ever: nobody else is served meanwhile.
for _ = 1, 5 do
  if #taken >= room or waits >= most then break end
  local read = redis.call('XREADGROUP', 'GROUP', group, me, 'COUNT', room - #taken, 'STREAMS', stream, '>')
  if not read then
    isMore = false
    break
  end
  for _, entry in ipairs(read[1][2]) do
    local key, isMine = keyOf(entry[2]), true
    if key then
      local owner, count = holderOf(key)
      isMine = not owner or (owner == me and #waiting(key, 1) == 0)
      if isMine then
        redis.call('HSET', holders, key, me .. ' ' .. ((count or 0) + 1))
      else
        park(key, entry[1], 'RETRYCOUNT', 0)
        waits = waits + 1
      end
    end
    if isMine then taken[#taken + 1] = entry end
  end
end
local last = ''
if not isMore then
  local facts = redis.call('XINFO', 'STREAM', stream)
  for index = 1, #facts, 2 do
    if facts[index] == 'last-generated-id' then last = facts[index + 1] end
  end
end
return { taken, deliveries, last, waits >= most and 1 or 0 }
`;

/** Takes entries, each with its key, from those in hand. Answers of how many keys the next ones may be taken. */
export const DONE = `${ORDER}
for index = 2, #ARGV, 2 do
  if redis.call('XACK', stream, group, ARGV[index]) == 1 then release(ARGV[index + 1]) end
end
return redis.call('SCARD', ready)
`;

/**
 * Takes over what consumers had in hand that said nothing about it for too long: entries with a key wait for their turn
 * again, so that one consumer gets all of them, in order; others are claimed, as many as there is room for. Entries that the
 * caller has in hand are given behind. Consumers that have been gone for an hour and left nothing are forgotten.
 */
export const RECOVER = `${ORDER}
local me, visibility, room = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local held, claimed = {}, {}
for index = 5, #ARGV do held[ARGV[index]] = true end
local function recover(consumer)
  local silent, working = {}, {}
  for _, pending in ipairs(pendingOf(consumer, 10000)) do
    local id, entry = pending[1], entryOf(pending[1])
    if not entry then
      redis.call('XACK', stream, group, id)
    else
      local key = keyOf(entry[2])
      if pending[3] < visibility or (consumer == me and held[id]) then
        if key then working[key] = true end
      else
        silent[#silent + 1] = { id, entry[2], pending[4] + 1, key }
      end
    end
  end
  for _, entry in ipairs(silent) do
    local key = entry[4]
    entry[4] = nil
    if key and not working[key] then
      park(key, entry[1])
      free(key)
    elseif not key and #claimed < room then
      redis.call('XCLAIM', stream, group, me, 0, entry[1])
      claimed[#claimed + 1] = entry
    end
  end
end
for _, list in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  local facts = {}
  for index = 1, #list, 2 do facts[list[index]] = list[index + 1] end
  local name = facts['name']
  if facts['pending'] == 0 then
    if name ~= me and name ~= '${PARKED}' and facts['idle'] > 3600000 then
      redis.call('XGROUP', 'DELCONSUMER', stream, group, name)
    end
  elseif name ~= '${PARKED}' and #redis.call('XPENDING', stream, group, 'IDLE', visibility, '-', '+', 1, name) > 0 then
    recover(name)
  end
end
return claimed
`;

/** Frees keys whose holder has nothing in hand any more: somebody who does not know of keys took it from him. */
export const HEAL = `${ORDER}
local found, isIdle = redis.call('HGETALL', holders), { [''] = true }
for index = 1, #found, 2 do
  local owner = string.match(found[index + 1], '^(.*) %d+$')
  if isIdle[owner] == nil then isIdle[owner] = #pendingOf(owner, 1) == 0 end
  if isIdle[owner] then free(found[index]) end
end
`;

/**
 * Has what a consumer is said to have in hand and does not, since the answer that gave it was lost or it ends, given out at
 * once. What it has in hand is given behind.
 */
export const GIVE_BACK = `${ORDER}
local me, visibility, isNew = ARGV[2], ARGV[3], ARGV[4] == '1'
local held, kept, gone = {}, {}, {}
for index = 5, #ARGV do held[ARGV[index]] = true end
for _, pending in ipairs(pendingOf(me, 10000)) do
  local id, entry = pending[1], entryOf(pending[1])
  local key = entry and keyOf(entry[2])
  local count = isNew and { 'RETRYCOUNT', 0 } or {}
  if held[id] then
    if key then kept[key] = (kept[key] or 0) + 1 end
  elseif key then
    park(key, id, unpack(count))
    gone[key] = true
  else
    redis.call('XCLAIM', stream, group, me, 0, id, 'IDLE', visibility, 'JUSTID', unpack(count))
  end
end
for key in pairs(gone) do
  if kept[key] then redis.call('HSET', holders, key, me .. ' ' .. kept[key]) else free(key) end
end
`;

/** Forgets a consumer that has nothing in hand: what it has would be forgotten with it. */
export const LEAVE = `${ORDER}
if #pendingOf(ARGV[2], 1) == 0 then redis.call('XGROUP', 'DELCONSUMER', stream, group, ARGV[2]) end
`;

/** Puts a message among those that wait for their time and takes it from those in hand, in one step. */
export const DELAY = `${ORDER}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local id, delay, member, isOwn, key = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6]
if redis.call('XACK', stream, group, id) == 0 then return end
redis.call('ZADD', KEYS[5], now + delay, member)
if isOwn == '1' then redis.call('XDEL', stream, id) end
if key then release(key) end
`;

/** Puts a message among the dead letters and takes it from those in hand, in one step. */
export const BURY = `${ORDER}
local id, envelope, reason, attempt, isOwn, key = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
if redis.call('XACK', stream, group, id) == 0 then return end
redis.call('XADD', KEYS[5], '*', 'd', envelope, 'reason', reason, 'attempt', attempt)
if isOwn == '1' then redis.call('XDEL', stream, id) end
if key then release(key) end
`;
