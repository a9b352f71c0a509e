// SPDX-License-Identifier: Apache-2.0
#include "ai/pii_guard.hpp"

#include "yielding_context.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

std::string message(std::string_view text) { return R"({"role":"user","content":")" + std::string(text) + "\"}"; }

/// Messages of together so many bytes.
std::string chat(std::size_t bytes, std::size_t bytes_of_each, std::string_view end = {}) {
  std::string text;
  while (text.size() < bytes_of_each) text += "nothing personal, ";
  text += end;
  std::string body = R"({"model":"gpt-4o","messages":[)" + message(text);
  for (std::size_t size = text.size(); size < bytes; size += text.size()) body += "," + message(text);
  return body + "]}";
}

struct Guarding : testing::YieldingContext {
  ai::GuardRules rules;
  Cancellation cancellation;
  Guarding() {
    rules.detector = std::make_shared<const pii::Detector>();
    rules.action = ai::FindingAction::mask;
  }
  Result<void> guard(const std::string& body) {
    request.body = Body::bytes(body);
    return wait(ai::guard_prompt(yielded, rules, cancellation));
  }
};

}  // namespace

TEST_CASE("a long prompt lets others go first while it is searched", "[ai][pii_guard][limits]") {
  for (const std::size_t each : {20, 3'000, 400'000}) {
    CAPTURE(each);
    Guarding g;
    const std::string body = chat(400'000, each, "anna@example.com");
    REQUIRE(g.guard(body));
    CHECK(g.request.body.data().find("anna@") == std::string_view::npos);
    CHECK(g.request.body.data().find("[EMAIL]") != std::string_view::npos);
    CHECK(g.yielding.yields >= 400'000 / ai::search_step_bytes - 1);
    CHECK(g.yielding.yields <= 450'000 / ai::search_step_bytes + 1);
  }
}

TEST_CASE("a short prompt waits for nobody to be searched", "[ai][pii_guard]") {
  Guarding g;
  REQUIRE(g.guard(chat(100, 100, "anna@example.com")));
  CHECK(g.yielding.yields == 0);
}
