// SPDX-License-Identifier: Apache-2.0
#include "ai/content_safety.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using ai::judge_analysis;
using ai::judge_shield;
using ai::SafetyRules;
using ai::SafetyVerdict;

TEST_CASE("requests are written as the service reads them", "[ai][content_safety]") {
  const SafetyRules rules{{{"Hate", 4}, {"Violence", 2}}, {"list-1"}, "EightSeverityLevels"};
  CHECK(
      ai::analyze_request("say \"hi\"", rules) ==
      R"({"text":"say \"hi\"","categories":["Hate","Violence"],"blocklistNames":["list-1"],"haltOnBlocklistHit":false,"outputType":"EightSeverityLevels"})");
  CHECK(ai::shield_request("x") == R"({"userPrompt":"x","documents":[]})");
}

TEST_CASE("a severity from the threshold on blocks", "[ai][content_safety]") {
  const SafetyRules rules{{{"Hate", 4}}, {}, "FourSeverityLevels"};
  const auto judge = [&](int severity) {
    return judge_analysis(R"({"blocklistsMatch":[],"categoriesAnalysis":[{"category":"Hate","severity":)" +
                              std::to_string(severity) + "}]}",
                          rules);
  };
  CHECK(judge(0) == SafetyVerdict::clean);
  CHECK(judge(3) == SafetyVerdict::clean);
  CHECK(judge(4) == SafetyVerdict::blocked);
  CHECK(judge(6) == SafetyVerdict::blocked);
  CHECK(judge_analysis(R"({"categoriesAnalysis":[{"category":"Hate","severity":0}]})", {{{"Hate", 0}}, {}, ""}) ==
        SafetyVerdict::blocked);
}

TEST_CASE("a hit of a blocklist blocks", "[ai][content_safety]") {
  CHECK(judge_analysis(R"({"blocklistsMatch":[{"blocklistName":"l"}],"categoriesAnalysis":[]})", {{}, {"l"}, ""}) ==
        SafetyVerdict::blocked);
  CHECK(judge_analysis(R"({"blocklistsMatch":[],"categoriesAnalysis":[]})", {{}, {"l"}, ""}) == SafetyVerdict::clean);
}

TEST_CASE("an answer that does not say enough is unclear", "[ai][content_safety]") {
  const SafetyRules rules{{{"Hate", 4}, {"Sexual", 4}}, {}, ""};
  for (auto json : {"", "{}", "[]", "oops", R"({"categoriesAnalysis":{}})",
                    R"({"categoriesAnalysis":[{"category":"Hate","severity":0}]})",
                    R"({"categoriesAnalysis":[{"category":"Hate"},{"category":"Sexual","severity":"0"}]})"}) {
    CAPTURE(json);
    CHECK(judge_analysis(json, rules) == SafetyVerdict::unclear);
  }
  for (auto json : {"", "{}", R"({"userPromptAnalysis":{}})", R"({"userPromptAnalysis":{"attackDetected":"no"}})"}) {
    CAPTURE(json);
    CHECK(judge_shield(json) == SafetyVerdict::unclear);
  }
}

TEST_CASE("a detected attack blocks", "[ai][content_safety]") {
  CHECK(judge_shield(R"({"userPromptAnalysis":{"attackDetected":true},"documentsAnalysis":[]})") ==
        SafetyVerdict::blocked);
  CHECK(judge_shield(R"({"userPromptAnalysis":{"attackDetected":false}})") == SafetyVerdict::clean);
}
