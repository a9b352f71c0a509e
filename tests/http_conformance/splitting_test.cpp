// SPDX-License-Identifier: Apache-2.0
// Heads that policies write: P7. What HTTP does not allow is a policy's failure, never a split head.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sluice::http;
using namespace sluice::http::conformance;
using sluice::http::test::body_of;
using sluice::http::test::status_of;

namespace {

/// Text of a C# string that is known only when a request runs: constants are checked when a document is loaded.
std::string late(const std::string& text) {
  return "@(\"" + text + "\" + context.Request.Headers.GetValueOrDefault(\"None\", \"\"))";
}
std::string sets(const std::string& name, const std::string& value) {
  return "<set-header name=\"" + name + "\" exists-action=\"override\"><value>" + value + "</value></set-header>";
}
std::string sets_status(const std::string& code, const std::string& reason) {
  return "<set-status code=\"" + code + "\" reason=\"" + reason + "\" />";
}

struct Written {
  const char* name;
  std::string inbound;        ///< Elements of the inbound section.
  std::string outbound = {};  ///< Those of the outbound section.
};

std::string document(const Written& row) {
  return "<policies><inbound><base />" + row.inbound + "</inbound><backend><base /></backend><outbound><base />" +
         row.outbound + "</outbound><on-error><base /></on-error></policies>";
}

const std::string line_end = late("a\\r\\nX-Split: b");
const std::string bare_lf = late("a\\nX-Split: b");
const std::string bare_cr = late("a\\rX-Split: b");
const std::string zero = late("a\\0X-Split: b");

/// What must come of it: an answer without the split, and a connection in step.
void check_unsplit(const std::string& policy, const std::vector<int>& statuses) {
  Gate gate({}, {}, policy);
  RawClient client(gate.port);
  for (const char* target : {"/a", "/b"}) {
    const std::string answer = client.send(get(target)).read_message();
    INFO(answer);
    CHECK(std::count(statuses.begin(), statuses.end(), status_of(answer)) == 1);
    CHECK(answer.find("\nX-Split") == std::string::npos);
  }
  CHECK(body_of(client.send(get("/innocent")).read_message()) == "saw GET /innocent");
  for (const std::string& message : gate.origin.take_messages()) {
    CHECK(message.find("\nX-Split") == std::string::npos);
    CHECK(message.find("GET /smuggled") == std::string::npos);
  }
}

}  // namespace

TEST_CASE("P7: a head that a policy splits is a 500", "[http_conformance][splitting]") {
  const std::vector<Written> rows = {
      {"P7 request value with CR LF", sets("A", line_end)},
      {"P7 request value with LF", sets("A", bare_lf)},
      {"P7 request value with CR", sets("A", bare_cr)},
      {"P7 request value with NUL", sets("A", zero)},
      {"P7 request value with an empty line", sets("A", late("a\\r\\n\\r\\nGET /smuggled HTTP/1.1"))},
      {"P7 name of a request field with CR LF", sets(late("A: b\\r\\nX-Split"), "c")},
      {"P7 name of a request field with a colon", sets(late("A:B"), "c")},
      {"P7 name of a request field with a blank", sets(late("A B"), "c")},
      {"P7 empty name of a request field", sets(late(""), "c")},
      {"P7 method with a blank", "<set-method>" + late("GET /smuggled HTTP/1.1") + "</set-method>"},
      {"P7 method with CR LF", "<set-method>" + late("GET / HTTP/1.1\\r\\nX-Split: b\\r\\n") + "</set-method>"},
      {"P7 empty method", "<set-method>" + late("") + "</set-method>"},
      {"P7 value of an answer with CR LF", "", sets("A", line_end)},
      {"P7 value of an answer with LF", "", sets("A", bare_lf)},
      {"P7 value of an answer with CR", "", sets("A", bare_cr)},
      {"P7 value of an answer with NUL", "", sets("A", zero)},
      {"P7 cookie of an answer with CR LF", "", sets("Set-Cookie", line_end)},
      {"P7 name of an answer's field with CR LF", "", sets(late("A: b\\r\\nX-Split"), "c")},
      {"P7 name of an answer's field with a colon", "", sets(late("A:B"), "c")},
      {"P7 reason with CR LF", "", sets_status("200", late("a\\r\\nX-Split: b"))},
      {"P7 status of four digits", "", sets_status("@(2000 + context.Request.Headers.Count * 0)", "x")},
      {"P7 status below 100", "", sets_status("@(99 + context.Request.Headers.Count * 0)", "x")},
      {"P7 interim status", "", sets_status("@(101 + context.Request.Headers.Count * 0)", "x")},
  };
  for (const Written& row : rows) {
    INFO(row.name);
    count_case();
    check_unsplit(document(row), {500});
  }
}

TEST_CASE("P7: a target that a policy makes of any text is encoded or refused, never split",
          "[http_conformance][splitting]") {
  const std::vector<Written> rows = {
      {"P7 path", "<rewrite-uri template=\"" + late("/x y\\r\\nX-Split: b") + "\" copy-unmatched-params=\"false\" />"},
      {"P7 value of a query", "<set-query-parameter name=\"q\" exists-action=\"override\"><value>" +
                                  late("a b\\r\\nX-Split: c") + "</value></set-query-parameter>"},
      {"P7 name in a query", "<set-query-parameter name=\"" + late("q\\r\\nX-Split") +
                                 "\" exists-action=\"override\"><value>a</value></set-query-parameter>"},
  };
  for (const Written& row : rows) {
    INFO(row.name);
    count_case();
    check_unsplit(document(row), {200, 500});
  }
}
