// SPDX-License-Identifier: Apache-2.0
// Raw client ─▶ server, gateway without policies, pooled client ─▶ raw origin: the whole way of a message, with every
// byte at both ends in the hands of the test. A case is a row of data; `run` carries it out.
#pragma once

#include "http/support.hpp"

#include <sluice/gateway.hpp>

#include <map>
#include <string>
#include <vector>

namespace sluice::http::conformance {

using test::RawClient;

/// What the origin does when `/scripted` is asked for.
struct Script {
  std::vector<std::string> pieces;  ///< Each is sent when the gateway has read the one before.
  enum class End { stays, closes, resets } end = End::stays;
  bool early = false;  ///< Answer at the head, before the body is read.
};

/// Records what it receives, byte for byte. Answers `saw METHOD TARGET`, but `/scripted` as told, and `/204` and `/304`
/// with that status.
class Origin {
 public:
  /// `read_bytes` tells how many bytes of answers the gateway has read.
  explicit Origin(std::function<std::uint64_t()> read_bytes);
  std::uint16_t port() const { return upstream_.port(); }
  int connections() const { return upstream_.connections(); }
  std::uint64_t bytes_received() const { return received_bytes_; }
  void follow(Script script);

  /// The messages since the last call, in the order in which they were complete, the origin's own address written
  /// `origin`. What a connection ended amid is marked `…` at its end.
  std::vector<std::string> take_messages();

 private:
  void serve(RawClient& connection);
  bool answer(RawClient& connection, const std::string& head, const Script& script);
  void record(std::string message, bool complete);

  std::function<std::uint64_t()> read_bytes_;
  std::mutex mutex_;
  Script script_;
  std::vector<std::string> messages_;
  std::atomic<std::uint64_t> received_bytes_{0};
  test::Upstream upstream_;
};

/// A gateway in front of an origin.
struct Gate {
  /// `policy`: the document of the API behind it; empty: none.
  explicit Gate(ServerOptions options = {}, HttpLimits client_limits = {}, std::string policy = {});
  Origin origin;
  Runtime runtime;
  Gateway gateway;
  test::FunctionHandler handler;
  Server server;
  std::uint16_t port = 0;

  /// Waits until the origin has all that the gateway has sent.
  bool settle();
  /// Sends each piece when the one before has been read. `may_close`: or when a request has been answered, after which
  /// the rest of a connection that ends is not read.
  void send(RawClient& client, const std::vector<std::string>& pieces, bool may_close = true);
};

/// Status, and the whole body where it matters.
struct Answer {
  Answer(int expected_status) : status(expected_status) {}  // NOLINT: rows read better without a name
  Answer(int expected_status, std::string expected_body) : status(expected_status), body(std::move(expected_body)) {}
  int status;
  std::optional<std::string> body;
};

enum class Then {
  keeps,   ///< The connection goes on: an innocent request on it gets its own answer.
  closes,  ///< Said so in the last answer, and done without another byte.
};

/// What a client sends, what it gets, and what the origin must have received: exactly that, and nothing else.
struct RequestCase {
  const char* name;  ///< Rules first.
  std::vector<std::string> sent;
  std::vector<Answer> answers;
  Then then = Then::keeps;
  std::vector<std::string> received = {};
  bool whole = false;  ///< Not byte by byte too: when bytes arrive matters.
};

/// Runs the rows, each in the given pieces and then byte by byte.
void run(Gate& gate, const std::vector<RequestCase>& cases);

/// Refused requests: `status`, closed, and nothing of them at the origin.
struct Refused {
  const char* name;
  int status;
  std::string sent;
};
void run(Gate& gate, const std::vector<Refused>& cases);

/// What an origin answers, what of it reaches the client, and what becomes of the two connections.
struct AnswerCase {
  const char* name;  ///< Rules first.
  Script script;
  std::string seen;     ///< The exact bytes at the client, without the Date line. `502`: that status.
  bool reused = true;   ///< The origin's connection serves the next request.
  bool broken = false;  ///< The client sees its connection end amid the answer.
  std::string request = "GET /scripted HTTP/1.1\r\nHost: h\r\n\r\n";
  bool closes = false;  ///< The client's connection ends after the answer.
  int resent = 0;       ///< Connections that the origin got more because the request was sent again (U4).
};
void run(Gate& gate, const std::vector<AnswerCase>& cases);

/// One case that is no row; counts it.
void count_case();

/// Requests as a client sends them.
std::string get(const std::string& target = "/a", const std::string& fields = {});
std::string post(const std::string& fields, const std::string& body, const std::string& target = "/a");
std::string chunked(const std::string& body, const std::string& target = "/a");

/// A request as the origin receives it: `METHOD TARGET`, end-to-end fields, then how the body is framed.
std::string arrived(const std::string& method_and_target, const std::string& fields = {},
                    const std::optional<std::string>& body = std::nullopt);
std::string arrived_chunked(const std::string& method_and_target, const std::string& chunks,
                            const std::string& fields = {});

/// `line` that many times.
std::string repeated(const std::string& line, int times);

}  // namespace sluice::http::conformance
