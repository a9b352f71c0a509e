// SPDX-License-Identifier: Apache-2.0
// Calls of the client over HTTP/2 from a test's own thread, and bodies for them.
#pragma once

#include "http/h2_peer.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::http::test {

/// An answer as its caller has used it up.
struct Got {
  int status = 0;
  std::string body;
  std::string fields;              ///< `name=value ` each.
  std::string trailers;            ///< The same.
  std::optional<ErrorCode> error;  ///< Of the call, or of its body.
  std::optional<std::uint64_t> length;
  bool streamed = false;
};

inline std::string text_of(const Headers* fields) {
  std::string text;
  if (fields == nullptr) return text;
  for (const Header& line : *fields) text.append(line.name).append("=").append(line.value).append(" ");
  return text;
}

/// A client with one worker, and calls over it from this thread.
struct Client {
  explicit Client(HttpLimits limits = {}) : runtime({.workers = 1, .limits = limits, .tls = {}}) {}
  Runtime runtime;

  ClientStatistics statistics() const { return runtime.client_statistics(); }
  bool eventually(const std::function<bool(const ClientStatistics&)>& condition) {
    return test::eventually([&] { return condition(statistics()); });
  }
};

/// One request over HTTP/2, which lives as long as its answer.
struct Call {
  Call(Client& client, std::uint16_t port, std::string_view path = "/x", std::string_view method = "GET")
      : client_(client), request(arena) {
    request.method = method;
    request.url = {.host = "127.0.0.1", .port = port, .path = path};
    request.versions = HttpVersions::http_2;
  }
  Task<Result<Response>> start() { return client_.runtime.transport().send(request, arena, cancellation); }
  Got finish() { return use(wait(start())); }

  static Got use(Result<Response> answer) {
    Got got;
    if (!answer) {
      got.error = answer.error().code();
      return got;
    }
    got.status = answer->status;
    got.fields = text_of(&answer->headers);
    got.length = answer->body.length();
    got.streamed = answer->body.is_stream();
    if (!got.streamed) {
      got.body = answer->body.data();
      return got;
    }
    for (;;) {
      const BodyChunk chunk = wait(answer->body.stream()->read());
      if (!chunk) got.error = chunk.error().code();
      if (!chunk || chunk->empty()) break;
      got.body += *chunk;
    }
    got.trailers = text_of(answer->body.stream()->trailers());
    return got;
  }

 private:
  Client& client_;

 public:
  Arena arena;
  Cancellation cancellation;
  OutgoingRequest request;
};

inline Got get(Client& client, std::uint16_t port, std::string_view path = "/x") {
  return Call(client, port, path).finish();
}

/// Gives what it is fed, when it is fed.
class Feed final : public BodyStream {
 public:
  Task<BodyChunk> read() override {
    given_ = co_await next();
    if (cancelled_) co_return fail(ErrorCode::cancelled);
    if (breaks_ && given_.empty()) co_return fail(ErrorCode::client_connection_failure);
    co_return std::string_view(given_);
  }
  void cancel() override {
    cancelled_ = true;
    cancelled.set();
    feed({});
  }
  const Headers* trailers() const override { return trailing; }

  /// Empty: the end.
  void feed(std::string piece) {
    std::unique_lock lock(mutex_);
    pieces_.push_back(std::move(piece));
    if (waiting_ == nullptr) return;
    Completion<std::string>* const waiting = std::exchange(waiting_, nullptr);
    std::string first = std::move(pieces_.front());
    pieces_.pop_front();
    lock.unlock();
    waiting->complete(std::move(first));
  }
  void break_off() {
    breaks_ = true;
    feed({});
  }

  const Headers* trailing = nullptr;
  Signal cancelled;

 private:
  Task<std::string> next() {
    Completion<std::string> arrival;
    {
      std::lock_guard lock(mutex_);
      if (!pieces_.empty()) {
        std::string first = std::move(pieces_.front());
        pieces_.pop_front();
        co_return first;
      }
      waiting_ = &arrival;
    }
    co_return co_await arrival;
  }

  std::mutex mutex_;
  std::deque<std::string> pieces_;
  Completion<std::string>* waiting_ = nullptr;
  std::string given_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> breaks_{false};
};

}  // namespace sluice::http::test
