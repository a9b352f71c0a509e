// SPDX-License-Identifier: Apache-2.0
// Serving: from a complete head to the end of the answer, one request after the other (R10). While a request runs
// and its body has been read, the connection is watched, so that a caller who leaves is noticed at once (M2).
#include "http/answer_writer.hpp"
#include "http/local_answer.hpp"
#include "http/request_body.hpp"
#include "http/server_session.hpp"
#include "http/upgraded_session.hpp"

#include <algorithm>
#include <exception>
#include <optional>

namespace sluice::http {
namespace {

constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

/// Pipelined bytes that are kept (L13): no more than a block holds, into which they go when they turn out as a body.
std::size_t most_pending(const HttpLimits& limits) {
  return std::min(limits.buffered_bytes_per_direction, Block::size);
}

}  // namespace

sluice::detail::Detached Session::serve([[maybe_unused]] SessionRef self) {
  Cohorts& cohorts = shard().worker.loop().cohorts();
  for (;;) {
    shard().begin_request();
    if (body_complete_) watch_caller();
    Sent sent = Sent::caller_gone;
    bool keep = false;
    bool must_reset = false;
    {
      std::optional<Response> response;
      try {
        Response local(request_->arena);
        if (answer_locally(*request_, local)) {
          response.emplace(std::move(local));
        } else {
          co_await cohorts.at(Cohorts::Place::handling);
          Task<Response> handling = shard().core.handler.handle(*request_);
          response.emplace(co_await handling);
        }
      } catch (const std::exception&) {
        // The handler is the host's code: what it throws ends here and shows in the statistics.
        shard().cells.handler_failures.add();
      }
      co_await shard().worker.here();
      shard().admission.answered(ticket_);
      if (!response) {
        response.emplace(request_->arena);
        make_internal_error(*response);
      }
      co_await cohorts.at(Cohorts::Place::delivery);
      if (!gone_ && !broken_off_) {
        awaits_continue_ = false;
        AnswerTarget target{wire(), shard(), framing_, !may_keep()};
        Task<Sent> sending = upgrade_ == nullptr ? send_answer(target, *response) : upgrade_->answer(target, *response);
        sent = co_await sending;
        co_await shard().worker.here();
        keep = !target.close && may_keep();
        must_reset = target.ends_by_close;
      }
      // What the answer still has to settle (hooks that run after it) is awaited here, not in its destructor.
      if (BodyStream* stream = response->body.stream(); stream != nullptr && sent != Sent::whole) {
        co_await stream->close();
        co_await shard().worker.here();
      }
    }
    const bool gone = gone_ || broken_off_;
    if (cancelling_) co_await shard().worker.next_turn();
    end_request();
    if (gone || sent == Sent::caller_gone) {
      if (!broken_off_) shard().cells.client_aborts.add();
      close();
      co_return;
    }
    if (sent != Sent::whole) {
      (sent == Sent::too_slow ? shard().cells.write_timeouts : shard().cells.broken_answers).add();
      if (must_reset || sent == Sent::too_slow) wire().reset();
      close();
      co_return;
    }
    shard().cells.completed.add();
    if (!keep) {
      set_pending({});
      linger();
      co_return;
    }
    if (!pending_.empty()) {
      limit_ = shard().worker.turn_time() + limits().header_timeout;
      Block block = shard().worker.take_block();
      const Begin begin = begin_request(pending_, block);
      if (begin == Begin::started) continue;
      if (begin == Begin::refused) co_return;
    }
    await_head();
    co_return;
  }
}

bool Session::may_keep() const {
  if (!framing_.keep_alive || !body_complete_ || gone_) return false;
  if (shard().core.draining.load(std::memory_order_relaxed)) return false;
  if (requests_ >= shard().core.limits().requests_per_connection) return false;
  return !is_old();
}

void Session::watch_caller() {
  if (pending_.size() >= most_pending(limits())) return;
  const auto wake = [](void* session, Wake why) { static_cast<Session*>(session)->on_caller_event(why); };
  wire().watch(wake, this, std::chrono::milliseconds{0});
}

void Session::on_caller_event(Wake why) {
  const SessionRef alive(this);
  if (why != Wake::ready) return;
  Block block = shard().worker.take_block();
  const std::size_t room = most_pending(limits()) - pending_.size();
  const IoResult result = wire().read(block.data(), std::min(room, Block::size));
  if (result.outcome == IoOutcome::ended || result.outcome == IoOutcome::failed) return client_gone();
  if (result.outcome == IoOutcome::done) {
    shard().cells.bytes_received.add(result.bytes);
    pending_.append(block.data(), result.bytes);
  }
  watch_caller();
}

void Session::client_gone() {
  if (gone_ || request_ == nullptr) return;
  const SessionRef alive(this);
  gone_ = true;
  cancel_request([&] { wire().interrupt_write(Wake::cancelled); });
}

std::string Session::take_early_bytes() {
  wire().stop_watching();
  return std::exchange(pending_, {});
}

bool Session::has_spoken_early() {
  if (pending_.empty()) on_caller_event(Wake::ready);
  return !pending_.empty();
}

void Session::send_continue() {
  if (!awaits_continue_) return;
  awaits_continue_ = false;
  Gather pieces;
  pieces.add(continue_line);
  const IoResult result = wire().write(pieces);  // nothing has been sent before it, so the kernel has room
  shard().cells.bytes_sent.add(result.bytes);
}

void Session::body_finished(std::string_view rest) {
  body_complete_ = true;
  set_pending(rest);
  watch_caller();
}

void Session::end_request() {
  if (body_ != nullptr) body_->cancel();  // wakes who still reads it
  if (upgrade_ != nullptr) upgrade_->end();
  wire().stop_watching();
  shard().worker.give_back(std::move(request_));
  upgrade_.reset();
  shard().admission.leave(ticket_);
  shard().end_request();
}

}  // namespace sluice::http
