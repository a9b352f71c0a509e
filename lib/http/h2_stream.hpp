// SPDX-License-Identifier: Apache-2.0
// One request and its answer on a connection of HTTP/2, as far as the protocol goes.
#pragma once

#include "http/h2_request_head.hpp"
#include "http/h2_stream_list.hpp"

#include <sluice/task.hpp>

#include <boost/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

/// What has happened to a stream, as bits.
enum class H2News : std::uint8_t {
  request = 1,  ///< The head is complete, or has been refused.
  body = 2,     ///< More of the request's body, or its end.
  room = 4,     ///< The next piece of the answer's body may be offered.
  closed = 8,   ///< Nothing more is received or sent.
};

class H2Stream : public boost::intrusive_ref_counter<H2Stream, boost::thread_unsafe_counter> {
 public:
  H2Stream(std::unique_ptr<Request> request, const HeadRules& rules)
      : request_(std::move(request)), head_(std::in_place, *request_, rules) {}
  virtual ~H2Stream() = default;
  H2Stream(const H2Stream&) = delete;
  H2Stream& operator=(const H2Stream&) = delete;
  // Recycled, as coroutine frames are.
  static void* operator new(std::size_t bytes) { return detail::allocate_frame(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { detail::release_frame(memory, bytes); }

  std::int32_t id() const { return id_; }
  Request& request() const { return *request_; }
  const RequestFraming& framing() const { return framing_; }
  /// Why the request is not handed on. A status of 0: it is malformed, and the stream has been reset.
  const std::optional<Refusal>& refusal() const { return refusal_; }
  /// What has happened since this was last asked.
  bool has(H2News news) const { return (news_ & static_cast<std::uint8_t>(news)) != 0; }

  /// The request's body has arrived whole.
  bool body_has_ended() const { return body_ended_; }
  bool body_is_too_large() const { return body_too_large_; }
  bool has_body_bytes() const { return !received_.empty(); }
  std::uint64_t body_bytes() const { return body_bytes_; }
  /// The fields behind the body, or null.
  const Headers* trailers() const { return trailers_; }

  bool is_closed() const { return closed_; }
  /// The answer has been sent whole.
  bool is_answered() const { return answered_; }
  /// Bytes of the answer's body that have left so far.
  std::uint64_t sent_bytes() const { return sent_bytes_; }
  /// The peer's window, not the body, is what sending waits for.
  bool waits_for_window() const { return responded_ && !wants_piece_ && !answered_; }

 protected:
  std::unique_ptr<Request> take_request() { return std::move(request_); }

 private:
  friend class H2ServerSession;
  friend class H2StreamList<H2Stream>;

  std::int32_t id_ = 0;
  std::unique_ptr<Request> request_;
  std::optional<H2RequestHead> head_;  // while it arrives
  RequestFraming framing_;
  std::optional<Refusal> refusal_;

  std::string received_;  // and not taken yet: at most a stream's window
  std::string taken_;
  std::uint64_t body_bytes_ = 0;
  std::optional<H2FieldSection> trailer_lines_;  // while they arrive
  Headers* trailers_ = nullptr;

  std::string_view piece_;  // of the answer's body, not sent yet
  std::optional<H2FieldList> answer_trailers_;
  std::uint64_t sent_bytes_ = 0;

  H2StreamList<H2Stream>::Hook in_session_;
  H2Stream* next_news_ = nullptr;
  std::uint8_t news_ = 0;
  std::uint8_t fresh_news_ = 0;
  bool is_queued_ = false;
  bool body_ended_ = false;
  bool body_too_large_ = false;
  bool ignored_ = false;  // refused or reset: what still arrives is dropped
  bool responded_ = false;
  bool wants_piece_ = false;
  bool last_piece_ = false;
  bool answered_ = false;
  bool finished_ = false;
  bool closed_ = false;
};

using H2StreamRef = boost::intrusive_ptr<H2Stream>;

}  // namespace sluice::http
