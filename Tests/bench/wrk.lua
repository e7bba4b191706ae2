-- wrk's part of the benchmark: posts chat completions, and prints one line of JSON.
-- Arguments after `--`: model, stream (0 or 1), alternatives to ask for (-1: no logprobs), release mode ("" for the route's own),
-- how many different requests there are, by turns (0: every one differs, from those of every other run, too).

local model, stream, alternatives, release, distinct, sent, prefix

function setup(thread)
  thread:set("seed", os.time())
end

function init(args)
  model, stream, alternatives, release = args[1], args[2] == "1", tonumber(args[3]), args[4] or ""
  distinct = tonumber(args[5] or "0")
  sent = 0
  wrk.method = "POST"
  wrk.path = "/v1/chat/completions"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer bench"
  if release ~= "" then wrk.headers["x-qualm-release"] = release end
  local parts = { '{"model":"' .. model .. '"' }
  if stream then parts[#parts + 1] = '"stream":true' end
  if alternatives >= 0 then parts[#parts + 1] = '"logprobs":true,"top_logprobs":' .. alternatives end
  parts[#parts + 1] = '"messages":[{"role":"system","content":"You answer briefly and you say so when you do not know."},'
    .. '{"role":"user","content":"What should be read first about question number '
  prefix = table.concat(parts, ",")
end

function request()
  sent = sent + 1
  local number = distinct > 0 and "again-" .. sent % distinct or seed .. "-" .. sent
  return wrk.format(nil, nil, nil, prefix .. number .. '?"}]}')
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"bytes":%d,"failed":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
