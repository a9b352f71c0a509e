// SPDX-License-Identifier: Apache-2.0
// HTTPS towards backends: certificate and host name are verified unless the request says otherwise (K1).
#include "http/support.hpp"

#include <catch2/catch.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <filesystem>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

struct FreeOpenSsl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenSsl>;

/// A key and a self-signed certificate for `names`, valid from now for `seconds`; the certificate also as a PEM file.
struct Identity {
  Owned<EVP_PKEY> key{EVP_EC_gen("P-256")};
  Owned<X509> certificate{X509_new()};
  std::string file;

  explicit Identity(const char* names, long seconds = 3600) {
    X509* const x = certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -7200);
    X509_gmtime_adj(X509_getm_notAfter(x), seconds);
    X509_set_pubkey(x, key.get());
    X509_NAME* const name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(x, name);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names);
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(x, key.get(), EVP_sha256());
    file = (std::filesystem::temp_directory_path() / ("sluice_tls_" + std::to_string(getpid()) + ".pem")).string();
    FILE* const out = std::fopen(file.c_str(), "w");
    PEM_write_X509(out, x);
    std::fclose(out);
  }
  ~Identity() { std::filesystem::remove(file); }
};

/// Speaks TLS on an accepted connection and answers each request with 200 `ok`.
Upstream::Serve tls_server(Identity& identity, int most_version = TLS1_3_VERSION) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  return [&identity, most_version](RawClient& connection, int) {
    Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), most_version);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_use_certificate(context.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
    Owned<SSL> ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), connection.descriptor());
    if (SSL_accept(ssl.get()) != 1) return;
    std::string received;
    char bytes[4096];
    for (;;) {
      const int count = SSL_read(ssl.get(), bytes, sizeof bytes);
      if (count <= 0) return;
      received.append(bytes, static_cast<std::size_t>(count));
      if (received.find("\r\n\r\n") == std::string::npos) continue;
      received.clear();
      const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
      SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
    }
  };
}

struct Call {
  std::string host = "127.0.0.1";
  bool chain = true;
  bool name = true;
};

Result<std::string> call(Runtime& runtime, std::uint16_t port, const Call& how) {
  Request request;
  OutgoingRequest outgoing(request.arena);
  outgoing.url.scheme = "https";
  outgoing.url.host = how.host;
  outgoing.url.port = port;
  outgoing.verify_certificate_chain = how.chain;
  outgoing.verify_certificate_name = how.name;
  auto answer = wait(runtime.transport().send(outgoing, request.arena, request.cancellation));
  if (!answer) return fail(std::move(answer.error()));
  return std::string(answer->body.data());
}

}  // namespace

TEST_CASE("K1: a backend with a trusted certificate for its name is called, and its connection kept", "[http][tls]") {
  Identity identity("IP:127.0.0.1,DNS:localhost");
  Upstream upstream(tls_server(identity));
  Runtime runtime({.workers = 1, .limits = {}, .tls = {.ca_file = identity.file, .use_system_store = false}});
  CHECK(call(runtime, upstream.port(), {}).value() == "ok");
  CHECK(call(runtime, upstream.port(), {}).value() == "ok");
  CHECK(upstream.connections() == 1);
  CHECK(call(runtime, upstream.port(), {.host = "localhost"}).value() == "ok");
}

TEST_CASE("K1: an unknown authority, a wrong name or an expired certificate is refused", "[http][tls]") {
  Identity wrong_name("DNS:other.example");
  Upstream upstream(tls_server(wrong_name));
  Runtime trusting({.workers = 1, .limits = {}, .tls = {.ca_file = wrong_name.file, .use_system_store = false}});
  Runtime strict({.workers = 1, .limits = {}, .tls = {.ca_file = {}, .use_system_store = false}});
  for (const Result<std::string>& refused :
       {call(trusting, upstream.port(), {}), call(trusting, upstream.port(), {.host = "localhost"}),
        call(trusting, upstream.port(), {.host = "127.0.0.1", .chain = false}), call(strict, upstream.port(), {}),
        call(strict, upstream.port(), {.host = "127.0.0.1", .chain = true, .name = false})}) {
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == ErrorCode::backend_connection_failure);
    CHECK(std::string(refused.error().message()) == "The certificate of the backend is not acceptable.");
  }
  Identity expired("IP:127.0.0.1", -3600);
  Upstream late(tls_server(expired));
  Runtime runtime({.workers = 1, .limits = {}, .tls = {.ca_file = expired.file, .use_system_store = false}});
  CHECK_FALSE(call(runtime, late.port(), {}).has_value());
}

TEST_CASE("what a request need not verify is not verified, on connections of its own", "[http][tls]") {
  Identity wrong_name("DNS:other.example");
  Upstream upstream(tls_server(wrong_name));
  Runtime trusting({.workers = 1, .limits = {}, .tls = {.ca_file = wrong_name.file, .use_system_store = false}});
  CHECK(call(trusting, upstream.port(), {.host = "127.0.0.1", .chain = true, .name = false}).value() == "ok");
  CHECK(call(trusting, upstream.port(), {.host = "127.0.0.1", .chain = false, .name = false}).value() == "ok");
  CHECK_FALSE(call(trusting, upstream.port(), {}).has_value());  // not over the connection just used
}

TEST_CASE("K1: TLS below 1.2 is not spoken, nor is plain text taken for TLS", "[http][tls]") {
  Identity identity("IP:127.0.0.1");
  Upstream old(tls_server(identity, TLS1_1_VERSION));
  Runtime runtime({.workers = 1, .limits = {}, .tls = {.ca_file = identity.file, .use_system_store = false}});
  CHECK_FALSE(call(runtime, old.port(), {}).has_value());
  Upstream plain([](RawClient& connection, int) {
    connection.read_bytes(1);
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  CHECK_FALSE(call(runtime, plain.port(), {}).has_value());
  Upstream tls12(tls_server(identity, TLS1_2_VERSION));
  CHECK(call(runtime, tls12.port(), {}).value() == "ok");
}
