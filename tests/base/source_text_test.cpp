// SPDX-License-Identifier: Apache-2.0
#include "base/source_text.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace sluice;

TEST_CASE("positions count lines and code points from 1", "[base][source_text]") {
  SourceText text("f.xml", "ab\r\n\tcé€x\nlast");
  CHECK(text.position(0) == SourcePos{1, 1});
  CHECK(text.position(1) == SourcePos{1, 2});
  CHECK(text.position(4) == SourcePos{2, 1});
  CHECK(text.position(6) == SourcePos{2, 3});   // after tab and c
  CHECK(text.position(8) == SourcePos{2, 4});   // é is two bytes
  CHECK(text.position(11) == SourcePos{2, 5});  // € is three
  CHECK(text.position(999) == SourcePos{3, 5});
  CHECK(text.line(1) == "ab");
  CHECK(text.line(2) == "\tcé€x");
  CHECK(text.line(3) == "last");
  CHECK(text.line(4).empty());
}

TEST_CASE("offset and position undo one another", "[base][source_text]") {
  SourceText text("f.xml", "one\ntwo é\n\nfour");
  for (std::size_t offset = 0; offset < text.text().size(); ++offset) {
    if ((static_cast<unsigned char>(text.text()[offset]) & 0xC0) == 0x80) continue;
    CHECK(text.offset(text.position(offset)) == offset);
  }
}

TEST_CASE("a diagnostic shows the line with a caret under the place", "[base][diagnostic]") {
  SourceText text("p.xml", "<a>\n\t<rate-limit calls=\"-1\"/>\n");
  const auto d = text.diagnostic(Severity::error, "SL2106", 17, 5, "attribute 'calls' is wrong", "use 10");
  CHECK(render_text(d) ==
        "p.xml:2:14: error SL2106: attribute 'calls' is wrong\n"
        "  \t<rate-limit calls=\"-1\"/>\n"
        "  \t            ^~~~~\n"
        "  hint: use 10\n");
  CHECK(
      render_json(d) ==
      R"({"severity":"error","code":"SL2106","line":2,"column":14,"message":"attribute 'calls' is wrong","hint":"use 10"})");
}

TEST_CASE("diagnostic codes are unique and well formed", "[base][diagnostic]") {
  std::set<std::string_view> seen;
  for (const auto& row : diagnostic_codes()) {
    CAPTURE(row.code);
    CHECK(seen.insert(row.code).second);
    CHECK(row.code.size() == 6);
    CHECK(row.code.substr(0, 2) == "SL");
    CHECK_FALSE(row.title.empty());
  }
}

TEST_CASE("diagnostics sort by file and position and keep the order of equals", "[base][diagnostic]") {
  Diagnostics all;
  const auto add = [&](std::string file, SourcePos pos, std::string message) {
    Diagnostic d;
    d.file = std::move(file);
    d.pos = pos;
    d.message = std::move(message);
    d.severity = Severity::warning;
    all.add(d);
  };
  add("b", {1, 1}, "4");
  add("a", {2, 1}, "2");
  add("a", {2, 1}, "3");
  add("a", {1, 9}, "1");
  all.sort();
  std::string order;
  for (const auto& d : all) order += d.message;
  CHECK(order == "1234");
  CHECK_FALSE(all.has_errors());
}
