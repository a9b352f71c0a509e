// SPDX-License-Identifier: Apache-2.0
// What bench_origin answers, byte for byte.
#pragma once

#include "sockets.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace sluice::bench {

inline std::string in_chunks(std::size_t size) {
  constexpr std::size_t most = 7'000;
  std::string text = "HTTP/1.1 200 OK\r\nServer: bench\r\nX-Backend: bench\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t left = size; left != 0;) {
    const std::size_t piece = std::min(left, most);
    char line[24];
    std::snprintf(line, sizeof line, "%zx\r\n", piece);
    text.append(line).append(piece, 'x').append("\r\n");
    left -= piece;
  }
  return text + "0\r\n\r\n";
}

inline std::string answer(std::string_view type, std::string_view body) {
  return "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: " + std::string(type) +
         "\r\nX-Backend: bench\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

inline constexpr std::string_view stream_head =
    "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
    "X-Backend: bench\r\nTransfer-Encoding: chunked\r\n\r\n";

inline std::string chunk_of(std::string_view data) {
  char head[16];
  const int size = std::snprintf(head, sizeof head, "%zx\r\n", data.size());
  return std::string(head, static_cast<std::size_t>(size)).append(data).append("\r\n");
}

/// One event as one chunk, a piece of a chat completion.
inline std::string event(std::uint64_t place) {
  char data[256];
  const int size = std::snprintf(data, sizeof data,
                                 "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"i\":%llu,"
                                 "\"t\":%020llu,\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"}}]}\n\n",
                                 static_cast<unsigned long long>(place), static_cast<unsigned long long>(now_ns()));
  return chunk_of({data, static_cast<std::size_t>(size)});
}

/// The end of a stream: usage, as services report it that were asked to, and the event that closes.
inline std::string last_events(std::uint64_t tokens) {
  const std::string used = std::to_string(tokens);
  return chunk_of(
             "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"choices\":[],\"usage\":"
             "{\"prompt_tokens\":1,\"completion_tokens\":" +
             used + ",\"total_tokens\":" + std::to_string(tokens + 1) + "}}\n\n") +
         chunk_of("data: [DONE]\n\n") + "0\r\n\r\n";
}

}  // namespace sluice::bench
