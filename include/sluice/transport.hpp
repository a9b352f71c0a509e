// SPDX-License-Identifier: Apache-2.0
// Transport: sends a request to a URL and streams the answer. Implemented by the pooled HTTP client
// (sluice::http), by ScriptedTransport in tests, and by host programs. Called from the threads that run requests;
// the task resumes on the same thread, or on one of the transport's own when the host has none.
#pragma once

#include <sluice/limits.hpp>
#include <sluice/message.hpp>
#include <sluice/task.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// The versions of HTTP that a request may be sent with.
enum class HttpVersions : std::uint8_t {
  http_1,       ///< HTTP/1.1.
  http_1_or_2,  ///< HTTP/2 where the backend agrees to it over TLS, else HTTP/1.1.
  http_2,       ///< HTTP/2 alone; without TLS with prior knowledge.
};

/// How TLS to one backend differs from the transport's own settings. PEM texts.
struct BackendTls {
  std::string authorities;  ///< Trusted instead of the transport's own; empty: those.
  std::string certificate;  ///< What the gateway shows, with its chain; empty: nothing.
  std::string key;          ///< Of `certificate`. Secret.
  /// SHA-1 thumbprints in upper case: not empty, or with names below: the backend's certificate, or one that it is
  /// issued by, must have one of these, and is then trusted without an authority that vouches for it.
  std::vector<std::string> thumbprints = {};
  /// The same by the name of the backend's certificate, and the thumbprint of the one that it is issued by.
  std::vector<std::pair<std::string, std::string>> names = {};
  bool operator==(const BackendTls&) const = default;
};

/// A proxy between the gateway and a backend, spoken to without TLS: it is asked for a tunnel (CONNECT) to where TLS is
/// spoken or the protocol changes, and sent the whole URL otherwise. **Source**: RFC 9110 section 9.3.6, RFC 9112
/// section 3.2.2.
struct ForwardProxy {
  std::string_view host;  ///< As in a `Url`.
  std::uint16_t port = 80;
  std::string_view authorization;  ///< Value of Proxy-Authorization; empty: none. Secret.
  bool operator==(const ForwardProxy&) const = default;
};

/// A request on its way out. Everything it refers to lives until the answer's body has been read or dropped.
struct OutgoingRequest {
  explicit OutgoingRequest(Arena& arena) : headers(arena) {}

  std::string_view method = "GET";
  Url url;
  /// End-to-end fields only. The transport adds Host (when absent), Content-Length or Transfer-Encoding, Connection.
  Headers headers;
  /// A stream is read while it is sent; it can be sent once.
  Body body;
  /// To the complete head of the answer. 0: the transport's own limit only.
  std::chrono::milliseconds timeout{0};
  bool verify_certificate_chain = true;
  bool verify_certificate_name = true;
  /// Compared by what it holds, not by its address: connections are shared with requests that have the same. Null:
  /// none.
  const BackendTls* tls = nullptr;
  /// Likewise. Null: the backend is called directly.
  const ForwardProxy* proxy = nullptr;
  HttpVersions versions = HttpVersions::http_1;
  /// The protocol to change to (`websocket`); empty: none. After an answer of 101 `body` is streamed to the backend
  /// as it comes, and the answer's body is the stream of what the backend sends.
  std::string_view upgrade;
  /// The URL may name the instance metadata service, whose address is refused to all others (S2). Never for a URL that
  /// a caller or a policy had a hand in.
  bool to_instance_metadata = false;
};

class Transport {
 public:
  virtual ~Transport() = default;
  /// Sends `request`. The task ends with the answer's head; the body follows as a stream or, when it has arrived
  /// already, as bytes. `arena` receives the head.
  /// **Errors**: backend_connection_failure (not connected, cut, refused by a proxy; retry() says whether a new try is
  /// safe), timeout,
  /// backend_answer_invalid, cancelled. A stream's later failure shows in its `read`.
  /// **Cancellation**: ends the exchange, also while the body streams; the connection is dropped.
  virtual Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) = 0;
};

}  // namespace sluice
