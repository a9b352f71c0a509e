// SPDX-License-Identifier: Apache-2.0
#include "pii/detector.hpp"

#include "pii/fixtures.hpp"
#include "pii/pieces.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace sluice::pii {
namespace {

/// `kind/name:text` of each finding.
std::vector<std::string> found(std::string_view text, DetectorOptions options = {}) {
  const Detector detector(std::move(options));
  REQUIRE(detector.error().empty());
  std::vector<std::string> shown;
  for (const Match& match : detector.find(text)) {
    shown.push_back(std::string(to_string(match.kind)) + "/" + std::string(match.name) + ":" +
                    std::string(text.substr(match.begin, match.end - match.begin)));
  }
  return shown;
}
using Found_ = std::vector<std::string>;

DetectorOptions with_patterns(std::vector<Pattern> patterns) {
  DetectorOptions options;
  options.patterns = std::move(patterns);
  return options;
}

const std::string folder = std::string(SLUICE_SOURCE_DIR) + "/tests/pii/fixtures/";

}  // namespace

TEST_CASE("a text has the same findings in steps as at once", "[pii][scanner]") {
  std::mt19937 random(20250214);
  const Detector plain, own(with_patterns({{"ticket", R"(\bT-\d{4,40}\b)"}, {"word", "confidential[a-z ]*"}}));
  const std::vector<Fixture> fixtures = read_fixtures(folder + "positives.txt");
  const std::string pem = "-----BEGIN PRIVATE KEY-----\n" + std::string(5000, 'A') + "\n-----END PRIVATE KEY-----";
  for (int round = 0; round < 60; ++round) {
    std::string text;
    while (text.size() < 4000) {
      text += fixtures[random() % fixtures.size()].text;
      if (random() % 8 == 0) text += " T-" + std::to_string(random()) + " confidential matter";
      if (random() % 32 == 0) text += pem;
      if (random() % 16 == 0) text += " anna@" + std::string(random() % 300, 'x') + ".example.com";
      if (random() % 4 != 0) text += ' ';
    }
    for (const Detector* detector : {&plain, &own}) {
      const std::vector<Match> whole = detector->find(text);
      for (const std::size_t most : {1, 7, 63, 64, 65, 1000, 16 * 1024}) {
        CAPTURE(round, most);
        Scanner scanner(*detector);
        std::vector<Match> matches;
        std::size_t steps = 1;
        while (!scanner.scan_step(text, 1 + random() % most, matches)) ++steps;
        CHECK(matches == whole);
        CHECK(steps <= text.size());
      }
    }
  }
}

TEST_CASE("mail addresses end where the sentence goes on", "[pii][email]") {
  CHECK(found("Write to anna@example.com.") == Found_{"email/email:anna@example.com"});
  CHECK(found("anna@example.com-old") == Found_{"email/email:anna@example.com"});
  CHECK(found("邮箱是anna@example.com谢谢") == Found_{"email/email:anna@example.com"});
  CHECK(found("这是anna@example.com，谢谢") == Found_{"email/email:anna@example.com"});
  CHECK(found("jörg@bücher.example") == Found_{"email/email:jörg@bücher.example"});
  CHECK(found("<a.b+c@x-y.co.uk>") == Found_{"email/email:a.b+c@x-y.co.uk"});
}

TEST_CASE("what only looks like a mail address is none", "[pii][email]") {
  for (const char* text : {"lodash@4.17.21", "git@github.com:acme/x.git", "user@localhost", "@home", "a@b", "x@.com",
                           "react@18.2.0-beta.next", "p@ss"}) {
    INFO(text);
    CHECK(found(text).empty());
  }
}

TEST_CASE("of a local part that is too long the last bytes are taken", "[pii][email]") {
  const std::string text = std::string(100, 'a') + "@example.com";
  const auto matches = Detector().find(text);
  REQUIRE(matches.size() == 1);
  CHECK(matches[0].end == text.size());
  CHECK(matches[0].begin >= 60);
}

TEST_CASE("cards need an issuer's range, its length and the Luhn digit", "[pii][card]") {
  CHECK(found("4111 1111 1111 1111") == Found_{"card/visa:4111 1111 1111 1111"});
  CHECK(found("4111-1111-1111-1111, 12/27") == Found_{"card/visa:4111-1111-1111-1111"});
  CHECK(found("3782 822463 10005") == Found_{"card/amex:3782 822463 10005"});
  CHECK(found("card 4222222222222") == Found_{"card/visa:4222222222222"});
  for (const char* text : {"4111 1111 1111 1112", "9111111111111111", "41111 111 1111 1111", "4222222222222",
                           "411111111111111", "4111111111111111a", "order 4111111111111111"}) {
    INFO(text);
    CHECK(found(text).empty());
  }
}

TEST_CASE("IBANs need their country's length and check digits", "[pii][iban]") {
  CHECK(found("DE89370400440532013000") == Found_{"iban/iban:DE89370400440532013000"});
  CHECK(found("gb29 NWBK 6016 1331 9268 19!") == Found_{"iban/iban:gb29 NWBK 6016 1331 9268 19"});
  for (const char* text :
       {"DE89370400440532013001", "DE8937040044053201300", "XX89370400440532013000", "DE893704004405320130001"}) {
    INFO(text);
    CHECK(found(text).empty());
  }
}

