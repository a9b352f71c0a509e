// SPDX-License-Identifier: Apache-2.0
// Waking another coroutine from here may bring the session's own to its end, and this object with it: such a call
// stands last in its function.
#include "http/upgraded_session.hpp"

#include "http/caller_bytes.hpp"
#include "http/head_writer.hpp"
#include "http/websocket_handshake.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

constexpr int switching_protocols = 101;

Sent sent_of(Wake why) {
  if (why == Wake::ready) return Sent::whole;
  return why == Wake::timeout ? Sent::too_slow : Sent::caller_gone;
}

}  // namespace

/// Awaited: the caller has ended too, or has taken too long.
struct UpgradedSession::CallerEnd {
  UpgradedSession& upgrade;
  bool await_ready() const { return upgrade.caller_ == nullptr || upgrade.caller_has_ended_; }
  void await_suspend(std::coroutine_handle<> waiting) const { upgrade.waiting_ = waiting; }
  void await_resume() const {}
};

UpgradedSession::UpgradedSession(Session& session)
    : Entry([](Entry& entry) { static_cast<UpgradedSession&>(entry).on_deadline(); }),
      ResetWatch{[](ResetWatch& watch) {
        auto& upgrade = static_cast<UpgradedSession&>(watch);
        upgrade.wake_waiting();
        upgrade.session_.client_gone();
      }},
      session_(session) {}

UpgradedSession::~UpgradedSession() { session_.wire().watch_reset(nullptr); }

Body UpgradedSession::caller_bytes() {
  auto stream = std::make_unique<CallerBytes>(session_, *this);
  caller_ = stream.get();
  return Body::stream(std::move(stream));
}

Task<Sent> UpgradedSession::answer(AnswerTarget& target, Response& response) {
  if (response.status == switching_protocols && response.body.is_stream()) return change_protocol(target, response);
  const bool was_read = caller_ != nullptr && caller_->has_begun();
  if (was_read || session_.has_spoken_early()) target.close = true;
  return send_answer(target, response);
}

Task<Sent> UpgradedSession::change_protocol(AnswerTarget& target, Response& response) {
  std::string head;
  const bool is_valid = append_answer_head(head, response, {}, session_.shard().worker.http_date());
  if (!is_valid) co_return co_await send_answer(target, response);  // which says that it cannot be sent
  add_upgrade_fields(head);
  target.close = true;
  target.ends_by_close = true;
  BodyStream& backend = *response.body.stream();
  begin();
  Sent sent = co_await send(head);
  if (session_.shard().core.draining.load(std::memory_order_relaxed)) leave();
  while (sent == Sent::whole) {
    Task<BodyChunk> reading = backend.read();
    const BodyChunk chunk = co_await reading;
    co_await session_.shard().worker.here();
    // After its Close frame it does not matter how the backend's connection goes away.
    if (!chunk && !to_caller_.is_closed()) sent = Sent::broken;
    if (!chunk || chunk->empty()) break;
    sent = co_await pass_on(*chunk);
  }
  is_reading_backend_ = false;
  if (sent == Sent::whole) co_await close_first_half();
  finish();
  co_return sent;
}

void UpgradedSession::begin() {
  has_changed_ = true;
  is_reading_backend_ = true;
  session_.shard().cells.upgraded.add();
  session_.shard().cells.upgraded_open.add();
  session_.wire().watch_reset(this);
  touch();
  set_deadline();
}

Task<Sent> UpgradedSession::send(std::string_view bytes) {
  Gather pieces;
  pieces.add(bytes);
  session_.shard().cells.bytes_sent.add(bytes.size());
  const IoResult result = session_.wire().write(pieces);
  if (result.outcome == IoOutcome::failed) co_return Sent::caller_gone;
  if (pieces.empty()) co_return Sent::whole;
  is_writing_ = true;
  const Wake why = co_await write_rest(session_.wire(), pieces, session_.limits().write_timeout);
  is_writing_ = false;
  touch();
  co_return sent_of(why);
}

Task<Sent> UpgradedSession::pass_on(std::string_view bytes) {
  if (has_said_goodbye_) co_return Sent::whole;  // nothing may follow a Close frame
  touch();
  const std::uint64_t before = to_caller_.frames();
  if (is_leaving_) {
    bytes = bytes.substr(0, to_caller_.read_frame(bytes));
  } else {
    to_caller_.read(bytes);
  }
  session_.shard().cells.frames_sent.add(to_caller_.frames() - before);
  const Sent sent = co_await send(bytes);
  if (is_leaving_ && sent == Sent::whole) say_goodbye();
  co_return sent;
}

