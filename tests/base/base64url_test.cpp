// SPDX-License-Identifier: Apache-2.0
#include "base/base64url.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("base64url has one spelling for every text (J2)", "[base][base64url]") {
  CHECK(decode_base64url("") == "");
  CHECK(decode_base64url("Zg") == "f");
  CHECK(decode_base64url("Zm8") == "fo");
  CHECK(decode_base64url("Zm9v") == "foo");
  CHECK(decode_base64url("-_-_") == "\xfb\xff\xbf");
  for (const char* const refused :
       {"Zg==", "Zg=", "Zh", "Zm9", "Z", "Zm9vZ", "Zm9v\n", " Zm9v", "Zm+v", "Zm/v", "Zm9v."})
    CHECK_FALSE(decode_base64url(refused));
}

TEST_CASE("what base64url writes it reads", "[base][base64url]") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    CHECK(decode_base64url(encode_base64url(bytes)) == bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST_CASE("base64 of documents may have blanks, and needs its padding", "[base][base64url]") {
  CHECK(decode_base64(" Zm9v\n\tYmFy ") == "foobar");
  CHECK(decode_base64("Zg==") == "f");
  for (const char* const refused : {"Zg", "Zg=", "Z===", "Zm9-", "====", "Zg==Zg=="})
    CHECK_FALSE(decode_base64(refused));
}
