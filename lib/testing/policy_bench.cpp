// SPDX-License-Identifier: Apache-2.0
#include <sluice/testing/policy_bench.hpp>

#include <algorithm>

namespace sluice::testing {
namespace {

/// A request's body as it comes from a connection: piece by piece, of known length.
class PieceStream final : public BodyStream {
 public:
  explicit PieceStream(std::string_view data) : rest_(data) {}
  Task<BodyChunk> read() override {
    if (cancelled_) return BodyChunk(fail(ErrorCode::cancelled));
    const std::string_view piece = rest_.substr(0, PolicyBench::body_piece_bytes);
    rest_.remove_prefix(piece.size());
    return BodyChunk(piece);
  }
  void cancel() override { cancelled_ = true; }

 private:
  std::string_view rest_;
  bool cancelled_ = false;
};

std::optional<BenchError> copy_error(const LastError* error) {
  if (error == nullptr) return std::nullopt;
  BenchError copy;
  copy.source = error->source;
  copy.reason = error->reason;
  copy.message = error->message;
  copy.scope = error->scope;
  copy.section = error->section;
  copy.path = error->path;
  copy.policy_id = error->policy_id;
  return copy;
}

void fill(Request& request, const BenchRequest& wanted) {
  request.method = wanted.method;
  const std::string url = wanted.url.starts_with('/') ? "http://api.test" + wanted.url : wanted.url;
  const auto parsed = parse_url(url, request.arena);
  if (parsed) request.url = *parsed;
  for (const auto& [name, value] : wanted.headers) request.headers.append(HeaderName(name), value);
  if (!request.headers.contains("Host")) request.headers.set("Host", request.url.authority(request.arena));
  if (wanted.body) request.body = Body::stream(std::make_unique<PieceStream>(*wanted.body), wanted.body->size());
  request.client_address = wanted.client_address;
  request.client_certificate = wanted.client_certificate;
}

}  // namespace

std::vector<std::string> BenchAnswer::header(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [field, value] : headers) {
    if (equal_ignoring_case(field, name)) values.push_back(value);
  }
  return values;
}

PolicyBench::PolicyBench(GatewayOptions options) : counters(clock), gateway(with_own_doors(std::move(options))) {}

GatewayOptions PolicyBench::with_own_doors(GatewayOptions options) {
  options.transport = &transport;
  options.clock = &clock;
  options.random = &random;
  options.counters = &counters;
  options.cache = &cache;
  options.telemetry = &telemetry;
  options.on_finished = [this, told = std::move(options.on_finished)](const RequestContext& context,
                                                                      DeliveryOutcome outcome) {
    note(context, outcome);
    if (told) told(context, outcome);
  };
  return options;
}

void PolicyBench::note(const RequestContext& context, DeliveryOutcome) {
  const auto found = pending_.find(&context.request);
  if (found == pending_.end()) return;
  BenchAnswer& answer = *found->second;
  for (const auto& entry : context.variables.entries()) {
    answer.variables[std::string(entry.name)] = to_text(entry.value, context.arena);
  }
  answer.last_error = copy_error(context.last_error);
  for (const TraceEntry& entry : context.trace_entries()) answer.trace.emplace_back(entry.message);
}

BenchAnswer PolicyBench::send(const BenchRequest& wanted) {
  BenchAnswer answer;
  const std::size_t calls_before = transport.call_count();
  const SteadyTime started = clock.steady_now();
  Request request;
  fill(request, wanted);
  pending_[&request] = &answer;
  Task<Response> task = gateway.handle(request);
  auto response = clock.run(task);
  if (!response) {
    // The caller gives up: everything that listens to its cancellation lets go.
    answer.is_stuck = true;
    request.cancellation.request();
    response = clock.run(task);
  }
  if (response) {
    answer.status = response->status;
    answer.reason = response->reason.empty() ? reason_phrase(response->status) : response->reason;
    for (const Header& line : response->headers) answer.headers.emplace_back(line.name, line.value);
    read_body(*response, answer);
  }
  response.reset();
  pending_.erase(&request);
  answer.elapsed = clock.steady_now() - started;
  const auto calls = transport.calls();
  answer.calls.assign(calls.begin() + static_cast<std::ptrdiff_t>(calls_before), calls.end());
  return answer;
}

void PolicyBench::read_body(Response& response, BenchAnswer& answer) {
  answer.body = response.body.data();
  answer.is_complete = !response.body.is_stream();
  if (answer.is_complete && !answer.body.empty()) answer.chunks.push_back(answer.body);
  while (!answer.is_complete) {
    Task<BodyChunk> reading = response.body.stream()->read();
    auto chunk = clock.run(reading);
    if (!chunk) {
      answer.is_stuck = true;
      response.body.stream()->cancel();
      chunk = clock.run(reading);
    }
    if (!chunk || !*chunk) return;
    answer.is_complete = (*chunk)->empty();
    answer.body += **chunk;
    if (!(*chunk)->empty()) answer.chunks.emplace_back(**chunk);
  }
}

}  // namespace sluice::testing
