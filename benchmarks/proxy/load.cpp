// SPDX-License-Identifier: Apache-2.0
// bench_load MODE --port P [--connections C] [--path /bytes/1024] [--header 'Name: value']... [--body FILE]
//   count   --requests N              exactly N requests, each connection sends its next when it has its answer
//   rate    --rate R --seconds S      R requests a second, evenly; latency counts from the time they were meant for
//   beside  --large FILE --large-rate as rate; besides, one connection sends FILE so often a second: latencies of those
//                                     that were under way beside a large one, and of those that were not
//   overload                          as rate, for so long, whatever is answered by then; 503 is an answer too
//   events  --events E --delay-us D   each connection reads a stream of E events, from their sending to here; with
//                                     --streams N they read the next until there were so many; --apart-us says how far
//                                     apart they begin
//   idle                              one request on each connection, then holds them until standard input ends
// What wrk and h2load cannot do. One thread; prints one JSON object. Any answer but 200, and any connection that is
// lost, ends it with exit code 1: such a run measures nothing.
#include "connections.hpp"
#include "load_parts.hpp"
#include "sockets.hpp"
#include "streams.hpp"

#include <csignal>
#include <initializer_list>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace sluice::bench {

const char* const program_name = "bench_load";

namespace {

struct Options : LoadOptions {
  std::size_t connections = 1, events = 50, streams = 0;
  double rate = 1'000, seconds = 1, delay_us = 20'000, apart_us = 0, large_rate = 5;
  std::string large;

  Connections open(std::size_t more = 0) const { return open_for(path, more); }
  Connections open_for(const std::string& target, std::size_t more = 0) const {
    return {port, connections + more, request_text(*this, target, body)};
  }
};

const auto no_body = [](std::size_t, std::string_view) {};

/// Times in nanoseconds; `name` goes before the names of their figures.
struct Latencies {
  const char* name;
  std::vector<std::uint64_t>& times;
};

double seconds_since(std::uint64_t start) { return static_cast<double>(now_ns() - start) / 1e9; }

/// One JSON object; `more` are members of it, each after a comma.
void print(std::uint64_t start, std::initializer_list<Latencies> all, const std::string& more = {}) {
  std::printf("{\"seconds\":%.3f%s", seconds_since(start), more.c_str());
  for (const auto& [name, times] : all) {
    std::sort(times.begin(), times.end());
    std::printf(",\"%sdone\":%zu", name, times.size());
    for (const auto& [figure, part] : {std::pair("p50", 0.5), {"p90", 0.9}, {"p99", 0.99}, {"max", 1.0}}) {
      std::printf(",\"%s%s_us\":%.2f", name, figure, quantile_us(times, part));
    }
  }
  std::puts("}");
  std::fflush(stdout);
}

/// Requests of a rate, from now on.
class Schedule {
 public:
  explicit Schedule(double rate) : rate_(rate) {}
  /// When the next one is meant to be sent.
  std::uint64_t due() const { return start_ + static_cast<std::uint64_t>(static_cast<double>(asked_) * 1e9 / rate_); }
  void advance() { ++asked_; }
  std::size_t asked() const { return asked_; }
  std::uint64_t start() const { return start_; }

