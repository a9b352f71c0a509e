// SPDX-License-Identifier: Apache-2.0
// Request targets and the one normal form of paths: P1, P2, P3, R8.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace sluice::http::conformance;

namespace {

/// A target, and the one that the origin sees.
RequestCase becomes(const char* name, const std::string& sent, const std::string& received) {
  return {name, {get(sent)}, {{200, "saw GET " + received}}, Then::keeps, {arrived("GET " + received)}};
}
RequestCase stays(const char* name, const std::string& target) { return becomes(name, target, target); }
Refused refused(const char* name, const std::string& target) { return {name, 400, get(target)}; }

}  // namespace

TEST_CASE("P1: targets in normal form stay as they are", "[http_conformance][target]") {
  Gate gate;
  run(gate, std::vector<RequestCase>{
                stays("P1 root", "/"),
                stays("P1 slash at the end", "/a/b/"),
                stays("P1 marks of a segment", "/a-._~!$&'()*+,=:@b"),
                stays("P1 parameters of a segment", "/a;x=y;z/b"),
                stays("P1 name of dots", "/..."),
                stays("P1 names that begin or end with dots", "/.a/..b/c../d."),
                stays("P1 escapes of reserved characters", "/%21%24%26%27%28%29%2A%2B%2C%3A%3B%3D%40"),
                stays("P1 escaped question mark and fragment", "/a%3Fb%23c"),
                stays("P1 escaped percent sign", "/100%25"),
                stays("P1 escaped text in UTF-8", "/%C3%A4%E2%82%AC%F0%9F%98%80"),
                stays("P1 escaped control characters other than line ends", "/%01%09%7F"),
                stays("P1 raw text in UTF-8", "/\xc3\xa4"),
            });
}

TEST_CASE("P1: escapes have one form", "[http_conformance][target]") {
  Gate gate;
  run(gate, std::vector<RequestCase>{
                becomes("P1 letters and digits", "/%61%7A%41%5A%30%39", "/azAZ09"),
                becomes("P1 unreserved marks", "/a%2db%2Ec%5fd%7e", "/a-b.c_d~"),
                becomes("P1 lower-case digits", "/%c3%a4%3a", "/%C3%A4%3A"),
                becomes("P1 mixed digits", "/%e2%82%Ac", "/%E2%82%AC"),
                stays("P1 decoded once: dots", "/%252e%252e/a"),
                stays("P1 decoded once: slash", "/a%252fb"),
                stays("P1 decoded once: backslash", "/a%255cb"),
                stays("P1 decoded once: NUL", "/a%2500"),
                stays("P1 decoded once: thrice encoded", "/%25252e"),
            });
}

TEST_CASE("P1: dot segments are taken out", "[http_conformance][target]") {
  Gate gate;
  run(gate, std::vector<RequestCase>{
                becomes("P1 one dot", "/a/./b", "/a/b"),
                becomes("P1 one dot at the begin", "/./a", "/a"),
                becomes("P1 one dot at the end", "/a/.", "/a/"),
                becomes("P1 two dots", "/a/../b", "/b"),
                becomes("P1 two dots at the end", "/a/b/..", "/a/"),
                becomes("P1 two dots to the root", "/a/..", "/"),
                becomes("P1 two dots twice", "/a/b/../../c", "/c"),
                becomes("P1 dots in turns", "/a/./b/.././c/..", "/a/"),
                becomes("P1 escaped dot", "/a/%2e/b", "/a/b"),
                becomes("P1 two escaped dots", "/a/%2e%2E/b", "/b"),
                becomes("P1 first dot escaped", "/a/%2e./b", "/b"),
                becomes("P1 second dot escaped", "/a/.%2e/b", "/b"),
                becomes("P1 escaped at the end", "/a/b/%2e%2e", "/a/"),
                becomes("P1 empty segment before two dots", "/a//../b", "/a/b"),
            });
}

TEST_CASE("P2: paths that climb are refused", "[http_conformance][target]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                refused("P2 two dots at the root", "/.."),
                refused("P2 into a name", "/../a"),
                refused("P2 deeper than it went", "/a/../../b"),
                refused("P2 behind one dot", "/./../a"),
                refused("P2 escaped", "/%2e%2e/a"),
                refused("P2 half escaped", "/.%2E/a"),
                refused("P2 twice", "/../../etc/passwd"),
                refused("P2 with parameters", "/a/..;/b"),
                refused("P2 with named parameters", "/a/..;x=y/b"),
                refused("P2 with parameters at the end", "/a/..;"),
                refused("P2 one dot with parameters", "/a/.;/b"),
                refused("P2 escaped with parameters", "/a/%2e%2e;/b"),
                refused("P2 by an escaped slash", "/a/..%2fb"),
                refused("P2 by an escaped slash in capitals", "/a%2F..%2F..%2Fb"),
                refused("P2 by a backslash", "/a\\..\\b"),
                refused("P2 by an escaped backslash", "/a/..%5cb"),
            });
}

