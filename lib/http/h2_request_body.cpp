// SPDX-License-Identifier: Apache-2.0
#include "http/h2_request_body.hpp"

#include "http/h2_server_connection.hpp"
#include "http/h2_server_stream.hpp"

namespace sluice::http {
namespace {

constexpr std::chrono::seconds rate_grace{10};  // T3: the least rate counts after that

constexpr int request_timeout_status = 408;

}  // namespace

H2RequestBody::~H2RequestBody() { stream_.body_dropped(); }

void H2RequestBody::cancel() {
  if (!error_) error_ = Error(ErrorCode::cancelled);
  stream_.body_wait().wake(Wake::cancelled);
}

const Headers* H2RequestBody::trailers() const {
  const Headers* const fields = stream_.trailers();
  return fields != nullptr && fields->size() != 0 ? fields : nullptr;
}

Task<BodyChunk> H2RequestBody::read() {
  if (stream_.connection().shard().worker.is_current()) {
    if (auto chunk = take_now()) return std::move(*chunk);
  }
  return wait_and_read();
}

BodyChunk H2RequestBody::end(Error error) {
  error_ = error;
  return fail(std::move(error));
}

std::optional<BodyChunk> H2RequestBody::take_now() {
  if (error_) return BodyChunk(fail(*error_));
  H2Connection& connection = stream_.connection();
  const std::string_view bytes = connection.session().take_body(stream_);
  connection.send_soon();  // the window may have grown
  if (!bytes.empty()) return BodyChunk(bytes);
  if (stream_.body_is_too_large()) return end(Error(ErrorCode::request_body_too_large));
  if (stream_.body_has_ended()) return BodyChunk(std::string_view{});
  if (stream_.is_closed()) return end(Error(ErrorCode::client_connection_failure));
  stream_.send_continue();
  return std::nullopt;
}

bool H2RequestBody::is_too_slow() const {
  if (waited_ < rate_grace) return false;
  const auto seconds = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(waited_).count());
  return stream_.body_bytes() < seconds * stream_.connection().limits().body_least_bytes_per_second;
}

Task<BodyChunk> H2RequestBody::wait_and_read() {
  H2Connection& connection = stream_.connection();
  Worker& worker = connection.shard().worker;
  co_await worker.here();
  for (;;) {
    if (auto chunk = take_now()) co_return std::move(*chunk);
    const SteadyTime before = Worker::coarse_now();
    const Wake why = co_await stream_.body_wait().for_at_most(connection.limits().body_gap_timeout);
    // While other bodies take up the connection's window, the peer cannot send this one.
    const bool may_send = !connection.session().is_window_used_up();
    if (may_send) waited_ += Worker::coarse_now() - before;
    if (why != Wake::ready && why != Wake::timeout) {
      co_return end(error_ ? *error_ : Error(ErrorCode::client_connection_failure));
    }
    if (may_send && (why == Wake::timeout || is_too_slow())) {
      connection.shard().cells.read_timeouts.add();
      co_return end(
          Error(ErrorCode::bad_request, "The request body does not arrive.").with_status(request_timeout_status));
    }
  }
}

}  // namespace sluice::http
