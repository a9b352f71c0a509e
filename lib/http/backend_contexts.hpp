// SPDX-License-Identifier: Apache-2.0
// The TLS contexts of the client: the transport's own, and one for each distinct content of `BackendTls`, so that
// certificates and keys are parsed once. Shared by all workers.
#pragma once

#include "http/tls_context.hpp"

#include <sluice/transport.hpp>

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace sluice::http {

/// A context and what it was made of, or why it could not be made.
struct BackendContext {
  BackendContext(const ClientTls& settings, const BackendTls& from);
  bool is_of(const BackendTls& tls) const;

  const BackendTls content;
  std::optional<TlsContext> context;  ///< Refers to `content`.
  std::string problem;
};
using BackendContextRef = std::shared_ptr<const BackendContext>;

class BackendContexts {
 public:
  static constexpr std::size_t most_kept = 256;  ///< The least recently used leaves first.

  explicit BackendContexts(const ClientTls& settings);
  /// Without anything of a backend's own.
  const BackendContextRef& own() const { return own_; }
  BackendContextRef find(const BackendTls& tls);
  std::size_t size();

 private:
  const ClientTls settings_;
  const BackendContextRef own_;
  std::mutex mutex_;
  std::list<BackendContextRef> kept_;  // the most recently used first
};

}  // namespace sluice::http
