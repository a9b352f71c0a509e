// SPDX-License-Identifier: Apache-2.0
#include <sluice/message.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace sluice;

namespace {
std::string shown(const Headers& headers) {
  std::string text;
  for (const auto& line : headers) text += std::string(line.name) + ":" + std::string(line.value) + ";";
  return text;
}
}  // namespace

TEST_CASE("field names compare without case and lines keep their order", "[base][headers]") {
  Arena arena;
  Headers headers(arena);
  headers.append("Accept", "a");
  headers.append("X-One", "1");
  headers.append("accept", "b");
  CHECK(headers.get("ACCEPT") == "a");
  CHECK(headers.count("accept") == 2);
  CHECK(headers.joined("Accept") == "a,b");
  CHECK_FALSE(headers.joined("Missing"));
  CHECK(headers.get("Missing", "fallback") == "fallback");
  CHECK(shown(headers) == "Accept:a;X-One:1;accept:b;");
}

TEST_CASE("set replaces all lines of a name in the place of the first", "[base][headers]") {
  Arena arena;
  Headers headers(arena);
  headers.append("A", "1");
  headers.append("B", "2");
  headers.append("a", "3");
  headers.set("A", "4");
  CHECK(shown(headers) == "A:4;B:2;");
  headers.set("C", "5");
  CHECK(shown(headers) == "A:4;B:2;C:5;");
  CHECK(headers.remove("b"));
  CHECK_FALSE(headers.remove("b"));
  CHECK(shown(headers) == "A:4;C:5;");
}

TEST_CASE("set and append copy their text, more lines than the first array holds are kept", "[base][headers]") {
  Arena arena;
  Headers headers(arena);
  for (int i = 0; i < 100; ++i) {
    std::string name = "N" + std::to_string(i);
    headers.append(std::string_view(name), std::to_string(i * i));
  }
  CHECK(headers.size() == 100);
  CHECK(headers.get("n99") == "9801");
  CHECK(headers.get("N7") == "49");
}

TEST_CASE("names with equal hash but other text are told apart", "[base][headers]") {
  Arena arena;
  Headers headers(arena);
  HeaderName forged("X");
  forged.hash = header_hash("Y");
  headers.append_view(forged, "1");
  CHECK_FALSE(headers.contains("Y"));
}

namespace {
/// Gives one piece at a time, each at another address.
class Pieces final : public BodyStream {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool fails = false) : pieces_(std::move(pieces)), fails_(fails) {}
  Task<BodyChunk> read() override {
    if (cancelled || next_ == pieces_.size()) {
      if (fails_) return BodyChunk(fail(ErrorCode::backend_connection_failure));
      return BodyChunk(std::string_view());
    }
    current_ = std::make_unique<std::string>(pieces_[next_++]);
    return BodyChunk(*current_);
  }
  void cancel() override { cancelled = true; }
  bool cancelled = false;

 private:
  std::vector<std::string> pieces_;
  std::unique_ptr<std::string> current_;
  std::size_t next_ = 0;
  bool fails_;
};
}  // namespace

TEST_CASE("a streamed body is gathered in memory", "[base][body]") {
  Arena arena;
  std::vector<std::string> pieces;
  std::string whole;
  for (int i = 0; i < 300; ++i) {
    pieces.push_back(std::string(static_cast<std::size_t>(i) + 1, static_cast<char>('a' + i % 26)));
    whole += pieces.back();
  }
  Body body = Body::stream(std::make_unique<Pieces>(pieces));
  const auto version = body.version();
  REQUIRE(buffer_body(body, arena, 1 << 20, ErrorCode::request_body_too_large).take());
  CHECK(body.is_bytes());
  CHECK(body.data() == whole);
  CHECK(body.version() != version);
  CHECK(body.length() == whole.size());
}

TEST_CASE("L5: a body beyond the limit is refused, also before it is read when its length is known",
          "[base][body][limits]") {
  Arena arena;
  auto stream = std::make_unique<Pieces>(std::vector<std::string>{"12345", "67890"});
  Pieces* pieces = stream.get();
  Body body = Body::stream(std::move(stream));
  const auto result = buffer_body(body, arena, 9, ErrorCode::response_body_too_large).take();
  REQUIRE_FALSE(result);
  CHECK(result.error().code() == ErrorCode::response_body_too_large);
  CHECK(pieces->cancelled);
  Body declared = Body::stream(std::make_unique<Pieces>(std::vector<std::string>{}), 10);
  CHECK_FALSE(buffer_body(declared, arena, 9, ErrorCode::request_body_too_large).take());
  Body fits = Body::stream(std::make_unique<Pieces>(std::vector<std::string>{"123456789"}), 9);
  CHECK(buffer_body(fits, arena, 9, ErrorCode::request_body_too_large).take());
}

TEST_CASE("a stream that breaks makes buffering fail", "[base][body]") {
  Arena arena;
  Body body = Body::stream(std::make_unique<Pieces>(std::vector<std::string>{"abc"}, true));
  const auto result = buffer_body(body, arena, 100, ErrorCode::request_body_too_large).take();
  REQUIRE_FALSE(result);
  CHECK(result.error().code() == ErrorCode::backend_connection_failure);
}

TEST_CASE("a request can be reset and used again", "[base][request]") {
  Request request;
  REQUIRE(request.set_url("http://h/a"));
  request.headers.set("X", "1");
  request.cancellation.request();
  request.reset();
  CHECK(request.headers.size() == 0);
  CHECK_FALSE(request.cancellation.requested());
  CHECK(request.url.path == "/");
  CHECK_FALSE(request.set_url("nonsense"));
}

TEST_CASE("headers do what a list of pairs does, whatever comes in between", "[base][headers]") {
  // More names than there are bits to remember them by.
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back("name-" + std::to_string(i));
  Arena arena;
  Headers headers(arena);
  std::vector<std::pair<std::string, std::string>> model;
  const auto shown_model = [&] {
    std::string text;
    for (const auto& [name, value] : model) text += name + ":" + value + ";";
    return text;
  };
  std::minstd_rand random(1);
  for (int step = 0; step < 3'000; ++step) {
    const std::string_view name = names[random() % names.size()];
    const auto has_name = [&](const auto& line) { return line.first == name; };
    const std::string value = std::to_string(step);
    switch (random() % 4) {
      case 0:
        headers.append(name, value);
        model.emplace_back(name, value);
        break;
      case 1: {
        headers.set(name, value);
        const auto first = std::find_if(model.begin(), model.end(), has_name);
        if (first == model.end()) {
          model.emplace_back(name, value);
        } else {
          first->second = value;
          model.erase(std::remove_if(first + 1, model.end(), has_name), model.end());
        }
        break;
      }
      case 2: {
        const auto gone = std::remove_if(model.begin(), model.end(), has_name);
        CHECK(headers.remove(name) == (gone != model.end()));
        model.erase(gone, model.end());
        break;
      }
      default:
        CHECK(headers.count(name) == static_cast<std::size_t>(std::count_if(model.begin(), model.end(), has_name)));
        CHECK(headers.contains(name) == (std::find_if(model.begin(), model.end(), has_name) != model.end()));
    }
    if (step == 2'000) {
      headers.clear();
      model.clear();
    }
    REQUIRE(shown(headers) == shown_model());
  }
}