TEST_CASE("P2: what a path may not hold", "[http_conformance][target]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                refused("P2 percent sign at the end", "/a%"),
                refused("P2 percent sign and one digit", "/a%4"),
                refused("P2 percent sign and letters", "/a%zz"),
                refused("P2 second digit is none", "/a%4g"),
                refused("P2 percent sign twice", "/a%%41"),
                refused("P2 escape of IIS", "/a%u002e"),
                refused("P2 sign in an escape", "/a%+1"),
                refused("P2 escaped NUL", "/a%00"),
                refused("P2 escaped NUL before an extension", "/a.php%00.png"),
                refused("P2 escaped CR", "/a%0db"),
                refused("P2 escaped LF", "/a%0Ab"),
                refused("P2 escaped line end with a field", "/a%0d%0aX:%20y"),
                refused("P2 backslash", "/a\\b"),
                refused("P2 escaped backslash", "/a%5Cb"),
                refused("P2 escaped slash", "/a%2fb"),
                refused("P2 escaped slash in capitals", "/a%2Fb"),
                refused("P2 fragment", "/a#b"),
                refused("P2 empty fragment", "/a#"),
                refused("P2 fragment of the root", "/#"),
                refused("P2 fragment behind a query", "/a?b#c"),
                refused("P2 DEL", "/a\x7f"),
            });
}

TEST_CASE("P2: UTF-8 that is overlong or invalid", "[http_conformance][target]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                refused("P2 overlong dot in two bytes", "/%c0%ae%c0%ae/a"),
                refused("P2 overlong slash in two bytes", "/a%c0%afb"),
                refused("P2 overlong backslash in two bytes", "/a%c1%9cb"),
                refused("P2 overlong slash in three bytes", "/a%e0%80%afb"),
                refused("P2 overlong slash in four bytes", "/a%f0%80%80%afb"),
                refused("P2 overlong NUL", "/a%c0%80"),
                refused("P2 surrogate", "/a%ed%a0%80"),
                refused("P2 beyond the last character", "/a%f4%90%80%80"),
                refused("P2 five bytes", "/a%f8%88%80%80%80"),
                refused("P2 continuation alone", "/a%80"),
                refused("P2 cut short", "/a%c3"),
                refused("P2 cut short before a letter", "/a%c3b"),
                refused("P2 cut short before a slash", "/a%e2%82/b"),
                refused("P2 byte that never occurs", "/a%ff"),
                refused("P2 Latin-1", "/a%e4b"),
                refused("P2 raw overlong dot", "/\xc0\xae\xc0\xae/a"),
                refused("P2 raw byte that never occurs", "/a\xff"),
                refused("P2 half raw, half escaped, overlong", "/\xc0%ae/a"),
            });
}

TEST_CASE("P2: escaped slashes where an API allows them", "[http_conformance][target]") {
  ServerOptions options;
  options.allow_encoded_slash = true;
  Gate gate(options);
  run(gate, std::vector<RequestCase>{
                stays("P2 kept", "/a%2Fb"),
                becomes("P2 kept in capitals", "/a%2fb/c", "/a%2Fb/c"),
                becomes("P2 no end of a segment", "/x/a%2Fb/../c", "/x/c"),
            });
  run(gate, std::vector<Refused>{
                refused("P2 dot segment before one", "/a/..%2Fb"),
                refused("P2 dot segment behind one", "/a/b%2f.."),
                refused("P2 dot segment between two", "/a/b%2F..%2Fc"),
                refused("P2 one dot beside one", "/a/.%2Fb"),
                refused("P2 escaped dots beside one", "/a/%2e%2e%2fb"),
            });
}

TEST_CASE("P3: double slashes are kept, or merged by option", "[http_conformance][target]") {
  Gate keeping;
  run(keeping, std::vector<RequestCase>{
                   stays("P3 kept amid", "/a//b"),
                   stays("P3 kept three", "/a///b"),
                   stays("P3 kept at the end", "/a//"),
                   stays("P3 kept at the begin", "//a"),
                   stays("P3 kept at the begin of what looks like an authority", "//other/a"),
               });
  ServerOptions options;
  options.merge_slashes = true;
  Gate merging(options);
  run(merging, std::vector<RequestCase>{
                   becomes("P3 merged amid", "/a//b", "/a/b"),
                   becomes("P3 merged three", "/a///b", "/a/b"),
                   becomes("P3 merged at the end", "/a//", "/a/"),
                   becomes("P3 merged at the begin", "//a", "/a"),
                   becomes("P3 merged before dots", "/a//../b", "/b"),
                   becomes("P3 merged behind dots", "/a/..//b", "/b"),
                   stays("P3 slashes of a query stay", "/a?b=//c"),
               });
}

