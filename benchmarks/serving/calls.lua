-- Sends the requests of a file in turn over wrk's connections; tells what wrk measured as JSON.
local function lines(path)
  local found = {}
  for line in io.lines(path) do found[#found + 1] = line end
  return found
end

local bodies, turn = nil, 0

function init(args)
  bodies = lines(args[1])
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  if args[2] ~= "" then wrk.headers["Authorization"] = "Bearer " .. args[2] end
  turn = tonumber(args[3] or "0")
end

function request()
  turn = turn + 1
  return wrk.format(nil, nil, nil, bodies[(turn - 1) % #bodies + 1])
end

function done(summary, latency, requests)
  local failed = summary.errors
  io.write(string.format(
    '\n{"p50": %.9f, "p99": %.9f, "calls": %d, "seconds": %.6f, "failed": %d}\n',
    latency:percentile(50) / 1e6, latency:percentile(99) / 1e6, summary.requests,
    summary.duration / 1e6,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end
