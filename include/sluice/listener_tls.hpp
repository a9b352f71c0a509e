// SPDX-License-Identifier: Apache-2.0
// How a listener speaks TLS: TLS 1.2 and 1.3, suites with forward secrecy and authenticated encryption only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// A certificate that a listener shows. The files are read when the listener starts and when it reloads them.
struct ListenerCertificate {
  /// PEM: the certificate, then those it is issued by. It is for the DNS names of its subjectAltName; `*` stands for
  /// one label.
  std::string certificate_file;
  std::string key_file;  ///< PEM, without a passphrase.
};

/// Whether callers show certificates. What they show is verified against `ListenerTls::client_ca_file`.
enum class ClientCertificates : std::uint8_t {
  none,      ///< Not asked for.
  optional,  ///< Asked for; a caller without one is served, one with an invalid one is not.
  required,  ///< A caller without a valid one is not served.
};

struct ListenerTls {
  /// At least one. The first is also for callers that name no host, or an unknown one. Certificates for the same names
  /// with keys of different kinds (RSA, ECDSA) are offered together.
  std::vector<ListenerCertificate> certificates;
  ClientCertificates client_certificates = ClientCertificates::none;
  std::string client_ca_file;  ///< PEM; needed unless `client_certificates` is none.
  bool http2 = true;           ///< Offer HTTP/2 (ALPN) beside HTTP/1.1.
};

}  // namespace sluice
