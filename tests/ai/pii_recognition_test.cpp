// SPDX-License-Identifier: Apache-2.0
#include "ai/pii_recognition.hpp"

#include "base/json.hpp"

#include <catch2/catch.hpp>

namespace sluice::ai {
namespace {

std::string answer_of(std::string_view entities) {
  return R"({"kind":"PiiEntityRecognitionResults","results":{"documents":[{"id":"1","entities":[)" +
         std::string(entities) + R"(],"warnings":[]}],"errors":[],"modelVersion":"2023-09-01"}})";
}

}  // namespace

TEST_CASE("places of the service are code points", "[ai][pii_recognition]") {
  Arena names(256);
  const std::vector<std::string_view> texts = {"😀 Jürgen, 555"};
  const auto found = read_recognition(
      answer_of(R"({"category":"PhoneNumber","offset":10,"length":3},{"category":"PersonType","offset":2,"length":6})"),
      texts, names);
  REQUIRE(found);
  REQUIRE((*found)[0].size() == 2);
  CHECK(texts[0].substr((*found)[0][0].begin, (*found)[0][0].end - (*found)[0][0].begin) == "Jürgen");
  CHECK((*found)[0][0].name == "PERSON_TYPE");
  CHECK((*found)[0][1].kind == pii::Kind::phone);
  CHECK(texts[0].substr((*found)[0][1].begin) == "555");
}

TEST_CASE("findings that overlap become one", "[ai][pii_recognition]") {
  Arena names(256);
  const auto found =
      read_recognition(answer_of(R"({"category":"A","offset":2,"length":3},{"category":"B","offset":0,"length":3})"),
                       {"abcdefg"}, names);
  REQUIRE(found);
  REQUIRE((*found)[0].size() == 1);
  CHECK((*found)[0][0].begin == 0);
  CHECK((*found)[0][0].end == 5);
}

TEST_CASE("an answer that is unclear has no findings, rather than none", "[ai][pii_recognition]") {
  Arena names(256);
  for (const std::string& answer :
       {std::string("x"), std::string("{}"), std::string(R"({"results":{"documents":[]}})"),
        answer_of(R"({"category":"A","offset":0,"length":100})"),
        answer_of(R"({"category":"A","offset":-1,"length":1})"), answer_of(R"({"category":1,"offset":0,"length":1})"),
        answer_of(R"({"category":"A","offset":0,"length":0})"),
        std::string(R"({"results":{"documents":[{"id":"2","entities":[]}]}})")}) {
    INFO(answer);
    CHECK_FALSE(read_recognition(answer, {"text"}, names));
  }
}

TEST_CASE("a request asks about all texts", "[ai][pii_recognition]") {
  Arena arena(1024);
  const std::string request = recognition_request({"one", "t\"wo"});
  const auto json = parse_json(request, arena);
  REQUIRE(json);
  CHECK((*json)->at({"kind"})->text == "PiiEntityRecognition");
  CHECK((*json)->at({"parameters", "stringIndexType"})->text == "UnicodeCodePoint");
  const auto documents = (*json)->at({"analysisInput", "documents"})->items;
  REQUIRE(documents.size() == 2);
  CHECK(documents[1].find("id")->text == "2");
  CHECK(documents[1].find("text")->text == "t\"wo");
}

}  // namespace sluice::ai
