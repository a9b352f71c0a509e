// SPDX-License-Identifier: Apache-2.0
// bench_origin [FILE]: the server behind the measured gateways, on a port of 127.0.0.1, which it prints. It must never
// be what limits: one thread, one receive and one send a request, answers made once.
//   /chat/completions         FILE, as JSON
//   /bytes/N                  N bytes
//   /echo...                  the request as it arrived, to see what a gateway sent on
//   /chunks/N                 N bytes in the chunked coding, in pieces
//   /stream...?n=&delay_us=   n server-sent events, so far apart, each with its place ("i") and the time of its sending
//                             ("t":ns); behind them what they are said to have used
//   /hold                     nothing, ever
//   /lost                     how many answers of the two above have begun, how many of them were lost with their
//                             connection, and when the last one was (ns)
// Bodies are understood in both framings. Every answer has X-Backend, for policies that remove it.
#include "answers.hpp"
#include "sockets.hpp"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice::bench {
namespace {

constexpr std::size_t most_bytes = 64u << 20;
constexpr std::uint64_t listener_number = never;

std::uint64_t number_at(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The number of `name=` in a query, or `fallback`.
std::uint64_t parameter(std::string_view target, std::string_view name, std::uint64_t fallback) {
  const std::size_t at = target.find(name);
  return at == std::string_view::npos ? fallback : number_at(target.substr(at + name.size()));
}

/// The Content-Length of a head; 0 without one.
std::size_t body_size(std::string_view head) {
  constexpr std::string_view name = "\r\ncontent-length: ";
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const auto found = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
  return found == head.end() ? 0 : number_at({found + name.size(), head.end()});
}

/// Bytes of a chunked body without trailers at the begin of `text`; nothing when it is not whole.
std::optional<std::size_t> chunked_size(std::string_view text) {
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find("\r\n", at);
    if (end == std::string_view::npos) return std::nullopt;
    std::uint64_t size = 0;
    std::from_chars(text.data() + at, text.data() + end, size, 16);
    at = end + 2 + size + 2;
    if (at > text.size()) return std::nullopt;
    if (size == 0) return at;
  }
}

/// Bytes of the request at the begin of `text`; nothing when it is not whole.
std::optional<std::size_t> request_size(std::string_view text) {
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view head = text.substr(0, end + 2);
  const bool is_chunked =
      head.find("\r\nTransfer-Encoding: ") != head.npos || head.find("\r\ntransfer-encoding: ") != head.npos;
  const auto body = is_chunked ? chunked_size(text.substr(end + 4)) : body_size(head);
  if (!body || text.size() - end - 4 < *body) return std::nullopt;
  return end + 4 + *body;
}

struct Connection {
  int descriptor = -1;
  std::uint64_t number = 0;
  std::string in, out;  // What is incomplete; what the socket did not take.
  std::uint64_t events = 0, events_left = 0, delay_ns = 0;
  bool is_held = false;
};

struct Due {
  std::uint64_t at, number;
  bool operator>(const Due& other) const { return at > other.at; }
};

class Origin {
 public:
  Origin(int listener, std::string chat) : listener_(listener), chat_(std::move(chat)) {
    poll_.add(listener_, listener_number);
  }

  [[noreturn]] void run() {
    for (;;) {
      for (const epoll_event& event : poll_.wait(due_.empty() ? never : due_.top().at)) {
        if (event.data.u64 == listener_number) {
          accept_all();
        } else {
          serve(event);
        }
      }
      send_due_events();
    }
  }

 private:
  void accept_all() {
    for (;;) {
      const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor < 0) return;
      send_at_once(descriptor);
      auto connection = std::make_unique<Connection>();
      connection->descriptor = descriptor;
      connection->number = next_number_++;
      poll_.add(descriptor, connection->number);
      connections_.emplace(connection->number, std::move(connection));
    }
  }

  void serve(const epoll_event& event) {
    const auto found = connections_.find(event.data.u64);
    if (found == connections_.end()) return;
    Connection& connection = *found->second;
    if ((event.events & EPOLLOUT) != 0) flush(connection);
    if ((event.events & ~EPOLLOUT) != 0) receive(connection);
  }

  void receive(Connection& connection) {
    const ssize_t size = recv(connection.descriptor, scratch_.data(), scratch_.size(), 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) return drop(connection);
    const std::string_view piece(scratch_.data(), static_cast<std::size_t>(size));
    if (connection.in.empty()) {
      connection.in = piece.substr(take_requests(connection, piece));
    } else {
      connection.in += piece;
      connection.in.erase(0, take_requests(connection, connection.in));
    }
  }

