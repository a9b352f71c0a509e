// SPDX-License-Identifier: Apache-2.0
// Reads one HTTP/1.1 answer after the other: enough of the format to know where each ends.
#pragma once

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::bench {

class ResponseReader {
 public:
  /// Begins a new answer.
  void reset() {
    state_ = State::head;
    status_ = 0;
    line_.clear();
  }
  bool is_done() const { return state_ == State::done; }
  /// 0 until the head has been read.
  int status() const { return status_; }

  /// Takes what was received; `on_body` gets the pieces of the body, without chunk framing. What follows the answer.
  template <class OnBody>
  std::string_view take(std::string_view bytes, OnBody&& on_body) {
    while (!bytes.empty() && state_ != State::done) {
      if (state_ == State::body || state_ == State::chunk) {
        const std::string_view piece = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
        on_body(piece);
        bytes.remove_prefix(piece.size());
        left_ -= piece.size();
        if (left_ == 0) state_ = state_ == State::body ? State::done : State::chunk_end;
      } else {
        const std::size_t end = bytes.find('\n');
        line_ += bytes.substr(0, end);
        if (end == std::string_view::npos) return {};
        bytes.remove_prefix(end + 1);
        if (!line_.empty() && line_.back() == '\r') line_.pop_back();
        take_line();
        line_.clear();
      }
    }
    return bytes;
  }

 private:
  enum class State { head, body, chunk_size, chunk, chunk_end, trailer, done };

  void take_line() {
    switch (state_) {
      case State::head: take_head_line(); break;
      case State::chunk_size:
        left_ = number(line_, 16);
        state_ = left_ == 0 ? State::trailer : State::chunk;
        break;
      case State::chunk_end: state_ = State::chunk_size; break;
      default:
        if (line_.empty()) state_ = State::done;
    }
  }

  void take_head_line() {
    if (status_ == 0) {
      status_ = static_cast<int>(number(std::string_view(line_).substr(std::min<std::size_t>(9, line_.size())), 10));
      left_ = 0;
      chunked_ = false;
    } else if (line_.empty()) {
      state_ = chunked_ ? State::chunk_size : left_ != 0 ? State::body : State::done;
    } else if (strncasecmp(line_.c_str(), "content-length:", 15) == 0) {
      left_ = number(std::string_view(line_).substr(line_.find_first_not_of(' ', 15)), 10);
    } else if (strncasecmp(line_.c_str(), "transfer-encoding:", 18) == 0) {
      chunked_ = true;
    }
  }

  static std::uint64_t number(std::string_view text, int base) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number, base);
    return number;
  }

  State state_ = State::head;
  int status_ = 0;
  bool chunked_ = false;
  std::uint64_t left_ = 0;
  std::string line_;
};

}  // namespace sluice::bench