 private:
  double rate_;
  std::uint64_t start_ = now_ns();
  std::size_t asked_ = 0;
};

void count(const Options& options) {
  Connections connections = options.open();
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
  print(start, {{"", latencies}});
}

std::vector<std::size_t> numbers_below(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

void rate(const Options& options) {
  Connections connections = options.open();
  std::vector<std::size_t> idle = numbers_below(connections.size());
  std::vector<std::uint64_t> latencies;
  const auto total = static_cast<std::size_t>(options.rate * options.seconds);
  Schedule schedule(options.rate);
  while (latencies.size() < total) {
    for (; schedule.asked() < total && !idle.empty() && schedule.due() <= now_ns(); schedule.advance()) {
      connections.ask(idle.back(), schedule.due());
      idle.pop_back();
    }
    const std::uint64_t due = schedule.asked() < total && !idle.empty() ? schedule.due() : never;
    connections.receive(due, no_body, [&](std::size_t index) {
      latencies.push_back(now_ns() - connections[index].asked_at);
      idle.push_back(index);
    });
  }
  print(schedule.start(), {{"", latencies}});
}

void overload(const Options& options) {
  Connections connections = options.open();
  connections.allow_refusals();
  std::vector<std::size_t> idle = numbers_below(connections.size());
  std::vector<std::uint64_t> latencies;
  std::size_t refused = 0;
  Schedule schedule(options.rate);
  const std::uint64_t end = schedule.start() + static_cast<std::uint64_t>(options.seconds * 1e9);
  while (now_ns() < end) {
    for (; !idle.empty() && schedule.due() <= now_ns(); schedule.advance()) {
      connections.ask(idle.back(), schedule.due());
      idle.pop_back();
    }
    connections.receive(idle.empty() ? end : std::min(end, schedule.due()), no_body, [&](std::size_t index) {
      if (connections[index].reader.status() == 200) {
        latencies.push_back(now_ns() - connections[index].asked_at);
      } else {
        ++refused;
      }
      idle.push_back(index);
    });
  }
  print(schedule.start(), {{"", latencies}}, ",\"refused\":" + std::to_string(refused));
}

void beside(const Options& options) {
  Connections connections = options.open(1);
  const std::size_t large = options.connections;  // its connection, the last one
  NumberedRequest large_request(request_text(options, options.path, options.large));
  std::vector<std::size_t> idle = numbers_below(large);
  std::vector<std::uint64_t> alone, with_large, of_large;
  Schedule small_ones(options.rate), large_ones(options.large_rate);
  const std::uint64_t end = small_ones.start() + static_cast<std::uint64_t>(options.seconds * 1e9);
  bool large_waits = false;
  std::uint64_t large_ended = 0;
  while (now_ns() < end) {
    for (; !idle.empty() && small_ones.due() <= now_ns(); small_ones.advance()) {
      connections.ask(idle.back(), small_ones.due());
      idle.pop_back();
    }
    if (!large_waits && large_ones.due() <= now_ns()) {
      connections.ask(large, now_ns(), large_request.next());
      large_ones.advance();
      large_waits = true;
    }
    const std::uint64_t next_large = large_waits ? never : large_ones.due();
    const std::uint64_t next_small = idle.empty() ? never : small_ones.due();
    connections.receive(std::min({end, next_large, next_small}), no_body, [&](std::size_t index) {
      const std::uint64_t now = now_ns(), asked_at = connections[index].asked_at;
      if (index == large) {
        of_large.push_back(now - asked_at);
        large_waits = false;
        large_ended = now;
      } else {
        (large_waits || large_ended >= asked_at ? with_large : alone).push_back(now - asked_at);
        idle.push_back(index);
      }
    });
  }
  print(small_ones.start(), {{"", alone}, {"beside_", with_large}, {"large_", of_large}});
}

void events(const Options& options) {
  const bool has_query = options.path.find('?') != std::string::npos;
  Connections connections =
      options.open_for(options.path + (has_query ? "&" : "?") + "n=" + std::to_string(options.events) +
                       "&delay_us=" + std::to_string(static_cast<std::uint64_t>(options.delay_us)));
  const std::size_t streams = std::max(options.streams, options.connections);
  std::vector<StreamReader> readers(connections.size());
  StreamTimes times;
  times.further.reserve(streams * options.events);
  // The streams begin one after the other, so that their events do not come all at once.
  const double even_us = options.delay_us / static_cast<double>(connections.size());
  Schedule beginnings(1e6 / (options.apart_us > 0 ? options.apart_us : even_us));
  std::size_t asked = 0, done = 0;
  const auto ask = [&](std::size_t index) {
    readers[index].reset();
    connections.ask(index, now_ns());
    ++asked;
  };
  while (done < streams) {
    for (; asked < connections.size() && beginnings.due() <= now_ns(); beginnings.advance()) ask(asked);
    connections.receive(
        asked < connections.size() ? beginnings.due() : never,
        [&](std::size_t index, std::string_view piece) { readers[index].take(piece, times); },
        [&](std::size_t index) {
          if (readers[index].events() != options.events) {
            die("a stream of " + std::to_string(readers[index].events()) + " events");
          }
          ++done;
          if (asked >= connections.size() && asked < streams) ask(index);
        });
  }
  char gaps[96];
  std::snprintf(gaps, sizeof gaps, ",\"gap_us\":%.2f,\"sent_apart_us\":%.2f",
                static_cast<double>(times.longest_gap) / 1e3, static_cast<double>(times.sent_apart) / 1e3);
  print(beginnings.start(), {{"first_", times.first}, {"", times.further}}, gaps);
}

void idle(const Options& options) {
  constexpr std::size_t most_at_once = 64;
  Connections connections = options.open();
  std::size_t asked = 0, done = 0;
  while (done < connections.size()) {
    for (; asked < connections.size() && asked - done < most_at_once; ++asked) connections.ask(asked, now_ns());
    connections.receive(never, no_body, [&](std::size_t) { ++done; });
  }
  std::printf("{\"done\":%zu}\n", done);
  std::fflush(stdout);
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
               {number_option("--connections", options.connections),
                number_option("--rate", options.rate),
                number_option("--seconds", options.seconds),
                number_option("--events", options.events),
                number_option("--delay-us", options.delay_us),
                number_option("--streams", options.streams),
                number_option("--apart-us", options.apart_us),
                number_option("--large-rate", options.large_rate),
                {"--large", [&](const std::string& value) { options.large = content_of(value); }}});
  if (options.mode == "count") {
    sluice::bench::count(options);
  } else if (options.mode == "rate") {
    rate(options);
  } else if (options.mode == "beside") {
    beside(options);
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
