// SPDX-License-Identifier: Apache-2.0
// ScriptedTransport: the call is recorded whole first, then the entry's delay passes, then its answer or error comes.
#include <sluice/testing/scripted_transport.hpp>

#include <algorithm>

namespace sluice::testing {
namespace {

bool matches(const ScriptedMatch& match, const RecordedCall& call) {
  return (match.method.empty() || match.method == call.method) && (match.url.empty() || match.url == call.url) &&
         call.url.starts_with(match.url_prefix);
}

/// Reads what the request carries, as a peer would.
Task<Result<void>> record_body(OutgoingRequest& request, RecordedCall& call) {
  call.has_body = !request.body.is_none();
  if (!request.body.is_stream()) {
    call.body = request.body.data();
    co_return Result<void>();
  }
  for (;;) {
    BodyChunk chunk = co_await request.body.stream()->read();
    if (!chunk) co_return fail(std::move(chunk.error()));
    if (chunk->empty()) break;
    call.body += *chunk;
  }
  if (const Headers* trailers = request.body.stream()->trailers()) {
    for (const Header& line : *trailers) call.trailers.emplace_back(line.name, line.value);
  }
  co_return Result<void>();
}

RecordedCall record(OutgoingRequest& request, Arena& arena, Clock& clock) {
  RecordedCall call;
  call.method = request.method;
  call.url = request.url.to_string(arena);
  for (const Header& line : request.headers) call.headers.emplace_back(line.name, line.value);
  call.timeout = request.timeout;
  call.at = clock.steady_now();
  call.verify_certificate_chain = request.verify_certificate_chain;
  call.verify_certificate_name = request.verify_certificate_name;
  call.versions = request.versions;
  if (request.tls != nullptr) call.tls = *request.tls;
  if (request.proxy != nullptr) {
    call.proxy = "http://" + std::string(request.proxy->host) + ":" + std::to_string(request.proxy->port);
    call.proxy_authorization = request.proxy->authorization;
  }
  return call;
}

}  // namespace

std::optional<std::string_view> RecordedCall::header(std::string_view name) const {
  for (const auto& [field, value] : headers) {
    if (equal_ignoring_case(field, name)) return value;
  }
  return std::nullopt;
}

/// The pieces of an answer's body, each after its delay.
class ScriptedTransport::Stream final : public BodyStream {
 public:
  Stream(ScriptedTransport& owner, ScriptedAnswer answer, Cancellation& cancellation)
      : owner_(owner), answer_(std::move(answer)), give_up_(cancellation), trailers_(arena_) {
    for (const auto& [name, value] : answer_.trailers) trailers_.append_view(HeaderName(name), value);
  }

  Task<BodyChunk> read() override {
    const bool is_last = next_ == answer_.chunks.size();
    if (!is_last && answer_.chunk_delay.count() != 0) {
      co_await owner_.clock_.wait_for(answer_.chunk_delay, give_up_);
    }
    if (give_up_.requested()) co_return fail(ErrorCode::cancelled);
    if (!is_last) co_return std::string_view(answer_.chunks[next_++]);
    is_ended_ = true;
    if (answer_.is_cut) co_return fail(ErrorCode::backend_connection_failure);
    co_return std::string_view();
  }

  const Headers* trailers() const override { return is_ended_ && trailers_.size() != 0 ? &trailers_ : nullptr; }

  void cancel() override {
    if (!is_ended_ && !give_up_.requested()) {
      std::lock_guard lock(owner_.mutex_);
      ++owner_.cancelled_streams_;
    }
    give_up_.request();
  }

 private:
  ScriptedTransport& owner_;
  ScriptedAnswer answer_;
  Cancellation give_up_;
  Arena arena_;
  Headers trailers_;
  std::size_t next_ = 0;
  bool is_ended_ = false;
};

void ScriptedTransport::add(ScriptEntry entry) {
  std::lock_guard lock(mutex_);
  script_.push_back(std::move(entry));
  used_.push_back(0);
}

void ScriptedTransport::answer(int status, std::string body) {
  ScriptedAnswer wanted;
  wanted.status = status;
  if (!body.empty()) wanted.body = std::move(body);
  answer(std::move(wanted));
}

void ScriptedTransport::reset() {
  std::lock_guard lock(mutex_);
  script_.clear();
  used_.clear();
  calls_.clear();
  unexpected_ = cancelled_streams_ = 0;
}

std::optional<ScriptedAnswer> ScriptedTransport::next_answer(const RecordedCall& call) {
  std::lock_guard lock(mutex_);
  calls_.push_back(call);
  bool is_foreseen = false;
  for (std::size_t i = 0; i < script_.size(); ++i) {
    if (!matches(script_[i].when, call)) continue;
    is_foreseen = true;
    if (script_[i].repeat != ScriptEntry::forever && used_[i] == script_[i].repeat) continue;
    ++used_[i];
    return script_[i].answer;
  }
  if (!is_foreseen) return ScriptedAnswer();
  ++unexpected_;
  return std::nullopt;
}

Task<Result<Response>> ScriptedTransport::send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) {
  if (cancellation.requested()) co_return fail(ErrorCode::cancelled);
  RecordedCall call = record(request, arena, clock_);
  auto body = co_await record_body(request, call);
  if (!body) co_return fail(std::move(body.error()));
  auto found = next_answer(call);
  if (!found) {
    co_return fail(ErrorCode::backend_connection_failure,
                   "The script has no answer left for " + call.method + " " + call.url);
  }
  const bool too_late = request.timeout.count() != 0 && found->delay > request.timeout;
  const auto delay = too_late ? request.timeout : found->delay;
  if (delay.count() != 0) {
    const bool waited = co_await clock_.wait_for(delay, cancellation);
    if (!waited) co_return fail(ErrorCode::cancelled);
  }
  if (too_late) co_return fail(ErrorCode::timeout);
  // A connection that fails has not been made: nothing of the request has arrived.
  if (found->error == ErrorCode::backend_connection_failure)
    co_return fail(Error(*found->error).with_retry(RetryAdvice::yes));
  if (found->error) co_return fail(*found->error);

  Response response(arena);
  response.status = found->status;
  response.reason = arena.copy(found->reason);
  for (const auto& [name, value] : found->headers) response.headers.append(HeaderName(name), value);
  if (found->is_cut && found->chunks.empty() && found->body) found->chunks.push_back(*found->body);
  if (!found->chunks.empty() || found->is_cut) {
    response.body = Body::stream(std::make_unique<Stream>(*this, std::move(*found), cancellation));
  } else if (found->body) {
    response.body = Body::bytes(arena.copy(*found->body));
  }
  co_return response;
}

std::vector<RecordedCall> ScriptedTransport::calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}
std::size_t ScriptedTransport::call_count() const {
  std::lock_guard lock(mutex_);
  return calls_.size();
}
std::size_t ScriptedTransport::unexpected_calls() const {
  std::lock_guard lock(mutex_);
  return unexpected_;
}
std::size_t ScriptedTransport::cancelled_streams() const {
  std::lock_guard lock(mutex_);
  return cancelled_streams_;
}

}  // namespace sluice::testing
