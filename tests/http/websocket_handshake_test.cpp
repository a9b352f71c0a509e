// SPDX-License-Identifier: Apache-2.0
// P4: which requests may leave HTTP, and what of them the handler sees.
#include "http/websocket_handshake.hpp"

#include "http/request_head.hpp"
#include "http/websocket_support.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

struct Reading {
  Request request;
  std::string head;
  Checked<RequestFraming> framing = RequestFraming{};

  explicit Reading(std::string text) : head(std::move(text)) {
    framing = read_request_head(head, HeadRules{}, "192.0.2.7", request);
  }
  bool asks() const { return framing && framing->asks_for_upgrade && request.upgrade == "websocket"; }
  bool is_ordinary() const { return framing && !framing->asks_for_upgrade && request.upgrade.empty(); }
};

const std::string key_line = "Sec-WebSocket-Key: " + std::string(sample_key) + "\r\n";
const std::string version_line = "Sec-WebSocket-Version: 13\r\n";
const std::string upgrade_line = "Upgrade: websocket\r\n";
const std::string connection_line = "Connection: Upgrade\r\n";

std::string head_of(const std::string& fields, const std::string& line = "GET /chat HTTP/1.1") {
  return line + "\r\nHost: example.com\r\n" + fields + "\r\n";
}

}  // namespace

TEST_CASE("P4: a handshake is seen, its end-to-end fields stay and the others go", "[http][websocket]") {
  Reading reading(handshake("/chat", "Sec-WebSocket-Protocol: chat, superchat\r\nOrigin: http://example.com\r\n"));
  REQUIRE(reading.asks());
  CHECK(reading.request.headers.get("sec-websocket-key") == sample_key);
  CHECK(reading.request.headers.get("sec-websocket-version") == "13");
  CHECK(reading.request.headers.get("sec-websocket-protocol") == "chat, superchat");
  CHECK_FALSE(reading.request.headers.contains("upgrade"));
  CHECK_FALSE(reading.request.headers.contains("connection"));
}

TEST_CASE("P4: names and tokens are compared without case, Connection may say more", "[http][websocket]") {
  CHECK(Reading(head_of("connection: keep-alive, uPGRADE\r\nUPGRADE: WebSocket\r\n" + key_line + version_line)).asks());
  CHECK(
      Reading(head_of("Connection: keep-alive\r\n" + connection_line + upgrade_line + key_line + version_line)).asks());
}

TEST_CASE("P4: what is no handshake is an ordinary request without the fields of one", "[http][websocket]") {
  const std::string good = connection_line + upgrade_line + key_line + version_line;
  const auto head =
      GENERATE_COPY(as<std::string>(), head_of(good, "GET /chat HTTP/1.0"), head_of(good, "POST /chat HTTP/1.1"),
                    head_of(good, "HEAD /chat HTTP/1.1"), head_of(good + "Content-Length: 0\r\n"),
                    head_of(good + "Content-Length: 3\r\n"), head_of(good + "Transfer-Encoding: chunked\r\n"),
                    head_of(upgrade_line + key_line + version_line),
                    head_of("Connection: keep-alive\r\n" + upgrade_line + key_line + version_line),
                    head_of(connection_line + key_line + version_line), head_of(good + upgrade_line),
                    head_of(connection_line + "Upgrade: h2c\r\n" + key_line + version_line),
                    head_of(connection_line + "Upgrade: websocket, h2c\r\n" + key_line + version_line),
                    head_of(connection_line + "Upgrade: websocket/13\r\n" + key_line + version_line),
                    head_of(good + "Upgrade: h2c\r\n"));
  Reading reading(head);
  INFO(head);
  CHECK(reading.is_ordinary());
  CHECK_FALSE(reading.request.headers.contains("upgrade"));
  CHECK_FALSE(reading.request.headers.contains("connection"));
}

TEST_CASE("P4: a handshake has one key of 16 bytes and version 13", "[http][websocket]") {
  const std::string start = connection_line + upgrade_line;
  const auto fields =
      GENERATE_COPY(as<std::string>(), version_line, key_line, key_line + key_line + version_line,
                    key_line + version_line + version_line, key_line + "Sec-WebSocket-Version: 8\r\n",
                    key_line + "Sec-WebSocket-Version: 13, 8\r\n", "Sec-WebSocket-Key: c2hvcnQ=\r\n" + version_line,
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j=ZQ=\r\n" + version_line,
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==x\r\n" + version_line);
  INFO(fields);
  CHECK(Reading(head_of(start + fields)).is_ordinary());
}

TEST_CASE("P4: a key that Connection names does not travel, so there is no handshake", "[http][websocket]") {
  Reading reading(head_of("Connection: Upgrade, Sec-WebSocket-Key\r\n" + upgrade_line + key_line + version_line));
  CHECK(reading.is_ordinary());
  CHECK_FALSE(reading.request.headers.contains("sec-websocket-key"));
}

TEST_CASE("what has to be in Sec-WebSocket-Accept is what RFC 6455 computes", "[http][websocket]") {
  CHECK(websocket_accept(sample_key) == sample_accept);
}

TEST_CASE("the fields of a change of protocol stand before the empty line", "[http][websocket]") {
  std::string head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  add_upgrade_fields(head);
  CHECK(head == "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}