  /// Answers every complete request of `bytes`; how many bytes those were.
  std::size_t take_requests(Connection& connection, std::string_view bytes) {
    std::size_t taken = 0;
    while (connection.events_left == 0 && !connection.is_held) {
      const std::string_view rest = bytes.substr(taken);
      const auto size = request_size(rest);
      if (!size) break;
      answer_request(connection, rest.substr(0, *size));
      taken += *size;
    }
    return taken;
  }

  void answer_request(Connection& connection, std::string_view request) {
    const std::size_t start = std::min(request.find(' ') + 1, request.size());
    const std::string_view target = request.substr(start, request.find(' ', start) - start);
    if (target.starts_with("/stream")) {
      connection.events = connection.events_left = std::max<std::uint64_t>(parameter(target, "n=", 20), 1);
      connection.delay_ns = parameter(target, "delay_us=", 1'000) * 1'000;
      send(connection, stream_head);
      due_.push({now_ns(), connection.number});
      ++begun_;
    } else if (target.starts_with("/chat/completions")) {
      send(connection, chat_);
    } else if (target.starts_with("/echo")) {
      send(connection, answer("text/plain", request));
    } else if (target.starts_with("/chunks/")) {
      send(connection, in_chunks(std::min<std::size_t>(number_at(target.substr(8)), most_bytes)));
    } else if (target.starts_with("/hold")) {
      connection.is_held = true;
      ++begun_;
    } else if (target.starts_with("/lost")) {
      send(connection,
           answer("text/plain", std::to_string(begun_) + " " + std::to_string(lost_) + " " + std::to_string(lost_at_)));
    } else {
      const std::uint64_t size = target.starts_with("/bytes/") ? number_at(target.substr(7)) : 0;
      send(connection, bytes_answer(std::min<std::size_t>(size, most_bytes)));
    }
  }

  const std::string& bytes_answer(std::size_t size) {
    std::string& made = made_[size];
    if (made.empty()) made = answer("application/octet-stream", std::string(size, 'x'));
    return made;
  }

  void send_due_events() {
    const std::uint64_t now = due_.empty() ? 0 : now_ns();
    while (!due_.empty() && due_.top().at <= now) {
      const Due due = due_.top();
      due_.pop();
      const auto found = connections_.find(due.number);
      if (found == connections_.end()) continue;
      Connection& connection = *found->second;
      send(connection, event(connection.events - connection.events_left));
      if (--connection.events_left != 0) {
        due_.push({due.at + connection.delay_ns, due.number});
      } else {
        send(connection, last_events(connection.events));
      }
    }
  }

  /// Sends at once what the socket takes, the rest when it takes more. A lost connection shows when it is read.
  void send(Connection& connection, std::string_view bytes) {
    if (connection.out.empty()) {
      const ssize_t sent = ::send(connection.descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      if (bytes.empty()) return;
      poll_.watch_writing(connection.descriptor, connection.number, true);
    }
    connection.out += bytes;
  }

  void flush(Connection& connection) {
    std::string& out = connection.out;
    const ssize_t sent = ::send(connection.descriptor, out.data(), out.size(), MSG_NOSIGNAL);
    if (sent > 0) out.erase(0, static_cast<std::size_t>(sent));
    if (out.empty()) poll_.watch_writing(connection.descriptor, connection.number, false);
  }

  void drop(Connection& connection) {
    if (connection.is_held || connection.events_left != 0) {
      ++lost_;
      lost_at_ = now_ns();
    }
    ::close(connection.descriptor);
    connections_.erase(connection.number);
  }

  int listener_;
  std::string chat_;  // What chats are answered.
  Poll poll_;
  std::uint64_t next_number_ = 0;
  std::uint64_t begun_ = 0, lost_ = 0, lost_at_ = 0;  // Answers that take long; those whose connection ended.
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::unordered_map<std::size_t, std::string> made_;
  std::vector<char> scratch_ = std::vector<char>(256 * 1024);
};

}  // namespace
}  // namespace sluice::bench

int main(int count, char** arguments) {
  using namespace sluice::bench;
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  std::string chat;
  if (count > 1) {
    std::ifstream file(arguments[1]);
    if (!file) fail(arguments[1]);
    chat.assign(std::istreambuf_iterator<char>(file), {});
  }
  const int listener = listen_on(0);
  std::printf("%d\n", port_of(listener));
  std::fflush(stdout);
  Origin(listener, answer("application/json", chat)).run();
}
