// SPDX-License-Identifier: Apache-2.0
// One exchange of an HTTP/2 connection to a backend, as its session sees it: what is to go out, what has come, how it
// ended. Whoever began it learns of changes by `on_change`, when the session has finished what it was doing.
#pragma once

#include "http/h2_client_answer.hpp"
#include "http/h2_stream_list.hpp"

#include <boost/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstdint>
#include <string_view>

namespace sluice::http {

class H2ClientSession;

class H2ClientStream : public boost::intrusive_ref_counter<H2ClientStream, boost::thread_unsafe_counter> {
 public:
  /// Why there will be no more of the answer.
  enum class Failure : std::uint8_t {
    none,
    unprocessed,  ///< The peer has not looked at the request: it may be sent again whatever it is.
    reset,        ///< The peer has broken it off.
    malformed,    ///< The answer is no HTTP.
    lost,         ///< The connection has ended.
    given_up,     ///< By us.
  };

  H2ClientStream(Arena& arena, const HttpLimits& limits, std::string_view method) : answer_(arena, limits, method) {}
  virtual ~H2ClientStream() = default;
  H2ClientStream(const H2ClientStream&) = delete;
  H2ClientStream& operator=(const H2ClientStream&) = delete;

  H2Answer& answer() { return answer_; }
  const H2Answer& answer() const { return answer_; }
  Failure failure() const { return failure_; }
  /// Neither side has anything to say any more.
  bool is_closed() const { return id_ < 0; }
  /// Something of the answer has come.
  bool has_received() const { return received_; }

  // What is to be sent as the body. The bytes stay until they have been taken.
  std::size_t upload_bytes() const { return upload_.size(); }  ///< Given, and not taken by the peer yet.
  bool upload_ended() const { return upload_ended_ && upload_.empty(); }

  virtual void on_change() = 0;

 private:
  friend class H2ClientSession;
  friend class H2StreamList<H2ClientStream>;
  H2Answer answer_;
  std::int32_t id_ = 0;  // 0: not begun, -1: over
  Failure failure_ = Failure::none;
  bool received_ = false;
  bool is_deferred_ = false;  // the session waits for more of the body
  bool upload_ended_ = false;
  bool is_changed_ = false;
  std::string_view upload_;
  const Headers* upload_trailers_ = nullptr;
  H2StreamList<H2ClientStream>::Hook in_session_;
};

using H2ClientStreamRef = boost::intrusive_ptr<H2ClientStream>;

}  // namespace sluice::http
