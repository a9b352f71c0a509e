// SPDX-License-Identifier: Apache-2.0
// What the two loads share: `PROGRAM MODE --name value ...`, their requests, how they end when something is wrong, and
// what they say of times.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sluice::bench {

/// The name of the program, as it speaks of itself.
extern const char* const program_name;

[[noreturn]] inline void die(const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", program_name, what.c_str());
  std::exit(1);
}

/// What a file holds.
inline std::string content_of(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) die("no file " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What every load takes. With a `body` (--body FILE, JSON) its requests are POST, otherwise GET.
struct LoadOptions {
  std::string mode, path, headers, body;
  std::uint16_t port = 0;
  std::size_t requests = 1'000;
};

struct LoadOption {
  std::string_view name;
  std::function<void(const std::string& value)> take;
};

/// An option that is a number.
template <class Number>
LoadOption number_option(std::string_view name, Number& to) {
  return {name, [&to](const std::string& value) {
            if constexpr (std::is_floating_point_v<Number>) {
              to = std::stod(value);
            } else {
              to = static_cast<Number>(std::stoul(value));
            }
          }};
}

/// Reads the command line into `options`, and what this program alone takes by `more`.
inline void read_options(int count, char** values, LoadOptions& options, std::vector<LoadOption> more) {
  if (count < 2 || count % 2 != 0) die("MODE --port P ...; the head of its source says what there is");
  more.push_back(number_option("--port", options.port));
  more.push_back(number_option("--requests", options.requests));
  more.push_back({"--path", [&](const std::string& value) { options.path = value; }});
  more.push_back({"--header", [&](const std::string& value) { options.headers += value + "\r\n"; }});
  more.push_back({"--body", [&](const std::string& value) { options.body = content_of(value); }});
  options.mode = values[1];
  for (int i = 2; i + 1 < count; i += 2) {
    const std::string_view name = values[i];
    const auto option = std::find_if(more.begin(), more.end(), [&](const auto& one) { return one.name == name; });
    if (option == more.end()) die("no option " + std::string(name));
    try {
      option->take(values[i + 1]);
    } catch (const std::exception&) {  // std::stoul and std::stod
      die(std::string(name) + " is no number: " + values[i + 1]);
    }
  }
}

/// A request for `path` with the headers of the options and `body`.
inline std::string request_text(const LoadOptions& options, const std::string& path, const std::string& body) {
  std::string head = (body.empty() ? "GET " : "POST ") + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + options.headers;
  if (!body.empty()) {
    head += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return head + "\r\n" + body;
}

/// In microseconds, what `part` of `sorted` nanoseconds does not pass.
inline double quantile_us(std::span<const std::uint64_t> sorted, double part) {
  if (sorted.empty()) return 0;
  const auto index = static_cast<std::size_t>(part * static_cast<double>(sorted.size()));
  return static_cast<double>(sorted[std::min(index, sorted.size() - 1)]) / 1e3;
}

}  // namespace sluice::bench