TEST_CASE("bare numbers are ids only with a word near them", "[pii][national-id]") {
  CHECK(found("123456782").empty());
  CHECK(found("my BSN is 123456782") == Found_{"national-id/nl-bsn:123456782"});
  CHECK(found("123456782 (BSN)") == Found_{"national-id/nl-bsn:123456782"});
  CHECK(found("BSN of the order: 123456782").empty());
  CHECK(found("BSN 123456783").empty());
  DetectorOptions unsure;
  unsure.least = Confidence::low;
  unsure.countries = "nl";
  CHECK(found("123456782", unsure) == Found_{"national-id/nl-bsn:123456782"});
}

TEST_CASE("ids with a form of their own need no word", "[pii][national-id]") {
  CHECK(found("078-05-1120") == Found_{"national-id/us-ssn:078-05-1120"});
  CHECK(found("666-05-1120").empty());
  CHECK(found("529.982.247-25") == Found_{"national-id/br-cpf:529.982.247-25"});
  CHECK(found("12345678Z") == Found_{"national-id/es-dni:12345678Z"});
  CHECK(found("12345678A").empty());
  CHECK(found("RSSMRA85T10A562S") == Found_{"national-id/it-cf:RSSMRA85T10A562S"});
  CHECK(found("131052-308T") == Found_{"national-id/fi-hetu:131052-308T"});
  CHECK(found("811228-9874") == Found_{"national-id/se-personnummer:811228-9874"});
  CHECK(found("756.9217.0769.85") == Found_{"national-id/ch-ahv:756.9217.0769.85"});
  CHECK(found("11010519491231002X") == Found_{"national-id/cn-rid:11010519491231002X"});
  CHECK(found("2021 2022 2023").empty());
}

TEST_CASE("national ids can be limited to countries", "[pii][national-id]") {
  DetectorOptions options;
  options.countries = "de fr";
  CHECK(found("529.982.247-25", options).empty());
  CHECK(found("Steuer-ID 86095742719", options) == Found_{"national-id/de-steuer-id:86095742719"});
}

TEST_CASE("telephone numbers show by a country code, a form or a word", "[pii][phone]") {
  for (const char* text : {"+49 30 1234567", "+442079460958", "(212) 555-0123", "212-555-0123", "020 7946 0958",
                           "06 12 34 56 78", "+44 (0)20 7946 0958", "0044 20 7946 0958"}) {
    INFO(text);
    const auto all = found(text);
    REQUIRE(all.size() == 1);
    CHECK(all[0] == "phone/phone:" + std::string(text));
  }
  CHECK(found("call me at 555-0123") == Found_{"phone/phone:555-0123"});
  for (const char* text : {"+10000000", "+12345678", "01-02-2024 10:30", "555-0123", "part no. 020-123-4567",
                           "0.123.4567", "1 2 3 4 5 6 7 8 9 10 11 12"}) {
    INFO(text);
    CHECK(found(text).empty());
  }
}

TEST_CASE("machines have addresses, versions have not", "[pii][ip]") {
  CHECK(found("from 203.0.113.77: GET /") == Found_{"ip/ipv4:203.0.113.77"});
  CHECK(found("[2001:db8::8a2e:370:7334]") == Found_{"ip/ipv6:2001:db8::8a2e:370:7334"});
  CHECK(found("fe80::1ff:fe23:4567:890a%eth0") == Found_{"ip/ipv6:fe80::1ff:fe23:4567:890a"});
  for (const char* text : {"Chrome/120.0.0.0", "version 10.0.19.1", "1.2.3.4.5", "127.0.0.1", "0.0.0.0", "::1",
                           "12:34:56", "std::vector", "00:1a:2b:3c:4d:5e", "fe::parse(ab::cd)", "python 3.11.4.2"}) {
    INFO(text);
    CHECK(found(text).empty());
  }
}

TEST_CASE("keys show by their beginning and end where they could", "[pii][key]") {
  const std::string tail = "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8";
  CHECK(found("ghp"
              "_" +
              tail + ".") == Found_{"key/github:ghp"
                                    "_" +
                                    tail});
  CHECK(found("AKIA"
              "ABCDEFGHIJKLMNOP") == Found_{"key/aws:AKIA"
                                            "ABCDEFGHIJKLMNOP"});
  CHECK(found("sk-"
              "ant-api03-" +
              tail + tail) == Found_{"key/anthropic:sk-"
                                     "ant-api03-" +
                                     tail + tail});
  CHECK(found("AKIA"
              "ABCDEFGHIJKLMNOPQ")
            .empty());
  CHECK(found("scikit sk-learn-contrib-packages-of-note").empty());
  CHECK(found("x"
              "ghp"
              "_" +
              tail)
            .empty());
}

TEST_CASE("values are keys by the name before them", "[pii][key]") {
  const std::string value(86, 'q');
  CHECK(found("AccountKey=" + value + "==;X=1") == Found_{"key/connection-string:" + value + "=="});
  CHECK(found("AccountName=" + value + "==").empty());
}

