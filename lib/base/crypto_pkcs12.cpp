// SPDX-License-Identifier: Apache-2.0
#include "base/crypto_pkcs12.hpp"

#include "base/crypto_x509.hpp"

#include <openssl/asn1t.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

namespace sluice {
namespace {

using namespace x509;

constexpr std::uint64_t unbounded = UINT64_MAX / 4;

std::uint64_t number_of(const ASN1_INTEGER* number) {
  std::uint64_t value = 0;
  return number != nullptr && ASN1_INTEGER_get_uint64(&value, number) == 1 && value < unbounded ? value : unbounded;
}

/// Rounds that a way of encryption by password takes.
std::uint64_t rounds_of(const X509_ALGOR* algorithm) {
  if (algorithm == nullptr) return unbounded;
  if (OBJ_obj2nid(algorithm->algorithm) != NID_pbes2) {
    const Held<PBEPARAM, PBEPARAM_free> old(
        static_cast<PBEPARAM*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), algorithm->parameter)));
    return old == nullptr ? unbounded : number_of(old->iter);
  }
  const Held<PBE2PARAM, PBE2PARAM_free> both(
      static_cast<PBE2PARAM*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter)));
  if (both == nullptr || OBJ_obj2nid(both->keyfunc->algorithm) != NID_id_pbkdf2) return unbounded;
  const Held<PBKDF2PARAM, PBKDF2PARAM_free> key(
      static_cast<PBKDF2PARAM*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), both->keyfunc->parameter)));
  return key == nullptr ? unbounded : number_of(key->iter);
}

std::uint64_t rounds_of(const STACK_OF(PKCS12_SAFEBAG) * bags) {
  std::uint64_t sum = 0;
  for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags) && sum < unbounded; ++i) {
    const PKCS12_SAFEBAG* const bag = sk_PKCS12_SAFEBAG_value(bags, i);
    const int kind = PKCS12_SAFEBAG_get_nid(bag);
    if (kind == NID_safeContentsBag) return unbounded;  // bags in bags, which nobody writes
    if (kind != NID_pkcs8ShroudedKeyBag) continue;
    const X509_ALGOR* algorithm = nullptr;
    X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, nullptr);
    sum += rounds_of(algorithm);
  }
  return sum;
}

struct FreeSafes {
  void operator()(STACK_OF(PKCS7) * safes) const { sk_PKCS7_pop_free(safes, PKCS7_free); }
};
struct FreeBags {
  void operator()(STACK_OF(PKCS12_SAFEBAG) * bags) const { sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free); }
};

}  // namespace

bool is_worth_opening(const PKCS12& file, const std::string& password) {
  const ErrorsStayHere guard;
  const ASN1_INTEGER* mac_rounds = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &mac_rounds, &file);
  std::uint64_t sum = mac_rounds == nullptr ? 0 : number_of(mac_rounds);
  const std::unique_ptr<STACK_OF(PKCS7), FreeSafes> safes(PKCS12_unpack_authsafes(&file));
  for (int i = 0; i < sk_PKCS7_num(safes.get()) && sum <= most_pkcs12_rounds; ++i) {
    PKCS7* const safe = sk_PKCS7_value(safes.get(), i);
    std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), FreeBags> bags;
    if (PKCS7_type_is_encrypted(safe)) {
      sum += rounds_of(safe->d.encrypted->enc_data->algorithm);
      if (sum > most_pkcs12_rounds) break;
      bags.reset(PKCS12_unpack_p7encdata(safe, password.c_str(), static_cast<int>(password.size())));
    } else if (PKCS7_type_is_data(safe)) {
      bags.reset(PKCS12_unpack_p7data(safe));
    }
    sum += rounds_of(bags.get());
  }
  return sum <= most_pkcs12_rounds;
}

}  // namespace sluice
