// SPDX-License-Identifier: Apache-2.0
#include "model/object_reader.hpp"

#include "model/bounds.hpp"
#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace sluice;
using namespace sluice::model;

namespace {

/// What reading an object of this text by `read` reports.
Diagnostics read(const std::string& text, const std::function<void(ObjectReader&)>& read_fields,
                 SourceLines lines = SourceLines::shown) {
  Diagnostics diagnostics;
  const auto document = parse_data("f.json", text, DataFormat::json, {}, diagnostics);
  REQUIRE(document);
  Report report(document->source, diagnostics, lines);
  ObjectReader reader(*document->root, "the thing", report);
  read_fields(reader);
  return diagnostics;
}

enum class Colour { red, green };

}  // namespace

TEST_CASE("Fields of the right type give their values", "[model][json]") {
  const Diagnostics found =
      read(R"({"t": "x", "b": true, "i": 5, "d": "PT2S", "l": ["a", "b"], "c": "GREEN", "n": null})",
           [](ObjectReader& reader) {
             CHECK(reader.text("t") == "x");
             CHECK(reader.text("absent", "other") == "other");
             CHECK(reader.text("n", "other") == "other");
             CHECK(reader.required_text("t") == "x");
             CHECK(reader.boolean("b", false));
             CHECK(reader.boolean("absent", true));
             CHECK(reader.integer("i", 0, 5) == 5);
             CHECK_FALSE(reader.integer("absent", 0, 5));
             CHECK(reader.duration("d") == std::chrono::seconds(2));
             CHECK(reader.texts("l") == std::vector<std::string>{"a", "b"});
             CHECK(reader.one_of<Colour>("c", {{"red", Colour::red}, {"green", Colour::green}}, Colour::red) ==
                   Colour::green);
             CHECK_FALSE(reader.has("n"));
             CHECK(reader.find("n") == nullptr);
             reader.finish();
           });
  CHECK(testing::rendered(found) == "");
}

TEST_CASE("Messages say what was found and what is allowed", "[model][json]") {
  const auto message = [](const std::string& value, const std::function<void(ObjectReader&)>& use) {
    const Diagnostics found = read("{\"x\": " + value + "}", use);
    REQUIRE(found.size() == 1);
    CHECK(found[0].pos == SourcePos{1, 7});
    return found[0].code + ' ' + found[0].message + (found[0].hint.empty() ? "" : " (" + found[0].hint + ")");
  };
  CHECK(message("5", [](ObjectReader& r) { r.text("x"); }) == "SL5003 'x' of the thing must be a string, found '5'");
  CHECK(message("[]", [](ObjectReader& r) { r.text("x"); }) ==
        "SL5003 'x' of the thing must be a string, found an array");
  CHECK(message("\" \"", [](ObjectReader& r) { r.required_text("x"); }) == "SL5002 'x' of the thing must not be empty");
  CHECK(message("\"yes\"", [](ObjectReader& r) { r.boolean("x", false); }) ==
        "SL5003 'x' of the thing must be true or false, found 'yes'");
  CHECK(message("6", [](ObjectReader& r) { r.integer("x", 1, 5); }) ==
        "SL5003 'x' of the thing must be an integer from 1 to 5, found '6'");
  CHECK(message("1.5", [](ObjectReader& r) { r.integer("x", 1, 5); }) ==
        "SL5003 'x' of the thing must be an integer from 1 to 5, found '1.5'");
  CHECK(message("\"10s\"", [](ObjectReader& r) { r.duration("x"); }) ==
        "SL5003 'x' of the thing must be an ISO 8601 duration such as PT10S, found '10s'");
  CHECK(message("\"gren\"", [](ObjectReader& r) {
          r.one_of<Colour>("x", {{"red", Colour::red}, {"green", Colour::green}}, Colour::red);
        }) == "SL5003 'x' of the thing must be one of red, green; found 'gren' (did you mean 'green'?)");
  CHECK(message("{}", [](ObjectReader& r) { r.warn_unsupported({"x"}); }) ==
        "SL5004 'x' of the thing is not carried out by this version");
}

