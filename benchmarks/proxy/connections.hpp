// SPDX-License-Identifier: Apache-2.0
// The connections of a load to a gateway, all open from the start: what they ask, what they receive.
#pragma once

#include "load_parts.hpp"
#include "response_reader.hpp"
#include "sockets.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::bench {

struct Connection {
  int descriptor = -1;
  ResponseReader reader;
  std::uint64_t asked_at = 0;
  std::string_view unsent;  // of the request
};

/// A request; where it has 00000000, each has a number of its own there, so that nobody asks the same twice.
class NumberedRequest {
 public:
  explicit NumberedRequest(std::string text) : text_(std::move(text)) {}

  const std::string& next() {
    if (number_at_ == std::string::npos) return text_;
    std::size_t number = ++asked_;
    for (std::size_t i = no_number.size(); i-- > 0; number /= 10) {
      text_[number_at_ + i] = static_cast<char>('0' + number % 10);
    }
    return text_;
  }

 private:
  static constexpr std::string_view no_number = "00000000";

  std::string text_;
  std::size_t number_at_ = text_.find(no_number), asked_ = 0;
};

class Connections {
 public:
  /// `request` is what they ask unless they are told otherwise.
  Connections(std::uint16_t port, std::size_t count, const std::string& request) : request_(request), all_(count) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      all_[i].descriptor = connect_to(port);
      poll_.add(all_[i].descriptor, i);
    }
  }

  std::size_t size() const { return all_.size(); }
  Connection& operator[](std::size_t index) { return all_[index]; }
  /// 503 ends nothing from now on.
  void allow_refusals() { allows_refusals_ = true; }

  /// Sends the request on a connection that waits for nothing. `asked_at`: when its latency begins.
  void ask(std::size_t index, std::uint64_t asked_at) { ask(index, asked_at, request_.next()); }
  /// Sends another one, which has to stay until its answer has come.
  void ask(std::size_t index, std::uint64_t asked_at, const std::string& request) {
    Connection& connection = all_[index];
    connection.reader.reset();
    connection.asked_at = asked_at;
    connection.unsent = request;
    send(connection);
    if (!connection.unsent.empty()) poll_.watch_writing(connection.descriptor, index, true);
  }

  /// Receives until `due` at most, once. on_body(index, piece) for what came, on_done(index) at the end of an answer.
  template <class OnBody, class OnDone>
  void receive(std::uint64_t due, OnBody&& on_body, OnDone&& on_done) {
    for (const epoll_event& event : poll_.wait(due)) {
      const auto index = static_cast<std::size_t>(event.data.u64);
      Connection& connection = all_[index];
      if ((event.events & EPOLLOUT) != 0) {
        send(connection);
        if (connection.unsent.empty()) poll_.watch_writing(connection.descriptor, index, false);
      }
      const ssize_t size = recv(connection.descriptor, scratch_.data(), scratch_.size(), 0);
      if (size < 0 && errno == EAGAIN) continue;
      if (size <= 0) die("a connection was lost");
      connection.reader.take({scratch_.data(), static_cast<std::size_t>(size)},
                             [&](std::string_view piece) { on_body(index, piece); });
      if (!connection.reader.is_done()) continue;
      const int status = connection.reader.status();
      if (status != 200 && !(allows_refusals_ && status == 503)) die("answer " + std::to_string(status));
      on_done(index);
    }
  }

 private:
  /// As much of the request as the socket takes.
  static void send(Connection& connection) {
    const std::string_view unsent = connection.unsent;
    const ssize_t sent = ::send(connection.descriptor, unsent.data(), unsent.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) die("a request could not be sent");
    if (sent > 0) connection.unsent.remove_prefix(static_cast<std::size_t>(sent));
  }

  NumberedRequest request_;
  bool allows_refusals_ = false;
  Poll poll_;
  std::vector<Connection> all_;
  std::vector<char> scratch_ = std::vector<char>(256 * 1024);
};

}  // namespace sluice::bench