TEST_CASE("P3: queries go through byte for byte", "[http_conformance][target]") {
  Gate gate;
  run(gate, std::vector<RequestCase>{
                stays("P3 items", "/a?b=c&d&e="),
                stays("P3 question marks", "/a?b?c=?"),
                stays("P3 dots and slashes", "/a?b=/../c/./%2e"),
                stays("P3 escapes of all kinds", "/a?%2f%2F%41%5c%00%0d%0a"),
                stays("P3 malformed escapes", "/a?b=%&c=%zz"),
                stays("P3 overlong UTF-8", "/a?b=%c0%af"),
                stays("P3 marks outside of URLs", "/a?b=\"<>{}|\\^`"),
                stays("P3 raw high bytes", "/a?b=\xc3\xa4\xff"),
                stays("P3 plus signs", "/a?b=c+d"),
                stays("P3 separators alone", "/a?&&=&"),
                stays("P3 empty path of segments", "/?a"),
            });
}

TEST_CASE("R8: absolute targets", "[http_conformance][target]") {
  Gate gate;
  run(gate, std::vector<RequestCase>{
                becomes("R8 absolute", "http://h/a", "/a"),
                becomes("R8 of another host", "http://other/a?b", "/a?b"),
                becomes("R8 scheme in capitals", "HTTP://h/a", "/a"),
                becomes("R8 https", "https://h/a", "/a"),
                becomes("R8 without path", "http://h", "/"),
                becomes("R8 query without path", "http://h?a=b", "/?a=b"),
                becomes("R8 port", "http://h:8080/a", "/a"),
                becomes("R8 empty port", "http://h:/a", "/a"),
                becomes("R8 address", "http://192.0.2.1/a", "/a"),
                becomes("R8 IPv6 address", "http://[2001:db8::1]/a", "/a"),
                becomes("R8 IPv6 address and port", "http://[::1]:80/a", "/a"),
                becomes("R8 P1 in normal form", "http://h/a/%2e%2e/%62", "/b"),
                becomes("R8 URL in the path", "/http://other/a", "/http://other/a"),
            });
  run(gate, std::vector<Refused>{
                refused("R8 ftp", "ftp://h/a"),
                refused("R8 ws", "ws://h/a"),
                refused("R8 file", "file:///etc/passwd"),
                refused("R8 no scheme", "://h/a"),
                refused("R8 one slash", "http:/h/a"),
                refused("R8 no slash", "http:h"),
                refused("R8 no host", "http:///a"),
                refused("R8 nothing", "http://"),
                refused("R8 port alone", "http://:80/a"),
                refused("R8 user", "http://u@h/a"),
                refused("R8 user and password", "http://u:p@h/a"),
                refused("R8 empty user", "http://@h/a"),
                refused("R8 escaped at sign", "http://u%40h@other/a"),
                refused("R8 port that is no number", "http://h:x/a"),
                refused("R8 port beyond 16 bits", "http://h:65536/a"),
                refused("R8 signed port", "http://h:-1/a"),
                refused("R8 two ports", "http://h:1:2/a"),
                refused("R8 list of hosts", "http://h,i/a"),
                refused("R8 bracket not closed", "http://[::1/a"),
                refused("R8 IPv6 address without brackets", "http://::1/a"),
                refused("R8 text behind the bracket", "http://[::1]x/a"),
                refused("R8 zone of an address", "http://[fe80::1%25eth0]/a"),
                refused("R8 backslash for slash", "http:\\\\h\\a"),
                refused("R8 backslash behind the host", "http://h\\@other/a"),
                refused("R8 host in UTF-8", "http://\xc3\xa4/a"),
                refused("R8 fragment", "http://h/a#b"),
                refused("R8 fragment behind the host", "http://h#b"),
                refused("R8 P2 climbs", "http://h/../a"),
                refused("R8 relative path", "a/b"),
                refused("R8 relative dots", "../a"),
                refused("R8 query alone", "?a=b"),
                refused("R8 authority for GET", "h:80"),
                refused("R8 host for GET", "h"),
                refused("R8 script", "javascript:alert(1)"),
            });
}
