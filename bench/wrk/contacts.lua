-- Generates one load: wrk ... -s contacts.lua URL -- WORK KEY CONTACTS SEED CHECK [IDS]
--   WORK      existing, new, mixed (one new phone in ten requests) or get
--   CONTACTS  the number of existing phones, from +966500000000 on
--   CHECK     1 to check every response body, which slows wrk too much for measurements
--   IDS       for get: a file with the contacts' ids in the order of their phones, one a line
-- Requests are concatenated from strings that are made once, since wrk takes its processor time from the measured machine.
-- The calling program parses the last line of the output.

local FIRST_NEW = 20000000
local NEW_OF_A_THREAD = 30000000

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

local head, tail, contacts, work, ids
local next_new
local asked = {}
wrong = 0
first_wrong = ""

local function read_ids(path)
  local lines = {}
  for line in io.lines(path) do
    lines[#lines + 1] = line
  end
  return lines
end

local function read_request()
  local i = math.random(contacts)
  if asked.on then
    local phone = string.format("+9665%08d", i - 1)
    asked[phone] = (asked[phone] or 0) + 1
  end
  return head .. ids[i] .. tail
end

local function post_request()
  local n
  if work == "new" or (work == "mixed" and math.random(10) == 1) then
    n = next_new
    next_new = next_new + 1
  else
    n = math.random(contacts) - 1
  end
  local digits = string.format("%08d", n)
  if asked.on then
    asked["+9665" .. digits] = (asked["+9665" .. digits] or 0) + 1
  end
  return head .. digits .. tail
end

-- wrk does not tell which request a response belongs to. But each phone must have been requested at least as often as it
-- is returned.
local function check(status, headers, body)
  local phone = body:match('"phone":"(%+%d+)"')
  local new = body:match('"isNewContact":(%a+)')
  local is_new = phone ~= nil and tonumber(phone:sub(6)) >= FIRST_NEW
  local right = status == 200
    and body:find('"success":true', 1, true) ~= nil
    and phone ~= nil
    and (asked[phone] or 0) > 0
    and (work == "get" or new == tostring(is_new))
  if right then
    asked[phone] = asked[phone] - 1
  else
    wrong = wrong + 1
    if first_wrong == "" then
      first_wrong = status .. " " .. body:sub(1, 200)
    end
  end
end

function init(args)
  work = args[1]
  contacts = tonumber(args[3])
  math.randomseed(tonumber(args[4]) + number)
  next_new = FIRST_NEW + number * NEW_OF_A_THREAD
  local host = "Host: " .. wrk.host .. ":" .. wrk.port .. "\r\nx-api-key: " .. args[2] .. "\r\n"
  if work == "get" then
    ids = read_ids(args[6])
    head = "GET /v1/partners/contacts/"
    tail = " HTTP/1.1\r\n" .. host .. "\r\n"
    request = read_request
  else
    local body = '{"phone":"+9665'
    local rest = '","name":"Ahmed Ali"}'
    head = "POST /v1/partners/contacts HTTP/1.1\r\n" .. host
      .. "Content-Type: application/json\r\nContent-Length: " .. (#body + 8 + #rest) .. "\r\n\r\n" .. body
    tail = rest
    request = post_request
  end
  if args[5] == "1" then
    asked.on = true
    response = check
  end
end

function done(summary, latency)
  local all_wrong = 0
  local example = ""
  for _, thread in ipairs(threads) do
    all_wrong = all_wrong + thread:get("wrong")
    if example == "" then
      example = thread:get("first_wrong")
    end
  end
  if example ~= "" then
    io.write("\nwrong ", example, "\n")
  end
  local errors = summary.errors
  io.write(string.format(
    "\nfigures requests=%d micros=%d p50=%d p99=%d wrong=%d status=%d connect=%d read=%d write=%d timeout=%d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    all_wrong, errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end
