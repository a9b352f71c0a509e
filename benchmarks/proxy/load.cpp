// SPDX-License-Identifier: Apache-2.0
// bench_load MODE --port P [--connections C] [--path /bytes/1024] [--header 'Name: value']...
//   count   --requests N              exactly N requests, each connection sends its next when it has its answer
//   rate    --rate R --seconds S      R requests a second, evenly; latency counts from the time they were meant for
//   overload                          as rate, for so long, whatever is answered by then; 503 is an answer too
//   events  --events E --delay-us D   each connection reads one stream of E events, from their sending to here
//   idle                              one request on each connection, then holds them until standard input ends
// What wrk and h2load cannot do. One thread; prints one JSON object. Any answer but 200, and any connection that is
// lost, ends it with exit code 1: such a run measures nothing.
#include "load_parts.hpp"
#include "response_reader.hpp"
#include "sockets.hpp"

#include <csignal>
#include <deque>
#include <string>
#include <vector>

namespace sluice::bench {

const char* const program_name = "bench_load";

namespace {

struct Options : LoadOptions {
  std::size_t connections = 1, events = 50;
  double rate = 1'000, seconds = 1, delay_us = 20'000;
};

struct Connection {
  int descriptor = -1;
  ResponseReader reader;
  std::uint64_t asked_at = 0;
  std::string text;  // Of an event, as far as it came.
};

/// The connections to the gateway, all open from the start.
class Connections {
 public:
  Connections(const Options& options, const std::string& path)
      : request_("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + options.headers + "\r\n"),
        all_(options.connections) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      all_[i].descriptor = connect_to(options.port);
      poll_.add(all_[i].descriptor, i);
    }
  }

  std::size_t size() const { return all_.size(); }
  Connection& operator[](std::size_t index) { return all_[index]; }
  /// 503 ends nothing from now on.
  void allow_refusals() { allows_refusals_ = true; }

  /// Sends the request on a connection that waits for nothing. `asked_at`: when its latency begins.
  void ask(std::size_t index, std::uint64_t asked_at) {
    Connection& connection = all_[index];
    connection.reader.reset();
    connection.asked_at = asked_at;
    if (::send(connection.descriptor, request_.data(), request_.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request_.size())) {
      die("a request could not be sent");
    }
  }

