// SPDX-License-Identifier: Apache-2.0
// bench_delays MODE --port P --requests N [--path /hold] [--origin P]... [--header 'Name: value']... [--body FILE]
//   mixed   requests of 1 byte to 200 KiB in both directions, with length and chunked, in one write and in several,
//           pipelined and not, on one connection: how long each took, and how many took more than 30 ms, which is what
//           waiting for a delayed acknowledgement costs
//   leave   asks for --path, leaves when the origin has begun (a stream: after its first bytes), and asks the
//           origins at --origin when one of them noticed
// One thread, blocking; prints one JSON object. Anything but a right answer ends it with exit code 1.
#include "load_parts.hpp"
#include "response_reader.hpp"
#include "sockets.hpp"

#include <poll.h>

#include <algorithm>
#include <cinttypes>
#include <csignal>
#include <list>
#include <string>
#include <vector>

namespace sluice::bench {

const char* const program_name = "bench_delays";

namespace {

constexpr std::uint64_t slow_ns = 30'000'000;

struct Options : LoadOptions {
  std::vector<std::uint16_t> origins;
};

/// A connection whose calls wait.
class Blocking {
 public:
  explicit Blocking(std::uint16_t port) : descriptor_(connect_to(port)) {}
  ~Blocking() { ::close(descriptor_); }
  Blocking(const Blocking&) = delete;
  Blocking& operator=(const Blocking&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN) {
        wait(POLLOUT);
      } else {
        die("a request could not be sent");
      }
    }
  }

  /// What has come; waits for it.
  std::string_view receive() {
    for (;;) {
      const ssize_t size = recv(descriptor_, scratch_.data(), scratch_.size(), 0);
      if (size > 0) return {scratch_.data(), static_cast<std::size_t>(size)};
      if (size == 0 || errno != EAGAIN) die("a connection was lost");
      wait(POLLIN);
    }
  }

  /// The body of the next answer.
  std::string read_answer() {
    ResponseReader reader;
    std::string body;
    reader.reset();
    while (!reader.is_done()) {
      if (rest_.empty()) rest_ = receive();
      rest_ = reader.take(rest_, [&](std::string_view piece) { body += piece; });
    }
    if (reader.status() != 200) die("answer " + std::to_string(reader.status()));
    return body;
  }

 private:
  void wait(short events) {
    pollfd one{descriptor_, events, 0};
    poll(&one, 1, -1);
  }

  int descriptor_;
  std::string_view rest_;  // of what was received last
  std::vector<char> scratch_ = std::vector<char>(256 * 1024);
};

void print(std::vector<std::uint64_t> latencies) {
  std::sort(latencies.begin(), latencies.end());
  const auto slow = std::count_if(latencies.begin(), latencies.end(), [](auto ns) { return ns > slow_ns; });
  std::printf("{\"done\":%zu,\"p50_us\":%.2f,\"p99_us\":%.2f,\"max_us\":%.2f,\"slow\":%td}\n", latencies.size(),
              quantile_us(latencies, 0.5), quantile_us(latencies, 0.99), quantile_us(latencies, 1), slow);
}

/// One request: how much goes each way, and in which form.
struct Shape {
  std::size_t up, down;
  bool chunked_up, chunked_down;
  unsigned writes;     // of its bytes
  unsigned pipelined;  // so many at once
};

std::string request_of(const Shape& shape, const std::string& headers) {
  std::string text = "GET /" + std::string(shape.chunked_down ? "chunks/" : "bytes/") + std::to_string(shape.down) +
                     " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers;
  if (shape.up == 0) return text + "\r\n";
  if (!shape.chunked_up)
    return text + "Content-Length: " + std::to_string(shape.up) + "\r\n\r\n" + std::string(shape.up, 'y');
  char line[24];
  std::snprintf(line, sizeof line, "%zx\r\n", shape.up);
  return text + "Transfer-Encoding: chunked\r\n\r\n" + line + std::string(shape.up, 'y') + "\r\n0\r\n\r\n";
}

