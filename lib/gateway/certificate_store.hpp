// SPDX-License-Identifier: Apache-2.0
// CertificateStore: the certificates that backends may be shown: those of the deployment, read once, and PKCS #12 files
// that policies compute, kept opened for a while because opening one is slow by design. One per gateway; any thread.
#pragma once

#include <sluice/diagnostic.hpp>
#include <sluice/model.hpp>
#include <sluice/services.hpp>
#include <sluice/transport.hpp>

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A certificate of the deployment.
struct HeldCertificate {
  std::string id;
  std::string thumbprint;                      ///< Upper case; empty when it cannot be read.
  std::shared_ptr<const BackendTls> identity;  ///< Null: it cannot be shown.
  std::string problem;                         ///< Why not, as the end of a sentence.
};

class CertificateStore {
 public:
  /// PKCS #12 files that stay opened; the least recently used leaves first.
  static constexpr std::size_t most_opened = 64;
  /// Of one PKCS #12 file.
  static constexpr std::size_t most_file_bytes = 256 * 1024;

  explicit CertificateStore(const std::vector<ServiceCertificate>& certificates);

  const std::vector<HeldCertificate>& all() const { return held_; }
  /// By id, or by thumbprint; null when there is none.
  const HeldCertificate* find(std::string_view name) const;
  /// What a workspace (empty: the service itself) calls by that id or thumbprint: the same, and by the thumbprint that
  /// the entity of a certificate tells, which may be that of an older one. For a workspace the deployment has
  /// certificates under the id `workspace/id`, and it gets no others.
  const HeldCertificate* find(std::string_view workspace_id, std::string_view name,
                              const std::vector<Certificate>& entities) const;
  /// **Errors**: policy_value_invalid.
  Result<std::shared_ptr<const BackendTls>> open(std::string_view pkcs12, std::string_view password);

  std::size_t opened() const;

 private:
  struct Opened {
    std::string key;  ///< A digest of file and password.
    std::shared_ptr<const BackendTls> identity;
  };

  std::vector<HeldCertificate> held_;
  mutable std::mutex mutex_;
  std::list<Opened> opened_;  // the most recently used first
};

/// Notes which entities the store has, and adds those that only the store has. Mentions what is missing.
void note_certificates(std::vector<Certificate>& entities, const CertificateStore& store, Diagnostics& diagnostics);

}  // namespace sluice
