// SPDX-License-Identifier: Apache-2.0
#include "gateway/certificate_store.hpp"

#include "base/crypto.hpp"
#include "base/crypto_certificate.hpp"
#include "base/entity_lookup.hpp"
#include "base/text.hpp"
#include "base/thumbprint.hpp"
#include "model/place.hpp"

#include <algorithm>

namespace sluice {
namespace {

std::shared_ptr<const BackendTls> identity_of(CertificatePem pem) {
  BackendTls tls;
  tls.certificate = std::move(pem.chain);
  tls.key = std::move(pem.private_key);
  return std::make_shared<const BackendTls>(std::move(tls));
}

HeldCertificate held(const ServiceCertificate& from) {
  HeldCertificate made;
  made.id = from.id;
  if (const auto info = read_certificate(from.bytes, from.password)) made.thumbprint = info->thumbprint;
  auto pem = certificate_pem(from.bytes, from.password);
  if (pem) {
    made.identity = identity_of(std::move(*pem));
  } else {
    made.problem = std::move(pem.error());
  }
  return made;
}

/// Of both, told apart by the length of the first.
std::string key_of(std::string_view file, std::string_view password) {
  std::string both = std::to_string(file.size()) + ":";
  both.append(file).append(password);
  return std::string(digest(HashAlgorithm::sha256, both).view());
}

template <class Range>
auto by_id(Range& range, std::string_view id) {
  return std::find_if(range.begin(), range.end(), [&](const auto& one) { return equal_ignoring_case(one.id, id); });
}

}  // namespace

CertificateStore::CertificateStore(const std::vector<ServiceCertificate>& certificates) {
  for (const ServiceCertificate& one : certificates) held_.push_back(held(one));
}

const HeldCertificate* CertificateStore::find(std::string_view name) const {
  if (const auto found = by_id(held_, name); found != held_.end()) return &*found;
  const std::string thumbprint = plain_thumbprint(name);
  if (thumbprint.empty()) return nullptr;
  const auto found =
      std::find_if(held_.begin(), held_.end(), [&](const auto& one) { return one.thumbprint == thumbprint; });
  return found == held_.end() ? nullptr : &*found;
}

const HeldCertificate* CertificateStore::find(std::string_view workspace_id, std::string_view name,
                                              const std::vector<Certificate>& entities) const {
  if (name.find('/') != std::string_view::npos) return nullptr;
  if (workspace_id.empty()) {
    if (const HeldCertificate* found = find(name)) return found;
  }
  const std::string thumbprint = plain_thumbprint(name);
  for (const Certificate& entity : entities) {
    if (!equal_ignoring_case(entity.workspace_id, workspace_id)) continue;
    const auto held = by_id(held_, entity_key(entity));
    if (held == held_.end()) continue;
    const bool is_meant =
        equal_ignoring_case(entity.id, name) ||
        (!thumbprint.empty() && (plain_thumbprint(entity.thumbprint) == thumbprint || held->thumbprint == thumbprint));
    if (is_meant) return &*held;
  }
  return nullptr;
}

Result<std::shared_ptr<const BackendTls>> CertificateStore::open(std::string_view pkcs12, std::string_view password) {
  if (pkcs12.size() > most_file_bytes)
    return fail(ErrorCode::policy_value_invalid, "The PKCS #12 file of the certificate is too large.");
  const std::string key = key_of(pkcs12, password);
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(opened_.begin(), opened_.end(), [&](const Opened& one) { return one.key == key; });
    if (found != opened_.end()) {
      opened_.splice(opened_.begin(), opened_, found);
      return found->identity;
    }
  }
  auto pem = certificate_pem(pkcs12, password);
  if (!pem) return fail(ErrorCode::policy_value_invalid, "The PKCS #12 file of the certificate " + pem.error() + ".");
  auto identity = identity_of(std::move(*pem));
  const std::lock_guard lock(mutex_);
  if (opened_.size() >= most_opened) opened_.pop_back();
  opened_.push_front({key, identity});
  return identity;
}

std::size_t CertificateStore::opened() const {
  const std::lock_guard lock(mutex_);
  return opened_.size();
}

void note_certificates(std::vector<Certificate>& entities, const CertificateStore& store, Diagnostics& diagnostics) {
  for (const HeldCertificate& held : store.all()) {
    auto found = std::find_if(entities.begin(), entities.end(),
                              [&](const Certificate& one) { return equal_ignoring_case(entity_key(one), held.id); });
    if (found == entities.end()) {
      found = entities.emplace(entities.end());
      const EntityName name = name_of_key(held.id);
      found->workspace_id = name.workspace_id;
      found->id = name.id;
      found->thumbprint = held.thumbprint;
    }
    found->is_at_hand = true;
  }
  for (const Certificate& entity : entities) {
    if (entity.is_at_hand) continue;
    diagnostics.add(model::model_finding(Severity::info, "SL5002", entity.file, "certificate " + entity.id, {}, {},
                                         "the certificate '" + entity_key(entity) +
                                             "' comes without its content: a service never gives private keys away",
                                         "name it, with its files, in 'certificates' of the settings"));
  }
}

}  // namespace sluice