void mixed(const Options& options) {
  constexpr std::size_t sizes[] = {0,      1,      100,    1'400,  1'448,  1'460,  4'096,
                                   16'383, 16'384, 16'385, 40'000, 65'536, 70'000, 204'800};
  constexpr std::size_t large = 16'385;  // larger ones are rarer, and are not pipelined
  std::uint32_t chance = 1;
  const auto draw = [&](std::size_t below) {
    chance = chance * 1'664'525 + 1'013'904'223;
    return (chance >> 8) % below;
  };
  const auto size = [&] {
    const std::size_t drawn = sizes[draw(std::size(sizes))];
    return drawn <= large || draw(4) == 0 ? drawn : drawn % 1'000;
  };
  Blocking connection(options.port);
  std::vector<std::uint64_t> latencies;
  latencies.reserve(options.requests);
  while (latencies.size() < options.requests) {
    Shape shape{size(), size(), draw(2) == 0, draw(2) == 0, static_cast<unsigned>(1 + draw(3)), 1};
    if (shape.up <= large && shape.down <= large && draw(4) == 0) shape.pipelined = static_cast<unsigned>(2 + draw(4));
    std::string bytes;
    for (unsigned i = 0; i < shape.pipelined; ++i) bytes += request_of(shape, options.headers);
    const std::uint64_t start = now_ns();
    const std::size_t part = bytes.size() / shape.writes;
    for (unsigned i = 0; i + 1 < shape.writes; ++i) connection.send(std::string_view(bytes).substr(i * part, part));
    connection.send(std::string_view(bytes).substr((shape.writes - 1) * part));
    for (unsigned i = 0; i < shape.pipelined; ++i) {
      if (connection.read_answer().size() != shape.down) die("a wrong answer");
      latencies.push_back(now_ns() - start);
    }
  }
  print(std::move(latencies));
}

/// What the origin says of long answers.
struct Long {
  std::uint64_t begun, lost, lost_at;
};
Long ask(Blocking& origin) {
  origin.send("GET /lost HTTP/1.1\r\nHost: o\r\n\r\n");
  const std::string answer = origin.read_answer();
  Long now{};
  if (std::sscanf(answer.c_str(), "%" SCNu64 " %" SCNu64 " %" SCNu64, &now.begun, &now.lost, &now.lost_at) != 3)
    die("an origin that does not say what it has lost");
  return now;
}

/// All of them together.
Long ask(std::list<Blocking>& origins) {
  Long all{};
  for (Blocking& origin : origins) {
    const Long one = ask(origin);
    all = {all.begun + one.begun, all.lost + one.lost, std::max(all.lost_at, one.lost_at)};
  }
  return all;
}

/// Asks the origins until `holds`, for a second at most.
template <class Holds>
Long ask_until(std::list<Blocking>& origins, Holds holds) {
  const std::uint64_t limit = now_ns() + second_ns;
  Long now = ask(origins);
  while (!holds(now)) {
    if (now_ns() > limit) die("an origin that sees nothing for a second");
    now = ask(origins);
  }
  return now;
}

void leave(const Options& options) {
  std::list<Blocking> origins;
  for (const std::uint16_t port : options.origins) origins.emplace_back(port);
  const bool is_stream = options.path.find("/stream") != std::string::npos;
  std::vector<std::uint64_t> latencies;
  while (latencies.size() < options.requests) {
    const Long before = ask(origins);
    std::uint64_t left = 0;
    {
      Blocking client(options.port);
      client.send(request_text(options, options.path, options.body));
      if (is_stream) client.receive();
      ask_until(origins, [&](const Long& now) { return now.begun > before.begun; });
      left = now_ns();
    }
    const Long now = ask_until(origins, [&](const Long& said) { return said.lost > before.lost; });
    latencies.push_back(now.lost_at - std::min(now.lost_at, left));
  }
  print(std::move(latencies));
}

}  // namespace
}  // namespace sluice::bench

int main(int count, char** values) {
  using namespace sluice::bench;
  std::signal(SIGPIPE, SIG_IGN);
  Options options;
  options.path = "/hold";
  read_options(count, values, options, {{"--origin", [&](const std::string& value) {
                                           options.origins.push_back(static_cast<std::uint16_t>(std::stoul(value)));
                                         }}});
  if (options.mode == "mixed") {
    mixed(options);
  } else if (options.mode == "leave") {
    leave(options);
  } else {
    die("no mode " + options.mode);
  }
  return 0;
}
