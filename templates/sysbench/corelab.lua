-- Sends the same statements to the same rows as a scenario of corelab, so that only the client differs.
-- Statements: one per line. Keys: one operation per line, the number of its statement and its values, divided by tabs.
-- Prints one JSON line when it is ready, at the beginning of the window, and at its end.

local ffi = require("ffi")
ffi.cdef("int fflush(void *stream);")

sysbench.cmdline.options = {
  statements = { "File with the statements", "" },
  keys = { "File with the values", "" },
  types = { "Types of the values of a statement: s for text, i for a whole number", "i" },
  keys_per_thread = { "Lines of the file that one thread takes", 500 },
}

local function lines_of(path)
  local lines = {}
  for line in io.lines(path) do lines[#lines + 1] = line end
  return lines
end

function thread_init()
  local sql = sysbench.sql
  local types = sysbench.opt.types
  connection = sql.driver():connect()
  statements, parameters, keys = {}, {}, {}
  for index, text in ipairs(lines_of(sysbench.opt.statements)) do
    local statement = connection:prepare(text)
    local bound = {}
    for place = 1, #types do
      if types:sub(place, place) == "s" then
        bound[place] = statement:bind_create(sql.type.VARCHAR, 64)
      else
        bound[place] = statement:bind_create(sql.type.BIGINT)
      end
    end
    statement:bind_param(unpack(bound))
    statements[index], parameters[index] = statement, bound
  end
  local lines = lines_of(sysbench.opt.keys)
  local from = sysbench.tid * sysbench.opt.keys_per_thread
  for offset = 1, math.min(sysbench.opt.keys_per_thread, #lines) do
    local words = {}
    for word in lines[(from + offset - 1) % #lines + 1]:gmatch("[^\t]+") do words[#words + 1] = word end
    local key = { statement = tonumber(words[1]) }
    for place = 1, #types do
      key[place] = types:sub(place, place) == "s" and words[place + 1] or tonumber(words[place + 1])
    end
    keys[offset] = key
  end
end

function event()
  local key = keys[sysbench.rand.uniform(1, #keys)]
  local bound = parameters[key.statement]
  for place = 1, #bound do bound[place]:set(key[place]) end
  statements[key.statement]:execute()
end

function thread_done()
  for _, statement in ipairs(statements) do statement:close() end
  connection:disconnect()
end

local function report(stat)
  print(string.format(
    '{"seconds":%.6f,"events":%d,"reads":%d,"writes":%d,"other":%d,"p95Ms":%.6f,"errors":%d,"reconnects":%d}',
    stat.time_interval, stat.events, stat.reads, stat.writes, stat.other, stat.latency_pct * 1000, stat.errors,
    stat.reconnects))
  ffi.C.fflush(nil)
end

sysbench.hooks.report_cumulative = report