std::string_view UpgradedSession::pass_from_caller(std::string_view bytes) {
  touch();
  const std::uint64_t before = from_caller_.frames();
  if (is_leaving_) {
    bytes = bytes.substr(0, from_caller_.read_frame(bytes));
  } else {
    from_caller_.read(bytes);
  }
  session_.shard().cells.frames_received.add(from_caller_.frames() - before);
  return bytes;
}

void UpgradedSession::leave() {
  if (!has_changed_ || is_leaving_) return;
  is_leaving_ = true;
  if (backend_has_ended_) return wake_waiting();
  if (!is_writing_) say_goodbye();
  if (caller_ != nullptr) caller_->leave();
}

/// A Close frame where one may stand; otherwise nothing yet.
void UpgradedSession::say_goodbye() {
  if (has_said_goodbye_) return;
  if (!to_caller_.is_closed()) {
    if (!to_caller_.at_boundary()) return;
    const CloseFrame frame(CloseFrame::going_away);
    Gather pieces;
    pieces.add(frame.bytes());
    const IoResult result = session_.wire().write(pieces);
    session_.shard().cells.bytes_sent.add(result.bytes);
    if (!pieces.empty()) return;  // a caller that does not take this much is not waited for
    to_caller_.read(frame.bytes());
    session_.shard().cells.frames_sent.add();
  }
  has_said_goodbye_ = true;
  touch();
  set_deadline();
}

/// The backend has ended: so does our half. What the caller still sends goes on until it ends too.
Task<void> UpgradedSession::close_first_half() {
  backend_has_ended_ = true;
  session_.wire().shutdown_send();
  if (is_leaving_) co_return;  // the rest is the lingering of every connection that ends
  touch();
  set_deadline();
  co_await CallerEnd{*this};
}

void UpgradedSession::caller_ended() {
  if (std::exchange(caller_has_ended_, true)) return;
  if (has_changed_) set_deadline();
  wake_waiting();
}

void UpgradedSession::caller_dropped() {
  caller_ = nullptr;
  wake_waiting();
}

/// In a turn of its own: who calls is in the middle of a read.
void UpgradedSession::wake_waiting() {
  if (waiting_ == nullptr) return;
  session_.shard().worker.post([waiting = std::exchange(waiting_, nullptr)] { waiting.resume(); });
}

void UpgradedSession::end() {
  if (caller_ != nullptr) caller_->cancel();
}

void UpgradedSession::finish() {
  ServerCells& cells = session_.shard().cells;
  session_.shard().worker.remove_deadline(*this);
  session_.wire().watch_reset(nullptr);
  has_changed_ = false;
  cells.upgraded_open.subtract();
  (from_caller_.is_closed() || to_caller_.is_closed() ? cells.upgraded_closed : cells.upgraded_cut).add();
}

void UpgradedSession::touch() { last_byte_ = Worker::coarse_now(); }

std::chrono::milliseconds UpgradedSession::allowed_silence() const {
  const HttpLimits& limits = session_.limits();
  if (is_silent_ || has_said_goodbye_) return limits.lingering_close;
  const bool is_half_closed = caller_has_ended_ || backend_has_ended_;
  return is_half_closed ? std::min(limits.body_gap_timeout, limits.upgraded_idle_timeout)
                        : limits.upgraded_idle_timeout;
}

void UpgradedSession::set_deadline() { session_.shard().worker.add_deadline(*this, last_byte_ + allowed_silence()); }

/// Bytes do not move the deadline: whether there were any is looked at when it comes.
void UpgradedSession::on_deadline() {
  const SessionRef alive(&session_);
  const SteadyTime now = Worker::coarse_now();
  if (now < last_byte_ + allowed_silence()) return set_deadline();
  if (is_leaving_ || backend_has_ended_) return give_up();
  session_.shard().cells.upgraded_idle.add();
  is_silent_ = true;
  last_byte_ = now;
  set_deadline();
  leave();
}

/// An end that has been waited for does not come.
void UpgradedSession::give_up() {
  if (is_writing_) return session_.wire().interrupt_write(Wake::timeout);
  if (is_reading_backend_) return session_.give_up_backend();
  wake_waiting();
}

}  // namespace sluice::http
