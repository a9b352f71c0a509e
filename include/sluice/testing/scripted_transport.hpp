// SPDX-License-Identifier: Apache-2.0
// ScriptedTransport: a transport that answers from a script and records every call, bodies included.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/transport.hpp>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::testing {

using FieldList = std::vector<std::pair<std::string, std::string>>;

/// Which calls an entry of the script is for; what is empty matches everything.
struct ScriptedMatch {
  std::string method;
  std::string url;  ///< The whole URL.
  std::string url_prefix;
};

/// An answer, or the failure that takes its place.
struct ScriptedAnswer {
  int status = 200;
  std::string reason;
  FieldList headers;
  std::optional<std::string> body;           ///< Bytes in memory.
  std::vector<std::string> chunks;           ///< Not empty: a stream of these pieces, in place of `body`.
  FieldList trailers;                        ///< Behind the stream.
  std::chrono::milliseconds delay{0};        ///< Before the head; past the request's timeout the call times out.
  std::chrono::milliseconds chunk_delay{0};  ///< Before each piece of the stream.
  std::optional<ErrorCode> error;            ///< Instead of an answer.
  bool is_cut = false;                       ///< The body breaks off after its last piece.
};

/// One line of the script.
struct ScriptEntry {
  static constexpr unsigned forever = 0;
  ScriptedMatch when;
  ScriptedAnswer answer;
  unsigned repeat = 1;  ///< How many calls it answers; `forever`: all that come.
};

/// What the gateway sent.
struct RecordedCall {
  std::string method;
  std::string url;
  FieldList headers;
  std::string body;
  FieldList trailers;
  bool has_body = false;
  std::chrono::milliseconds timeout{0};
  SteadyTime at{};
  bool verify_certificate_chain = true;
  bool verify_certificate_name = true;
  HttpVersions versions = HttpVersions::http_1;
  BackendTls tls;                   ///< Empty texts: what the transport has of its own.
  std::string proxy;                ///< `http://host:port`; empty: none.
  std::string proxy_authorization;  ///< Value of Proxy-Authorization.

  /// The first value of that name (compared without case), or nothing.
  std::optional<std::string_view> header(std::string_view name) const;
};

/// Each call takes the first entry that matches and has answers left. A call that no entry is for gets an empty 200;
/// one whose entries are used up fails and is counted by `unexpected_calls`. Any thread may call.
class ScriptedTransport final : public Transport {
 public:
  explicit ScriptedTransport(Clock& clock) : clock_(clock) {}

  void add(ScriptEntry entry);
  /// Adds `answer` for one call.
  void answer(ScriptedAnswer answer) { add({.when = {}, .answer = std::move(answer), .repeat = 1}); }
  /// Adds an answer without headers for one call.
  void answer(int status, std::string body = {});
  /// Forgets script and calls.
  void reset();

  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) override;

  /// Everything sent so far, in order.
  std::vector<RecordedCall> calls() const;
  std::size_t call_count() const;
  std::size_t unexpected_calls() const;
  /// Streams of answers that were given up before their end.
  std::size_t cancelled_streams() const;

 private:
  class Stream;
  std::optional<ScriptedAnswer> next_answer(const RecordedCall& call);

  Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<ScriptEntry> script_;
  std::vector<unsigned> used_;
  std::vector<RecordedCall> calls_;
  std::size_t unexpected_ = 0;
  std::size_t cancelled_streams_ = 0;
};

}  // namespace sluice::testing
