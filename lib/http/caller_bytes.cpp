// SPDX-License-Identifier: Apache-2.0
// No wait has a limit of its own here: silence is measured over both directions, by UpgradedSession.
#include "http/caller_bytes.hpp"

#include "http/server_session.hpp"

#include <sluice/random.hpp>

namespace sluice::http {

CallerBytes::~CallerBytes() { upgrade_.caller_dropped(); }

void CallerBytes::cancel() {
  if (!error_) error_ = Error(ErrorCode::cancelled);
  upgrade_.caller_ended();
  if (has_begun_) session_.wire().interrupt_read(Wake::cancelled);
}

void CallerBytes::leave() {
  if (has_begun_) session_.wire().interrupt_read(Wake::cancelled);
}

Task<BodyChunk> CallerBytes::read() {
  if (session_.shard().worker.is_current()) {
    if (auto chunk = take_now()) return std::move(*chunk);
  }
  return wait_and_read();
}

BodyChunk CallerBytes::finish() {
  block_.release();
  is_over_ = true;
  upgrade_.caller_ended();
  return std::string_view{};
}

/// A client's frame: who is behind cannot tell us from the caller.
BodyChunk CallerBytes::take_leave() {
  finish();
  goodbye_.emplace(CloseFrame::going_away, static_cast<std::uint32_t>(SystemRandom().bits()));
  return goodbye_->bytes();
}

std::optional<BodyChunk> CallerBytes::take_now() {
  if (error_) return BodyChunk(fail(*error_));
  block_.release();
  if (is_over_) return BodyChunk(std::string_view{});
  if (!std::exchange(has_begun_, true)) {
    early_ = session_.take_early_bytes();
    if (!early_.empty()) return BodyChunk(upgrade_.pass_from_caller(early_));
  }
  std::string().swap(early_);
  Wire& wire = session_.wire();
  for (;;) {
    if (upgrade_.is_leaving()) {
      if (upgrade_.from_caller().is_closed()) return finish();
      if (upgrade_.from_caller().at_boundary()) return take_leave();
    }
    if (!wire.may_have_data()) return std::nullopt;
    block_ = session_.shard().worker.take_block();
    const IoResult result = wire.read(block_.data(), Block::size);
    if (result.outcome == IoOutcome::done) {
      session_.shard().cells.bytes_received.add(result.bytes);
      return BodyChunk(upgrade_.pass_from_caller({block_.data(), result.bytes}));
    }
    block_.release();
    if (result.outcome == IoOutcome::blocked) continue;
    // After its Close frame it does not matter how the connection goes away.
    if (result.outcome == IoOutcome::ended || upgrade_.from_caller().is_closed()) return finish();
    error_ = Error(ErrorCode::client_connection_failure);
    upgrade_.caller_ended();
    session_.client_gone();
    return BodyChunk(fail(*error_));
  }
}

Task<BodyChunk> CallerBytes::wait_and_read() {
  co_await session_.shard().worker.here();
  for (;;) {
    if (auto chunk = take_now()) co_return std::move(*chunk);
    const Wake why = co_await session_.wire().readable(std::chrono::milliseconds{0});
    if (why != Wake::closed) continue;
    if (!error_) error_ = Error(ErrorCode::client_connection_failure);
    upgrade_.caller_ended();
  }
}

}  // namespace sluice::http
