// SPDX-License-Identifier: Apache-2.0
#include "base/filtering_stream.hpp"

#include <catch2/catch.hpp>

#include <deque>

using namespace sluice;

namespace {

struct Fate {
  bool is_cancelled = false, is_closed = false;
};

class Pieces final : public BodyStream {
 public:
  Pieces(std::deque<std::string> pieces, bool breaks, Fate& fate)
      : pieces_(std::move(pieces)), breaks_(breaks), fate_(fate) {}
  Task<BodyChunk> read() override {
    if (pieces_.empty() && breaks_) return BodyChunk(fail(ErrorCode::backend_connection_failure));
    current_ = pieces_.empty() ? std::string() : pieces_.front();
    if (!pieces_.empty()) pieces_.pop_front();
    return BodyChunk(std::string_view(current_));
  }
  void cancel() override { fate_.is_cancelled = true; }
  Task<void> close() override {
    fate_.is_closed = true;
    return {};
  }
  const Headers* trailers() const override { return &trailers_; }

 private:
  std::deque<std::string> pieces_;
  std::string current_;
  bool breaks_;
  Fate& fate_;
  Arena arena_;
  Headers trailers_{arena_};
};

/// Holds the last character back, and stops at an exclamation mark.
class Holding final : public FilteringStream {
 public:
  using FilteringStream::FilteringStream;

 private:
  void feed(std::string_view bytes, std::string& out) override {
    held_ += bytes;
    stopped_ = held_.find('!') != std::string::npos;
    const std::size_t passing = stopped_ ? held_.find('!') : held_.size() - 1;
    out += held_.substr(0, passing);
    held_.erase(0, passing);
  }
  void finish(std::string& out) override { out += held_; }
  bool is_stopped() const override { return stopped_; }

  std::string held_;
  bool stopped_ = false;
};

struct Filtered {
  explicit Filtered(std::deque<std::string> pieces, bool breaks = false)
      : stream(std::make_unique<Pieces>(std::move(pieces), breaks, fate)) {}
  Fate fate;
  Holding stream;
  std::string next() {
    const BodyChunk chunk = wait(stream.read());
    return chunk ? std::string(*chunk) : std::string(chunk.error().reason());
  }
};

}  // namespace

TEST_CASE("a filtering stream passes on what its filter lets go", "[base][filtering_stream]") {
  Filtered body({"a", "bc", "d"});
  CHECK(body.next() == "ab");
  CHECK(body.next() == "c");
  CHECK(body.next() == "d");
  CHECK(body.next().empty());
  CHECK(body.stream.trailers() != nullptr);
  CHECK_FALSE(body.fate.is_closed);
}

TEST_CASE("what was held back goes before the error of a body that breaks", "[base][filtering_stream]") {
  Filtered body({"ab"}, true);
  CHECK(body.next() == "a");
  CHECK(body.next() == "b");
  CHECK(body.next() == "BackendConnectionFailure");
}

TEST_CASE("a filter that stops ends the body and closes the other", "[base][filtering_stream]") {
  Filtered body({"ab!", "never"});
  CHECK(body.next() == "ab");
  CHECK(body.fate.is_closed);
  CHECK(body.next().empty());
  CHECK(body.stream.trailers() == nullptr);
}

TEST_CASE("giving up and closing reach the body that a stream stands before", "[base][filtering_stream]") {
  Filtered body({"ab"});
  body.stream.cancel();
  CHECK(body.fate.is_cancelled);
  CHECK_FALSE(body.fate.is_closed);
  wait(body.stream.close());
  CHECK(body.fate.is_closed);
}
