// SPDX-License-Identifier: Apache-2.0
#include "base/xml_text.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("text and values are written so that they read back", "[base][xml_text]") {
  std::string text, value;
  append_xml_text(text, "a<b>&\"c\r\n");
  append_xml_value(value, "a<b>&\"c\t\r\n");
  CHECK(text == "a&lt;b&gt;&amp;\"c&#xD;\n");
  CHECK(value == "\"a&lt;b&gt;&amp;&quot;c&#x9;&#xD;&#xA;\"");
}

TEST_CASE("XML holds no control characters, no surrogates and no invalid UTF-8", "[base][xml_text]") {
  CHECK(is_xml_text("a\t\r\n\xC3\xA9\xF0\x9F\x98\x80"));
  CHECK_FALSE(is_xml_text(std::string_view("\0", 1)));
  CHECK_FALSE(is_xml_text("\x01"));
  CHECK_FALSE(is_xml_text("\xEF\xBF\xBE"));
  CHECK_FALSE(is_xml_text("\xFF"));
  CHECK_FALSE(is_xml_text("\xED\xA0\x80"));
}

TEST_CASE("names are encoded as .NET does, and decoded again", "[base][xml_text]") {
  CHECK(encode_xml_name("a b", false) == "a_x0020_b");
  CHECK(encode_xml_name("1a", false) == "_x0031_a");
  CHECK(encode_xml_name("a:b", true) == "a:b");
  CHECK(encode_xml_name("a:b", false) == "a_x003A_b");
  CHECK(encode_xml_name("_x0020_", false) == "_x005F_x0020_");
  CHECK(encode_xml_name("_x_", false) == "_x_");
  CHECK(encode_xml_name("\xF3\xB0\x80\x80", false) == "_x000F0000_");
  CHECK(encode_xml_name("\xC3\xA9-1.", false) == "\xC3\xA9-1.");
  for (const char* name : {"a b", "1a", "a:b", "_x0020_", "\xF3\xB0\x80\x80", "$", "", "_x", "_x00g0_"})
    CHECK(decode_xml_name(encode_xml_name(name, false)) == name);
  CHECK(decode_xml_name("_xD800_") == "_xD800_");
  CHECK(decode_xml_name("_x00110000_") == "_x00110000_");
}
