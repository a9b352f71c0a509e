// SPDX-License-Identifier: Apache-2.0
// Boost.Beast's `basic_parser` with callbacks that only note where things are. Framing is not taken from it: the
// parser of Boost 1.81 is lenient there (R12), so request_head.cpp and answer_head.cpp decide from the index.
#include "http/head_index.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <limits>

namespace sluice::http {
namespace {

namespace beast = boost::beast;
using beast::http::basic_parser;
using BeastError = beast::error_code;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

template <bool IsRequest>
class Indexer final : public basic_parser<IsRequest> {
 public:
  explicit Indexer(std::span<Header> lines) : lines_(lines) {
    this->header_limit(std::numeric_limits<std::uint32_t>::max());  // sizes were checked before
    this->body_limit(boost::none);
  }

  std::optional<HeadIndex> run(std::string_view head) {
    BeastError error;
    this->put(boost::asio::const_buffer(head.data(), head.size()), error);
    if (error || !this->is_header_done() || overflow_) return std::nullopt;
    return HeadIndex{lines_.first(count_), status_, reason_};
  }

 private:
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, BeastError&) override {
    if (count_ == lines_.size()) {
      overflow_ = true;
      return;
    }
    const std::string_view text = view(name);
    lines_[count_++] = {text, view(value), header_hash(text)};
  }
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, BeastError&) override {}
  void on_response_impl(int status, beast::string_view reason, int, BeastError&) override {
    status_ = status;
    reason_ = view(reason);
  }
  void on_header_impl(BeastError&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, BeastError&) override {}
  std::size_t on_body_impl(beast::string_view, BeastError&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, BeastError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, BeastError&) override { return 0; }
  void on_finish_impl(BeastError&) override {}

  std::span<Header> lines_;
  std::size_t count_ = 0;
  bool overflow_ = false;
  int status_ = 0;
  std::string_view reason_;
};

}  // namespace

std::optional<HeadIndex> index_request_head(std::string_view head, std::size_t line_count, Arena& arena) {
  return Indexer<true>(arena.make_array<Header>(line_count)).run(head);
}
std::optional<HeadIndex> index_answer_head(std::string_view head, std::size_t line_count, Arena& arena) {
  return Indexer<false>(arena.make_array<Header>(line_count)).run(head);
}

}  // namespace sluice::http