  /// Receives until `due` at most, once. on_body(index, piece) for what came, on_done(index) at the end of an answer.
  template <class OnBody, class OnDone>
  void receive(std::uint64_t due, OnBody&& on_body, OnDone&& on_done) {
    for (const epoll_event& event : poll_.wait(due)) {
      const auto index = static_cast<std::size_t>(event.data.u64);
      Connection& connection = all_[index];
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
  std::string request_;
  bool allows_refusals_ = false;
  Poll poll_;
  std::vector<Connection> all_;
  std::vector<char> scratch_ = std::vector<char>(256 * 1024);
};

const auto no_body = [](std::size_t, std::string_view) {};

/// `latencies` in nanoseconds.
void print(std::size_t done, double seconds, std::vector<std::uint64_t> latencies, std::size_t refused = 0) {
  std::sort(latencies.begin(), latencies.end());
  const auto at = [&](double part) { return quantile_us(latencies, part); };
  std::printf(
      "{\"done\":%zu,\"refused\":%zu,\"seconds\":%.3f,\"p50_us\":%.2f,\"p90_us\":%.2f,\"p99_us\":%.2f,\"max_us\":%.2f}"
      "\n",
      done, refused, seconds, at(0.5), at(0.9), at(0.99), at(1));
  std::fflush(stdout);
}

double seconds_since(std::uint64_t start) { return static_cast<double>(now_ns() - start) / 1e9; }

void count(const Options& options) {
  Connections connections(options, options.path);
  std::vector<std::uint64_t> latencies;
  latencies.reserve(options.requests);
  std::size_t asked = 0;
  const std::uint64_t start = now_ns();
  for (std::size_t i = 0; i < connections.size() && asked < options.requests; ++i, ++asked) {
    connections.ask(i, now_ns());
  }
  while (latencies.size() < options.requests) {
    connections.receive(never, no_body, [&](std::size_t index) {
      const std::uint64_t now = now_ns();
      latencies.push_back(now - connections[index].asked_at);
      if (asked < options.requests) {
        ++asked;
        connections.ask(index, now);
      }
    });
  }
  print(options.requests, seconds_since(start), std::move(latencies));
}

void rate(const Options& options) {
  Connections connections(options, options.path);
  std::vector<std::size_t> idle;
  for (std::size_t i = 0; i < connections.size(); ++i) idle.push_back(i);
  std::vector<std::uint64_t> latencies;
  const auto total = static_cast<std::size_t>(options.rate * options.seconds);
  const std::uint64_t start = now_ns();
  const auto meant_for = [&](std::size_t index) {
    return start + static_cast<std::uint64_t>(static_cast<double>(index) * 1e9 / options.rate);
  };
  std::size_t asked = 0;
  while (latencies.size() < total) {
    for (; asked < total && !idle.empty() && meant_for(asked) <= now_ns(); ++asked, idle.pop_back()) {
      connections.ask(idle.back(), meant_for(asked));
    }
    const std::uint64_t due = asked < total && !idle.empty() ? meant_for(asked) : never;
    connections.receive(due, no_body, [&](std::size_t index) {
      latencies.push_back(now_ns() - connections[index].asked_at);
      idle.push_back(index);
    });
  }
  print(total, seconds_since(start), std::move(latencies));
}

void overload(const Options& options) {
  Connections connections(options, options.path);
  connections.allow_refusals();
  std::vector<std::size_t> idle;
  for (std::size_t i = 0; i < connections.size(); ++i) idle.push_back(i);
  std::vector<std::uint64_t> latencies;
  std::size_t asked = 0, refused = 0;
  const std::uint64_t start = now_ns();
  const std::uint64_t end = start + static_cast<std::uint64_t>(options.seconds * 1e9);
  const auto meant_for = [&](std::size_t index) {
    return start + static_cast<std::uint64_t>(static_cast<double>(index) * 1e9 / options.rate);
  };
  while (now_ns() < end) {
    for (; !idle.empty() && meant_for(asked) <= now_ns(); ++asked, idle.pop_back()) {
      connections.ask(idle.back(), meant_for(asked));
    }
    connections.receive(idle.empty() ? end : std::min(end, meant_for(asked)), no_body, [&](std::size_t index) {
      if (connections[index].reader.status() == 200) {
        latencies.push_back(now_ns() - connections[index].asked_at);
      } else {
        ++refused;
      }
      idle.push_back(index);
    });
  }
  const std::size_t done = latencies.size();
  print(done, seconds_since(start), std::move(latencies), refused);
}

/// Adds to `text` what came, and takes the events that are whole from it.
void take_events(std::string& text, std::string_view piece, std::vector<std::uint64_t>& latencies) {
  constexpr std::string_view stamp = "\"t\":";
  const std::uint64_t now = now_ns();
  text += piece;
  for (std::size_t end; (end = text.find("\n\n")) != std::string::npos; text.erase(0, end + 2)) {
    const std::size_t at = text.find(stamp);
    if (at < end) latencies.push_back(now - std::strtoull(text.c_str() + at + stamp.size(), nullptr, 10));
  }
}

void events(const Options& options) {
  Connections connections(options, "/stream?n=" + std::to_string(options.events) +
                                       "&delay_us=" + std::to_string(static_cast<std::uint64_t>(options.delay_us)));
  std::vector<std::uint64_t> latencies;
  latencies.reserve(options.connections * options.events);
  // The streams begin one after the other, so that their events do not come all at once.
  const double gap_ns = options.delay_us * 1e3 / static_cast<double>(options.connections);
  const std::uint64_t start = now_ns();
  const auto begins_at = [&](std::size_t index) {
    return start + static_cast<std::uint64_t>(static_cast<double>(index) * gap_ns);
  };
  std::size_t asked = 0, done = 0;
  while (done < connections.size()) {
    for (; asked < connections.size() && begins_at(asked) <= now_ns(); ++asked) connections.ask(asked, now_ns());
    connections.receive(
        asked < connections.size() ? begins_at(asked) : never,
        [&](std::size_t index, std::string_view piece) { take_events(connections[index].text, piece, latencies); },
        [&](std::size_t) { ++done; });
  }
  const std::size_t arrived = latencies.size();
  if (arrived != options.connections * options.events) die("only " + std::to_string(arrived) + " events arrived");
  print(arrived, seconds_since(start), std::move(latencies));
}

void idle(const Options& options) {
  constexpr std::size_t most_at_once = 64;
  Connections connections(options, options.path);
  const std::uint64_t start = now_ns();
  std::size_t asked = 0, done = 0;
  while (done < connections.size()) {
    for (; asked < connections.size() && asked - done < most_at_once; ++asked) connections.ask(asked, now_ns());
    connections.receive(never, no_body, [&](std::size_t) { ++done; });
  }
  print(done, seconds_since(start), {});
  while (std::getchar() != EOF) {
  }
}

}  // namespace
}  // namespace sluice::bench

int main(int count, char** values) {
  using namespace sluice::bench;
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  Options options;
  options.path = "/bytes/1024";
  read_options(count, values, options,
               {number_option("--connections", options.connections), number_option("--rate", options.rate),
                number_option("--seconds", options.seconds), number_option("--events", options.events),
                number_option("--delay-us", options.delay_us)});
  if (options.mode == "count") {
    sluice::bench::count(options);
  } else if (options.mode == "rate") {
    rate(options);
  } else if (options.mode == "overload") {
    overload(options);
  } else if (options.mode == "events") {
    events(options);
  } else if (options.mode == "idle") {
    idle(options);
  } else {
    die("no mode " + options.mode);
  }
  return 0;
}