TEST_CASE("a token's header tells that it is one", "[pii][jwt]") {
  const std::string head = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", rest = ".eyJzdWIiOiIxIn0.abc_-1";
  CHECK(found("Bearer " + head + rest + ". Bye") == Found_{"jwt/jwt:" + head + rest});
  CHECK(found("eyJmb28iOiJiYXIiLCJuIjoxMjM0NTY3ODkwMTJ9").empty());
}

TEST_CASE("a private key goes on to its last line, and ends where none could", "[pii][private-key]") {
  const std::string key =
      "-----BEGIN "
      "PRIVATE KEY-----\nMIIB\nAbc+/=\n-----END "
      "PRIVATE KEY-----";
  CHECK(found("a\n" + key + "\nb") == Found_{"private-key/pem:" + key});
  CHECK(found("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----").empty());
  const std::string cut =
      "-----BEGIN "
      "PRIVATE KEY-----\nMIIB";
  CHECK(found(cut + "!") == Found_{"private-key/pem:" + cut});
}

TEST_CASE("a private key without an end is bounded", "[pii][private-key][limits]") {
  const std::string text =
      "-----BEGIN "
      "PRIVATE KEY-----" +
      std::string(100'000, 'A');
  const auto matches = Detector().find(text);
  REQUIRE(matches.size() == 1);
  CHECK(matches[0].end < 17 * 1024);
}

TEST_CASE("of findings at one place the surer one counts, and none overlap", "[pii]") {
  CHECK(found("12345678@qq.com") == Found_{"email/email:12345678@qq.com"});
  CHECK(found("card 4111111111111111 4111111111111111") ==
        Found_{"card/visa:4111111111111111", "card/visa:4111111111111111"});
}

TEST_CASE("patterns of one's own come first", "[pii][custom]") {
  CHECK(found("see EMP-123456 and anna@example.com", with_patterns({{"employee", "EMP-[0-9]{6}"}})) ==
        Found_{"custom/employee:EMP-123456", "email/email:anna@example.com"});
  CHECK(found("x anna@example.com", with_patterns({{"a", "b"}, {"anna", "(?i)ANNA(@)"}})) ==
        Found_{"custom/anna:anna@"});
}

TEST_CASE("patterns that cannot be used are told", "[pii][custom]") {
  CHECK(Detector(with_patterns({{"a", "("}})).error().find("pattern 'a'") != std::string::npos);
  CHECK(Detector(with_patterns({{"a", "x*"}})).error().find("empty text") != std::string::npos);
  CHECK(Detector(with_patterns({{"a", "(?=x)"}})).error().find("pattern 'a'") != std::string::npos);
  CHECK_FALSE(Detector(with_patterns({{"a", std::string(max_pattern_bytes + 1, 'a')}})).error().empty());
  CHECK_FALSE(Detector(with_patterns(std::vector<Pattern>(max_patterns + 1, {"a", "b"}))).error().empty());
}

TEST_CASE("allowed texts are no findings", "[pii]") {
  DetectorOptions options;
  options.allowed = {"support@example.com"};
  CHECK(found("Support@Example.com or anna@example.com", options) == Found_{"email/email:anna@example.com"});
}

TEST_CASE("kinds that are not wanted are not looked for", "[pii]") {
  DetectorOptions options;
  options.kinds = {};
  options.kinds.add(Kind::iban);
  CHECK(found("anna@example.com DE89370400440532013000", options) == Found_{"iban/iban:DE89370400440532013000"});
}

TEST_CASE("a text in pieces has the findings of the whole, and holds back 64 bytes at most", "[pii][pieces]") {
  const bool has_patterns = GENERATE(false, true);
  const Detector detector(has_patterns ? with_patterns({{"word", "[a-z]{3}-[0-9]{2,}\\b"}, {"end", "zz$"}})
                                       : DetectorOptions{});
  std::mt19937 random(20241129);
  std::string joined;
  for (const char* file : {"positives.txt", "negatives.txt"}) {
    for (const Fixture& fixture : read_fixtures(folder + file)) {
      if (random() % 4 != 0) continue;
      joined += fixture.text;
      joined += random() % 2 == 0 ? "\n" : " ";
      if (joined.size() < 600) continue;
      const std::vector<Match> whole = detector.find(joined);
      for (const std::size_t most : {1u, 3u, 7u, 30u, 200u}) {
        const auto pieces = scan_pieces(detector, joined, [&](std::string_view) { return 1 + random() % most; });
        INFO(joined);
        REQUIRE(pieces.matches == whole);
        REQUIRE(pieces.most_held <= max_held_bytes);
      }
      joined.clear();
    }
  }
}

TEST_CASE("ordinary words are held back no longer than they last", "[pii][pieces]") {
  const Detector detector;
  Scanner scanner(detector);
  std::vector<Match> matches;
  scanner.push("The quick brown", matches);
  CHECK(scanner.held() == "brown");
  scanner.push(" ", matches);
  CHECK(scanner.held().empty());
}

}  // namespace sluice::pii