TEST_CASE("Items of a list that are no text are reported one by one", "[model][json]") {
  const Diagnostics found = read(R"({"x": ["a", 1, null]})", [](ObjectReader& reader) {
    CHECK(reader.texts("x") == std::vector<std::string>{"a"});
  });
  CHECK(testing::short_forms(found) == "error SL5003 1:13\nerror SL5003 1:16\n");
}

TEST_CASE("A missing field is reported where its object begins", "[model][json]") {
  const Diagnostics found = read("\n  {}", [](ObjectReader& reader) {
    CHECK(reader.required_text("x") == "");
    reader.missing("y", "so and so");
  });
  CHECK(testing::short_forms(found) == "error SL5002 2:3\nerror SL5002 2:3\n");
  CHECK(found[1].hint == "so and so");
}

TEST_CASE("A value that is no object is reported once and read as empty", "[model][json]") {
  const Diagnostics found = read("[1]", [](ObjectReader& reader) {
    CHECK(reader.text("x") == "");
    CHECK(reader.required_text("y") == "");
    reader.finish(UnknownFields::error);
  });
  CHECK(testing::short_forms(found) == "error SL5003 1:1\n");
}

TEST_CASE("Fields nobody asked for are mentioned, or errors where that is wanted", "[model][json]") {
  const UnknownFields kind = GENERATE(UnknownFields::info, UnknownFields::error);
  const Diagnostics found = read(R"({"known": 1, "ignored": 2, "knowm": 3, "other": 4})", [&](ObjectReader& reader) {
    reader.find("known");
    reader.ignore({"ignored"});
    reader.belongs_in("place", {"other"});
    reader.finish(kind);
  });
  REQUIRE(found.size() == 2);
  CHECK(found[0].severity == (kind == UnknownFields::info ? Severity::info : Severity::error));
  CHECK(found[0].hint == "did you mean 'known'?");
  CHECK(found[1].hint == "it belongs in 'place'");
}

TEST_CASE("Findings in what holds secrets show neither line nor value", "[model][json]") {
  const Diagnostics found = read(R"({"a": 4711, "b": "hush"})",
                                 [](ObjectReader& reader) {
                                   reader.text("a");
                                   reader.boolean("b", false);
                                 },
                                 SourceLines::hidden);
  REQUIRE(found.size() == 2);
  CHECK(testing::rendered(found).find("4711") == std::string::npos);
  CHECK(testing::rendered(found).find("hush") == std::string::npos);
  CHECK(found[0].pos == SourcePos{1, 7});
  const Diagnostics inner = read(R"({"a": 4711})", [](ObjectReader& reader) {
    Report hidden = reader.report().hiding();
    ObjectReader(reader.value(), "it", hidden).text("a");
  });
  CHECK(inner[0].source_line == "");
}

TEST_CASE("Findings about the fields of one object have a bound", "[model][json][limits]") {
  std::string text = "{\"a\": 1";
  for (std::size_t i = 0; i < 2 * findings_per_file; ++i) text += ", \"x" + std::to_string(i) + "\": 1";
  const Diagnostics found = read(text + "}", [](ObjectReader& reader) { reader.finish(); });
  CHECK(found.size() == findings_per_file);
}

TEST_CASE("An object with very many fields is walked in time", "[model][json][limits]") {
  std::string text = "{\"a\": 1";
  for (int i = 0; i < 90'000; ++i) text += ",\"x" + std::to_string(i) + "\":1";
  const Diagnostics found = read(text + "}", [](ObjectReader& reader) {
    for (const JsonMember& member : reader.value().members) reader.ignore({member.name});
    reader.finish(UnknownFields::error);
  });
  CHECK(found.empty());
}

TEST_CASE("A finding underlines the value it is about", "[model][json]") {
  CHECK(token_length("{\"a b\": 1}", 1) == 5);
  CHECK(token_length(R"("a\"b" x)", 0) == 6);
  CHECK(token_length("'it''s", 0) == 4);
  CHECK(token_length("-1.5e+3,", 0) == 7);
  CHECK(token_length("{", 0) == 1);
  CHECK(token_length("\"open", 0) == 1);
  CHECK(token_length("\"\\", 0) == 1);
  CHECK(token_length("", 0) == 1);
  CHECK(token_length("x", 5) == 1);
}
