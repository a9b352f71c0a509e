// SPDX-License-Identifier: Apache-2.0
#include "base/crypto_revocation.hpp"

#include "base/crypto_x509.hpp"

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>

namespace sluice {
namespace {

using namespace x509;
using OcspRequest = Held<OCSP_REQUEST, OCSP_REQUEST_free>;
using OcspResponse = Held<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using OcspBasic = Held<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using OcspId = Held<OCSP_CERTID, OCSP_CERTID_free>;

constexpr std::int64_t clock_skew = 300;  // seconds that a responder's clock may be ahead

struct FreeCertificates {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
struct FreeLists {
  void operator()(STACK_OF(X509_CRL) * stack) const { sk_X509_CRL_free(stack); }
};

void add_url(const GENERAL_NAME* name, std::vector<std::string>& to) {
  if (name->type != GEN_URI || to.size() >= RevocationSources::most) return;
  const ASN1_STRING* const text = name->d.uniformResourceIdentifier;
  std::string url(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                  static_cast<std::size_t>(ASN1_STRING_length(text)));
  if (url.starts_with("http://")) to.push_back(std::move(url));
}

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  return time != nullptr && ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<std::int64_t>(timegm(&parts)) : 0;
}

/// A store that trusts the issuer alone, as it was at `now`.
Store trusting(X509* issuer, std::int64_t now) {
  Store store(X509_STORE_new());
  if (store == nullptr || X509_STORE_add_cert(store.get(), issuer) != 1) return nullptr;
  X509_VERIFY_PARAM* const parameters = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(parameters, static_cast<std::time_t>(now));
  return store;
}

bool is_current(std::int64_t from, std::int64_t until, std::int64_t now) {
  return from != 0 && from <= now + clock_skew && (until == 0 || until > now);
}

/// Validity of the certificate itself is somebody else's question.
int judge(int good, X509_STORE_CTX* verification) {
  const int error = X509_STORE_CTX_get_error(verification);
  return good == 1 || error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID ? 1 : 0;
}

RevocationList read_list(std::string_view bytes_of_list) {
  if (bytes_of_list.starts_with("-----BEGIN")) {
    const Memory memory(BIO_new_mem_buf(bytes_of_list.data(), static_cast<int>(bytes_of_list.size())));
    return RevocationList(PEM_read_bio_X509_CRL(memory.get(), nullptr, nullptr, nullptr));
  }
  const unsigned char* at = bytes(bytes_of_list);
  return RevocationList(d2i_X509_CRL(nullptr, &at, static_cast<long>(bytes_of_list.size())));
}

}  // namespace

RevocationSources revocation_sources(std::string_view der) {
  const ErrorsStayHere guard;
  RevocationSources sources;
  const Certificate certificate = read_der(der);
  if (certificate == nullptr) return sources;
  auto* const access =
      static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(certificate.get(), NID_info_access, nullptr, nullptr));
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); ++i) {
    const ACCESS_DESCRIPTION* const one = sk_ACCESS_DESCRIPTION_value(access, i);
    if (OBJ_obj2nid(one->method) == NID_ad_OCSP) add_url(one->location, sources.ocsp);
  }
  AUTHORITY_INFO_ACCESS_free(access);
  auto* const points =
      static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(certificate.get(), NID_crl_distribution_points, nullptr, nullptr));
  for (int i = 0; i < sk_DIST_POINT_num(points); ++i) {
    const DIST_POINT* const point = sk_DIST_POINT_value(points, i);
    if (point->distpoint == nullptr || point->distpoint->type != 0) continue;
    const GENERAL_NAMES* const names = point->distpoint->name.fullname;
    for (int k = 0; k < sk_GENERAL_NAME_num(names); ++k) add_url(sk_GENERAL_NAME_value(names, k), sources.lists);
  }
  CRL_DIST_POINTS_free(points);
  return sources;
}

std::string ocsp_request(std::string_view certificate, std::string_view issuer) {
  const ErrorsStayHere guard;
  const Certificate below = read_der(certificate);
  const Certificate above = read_der(issuer);
  const OcspRequest request(OCSP_REQUEST_new());
  if (below == nullptr || above == nullptr || request == nullptr) return {};
  OcspId id(OCSP_cert_to_id(nullptr, below.get(), above.get()));
  if (id == nullptr || OCSP_request_add0_id(request.get(), id.get()) == nullptr) return {};
  (void)id.release();  // the request's now
  return encoded(request.get(), i2d_OCSP_REQUEST);
}

RevocationAnswer read_ocsp_answer(std::string_view answer, std::string_view certificate, std::string_view issuer,
                                  std::int64_t now) {
  const ErrorsStayHere guard;
  const unsigned char* at = bytes(answer);
  const OcspResponse response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(answer.size())));
  const Certificate below = read_der(certificate);
  const Certificate above = read_der(issuer);
  if (response == nullptr || below == nullptr || above == nullptr) return {};
  if (OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) return {};
  const OcspBasic basic(OCSP_response_get1_basic(response.get()));
  const Store store = trusting(above.get(), now);
  const std::unique_ptr<STACK_OF(X509), FreeCertificates> signers(sk_X509_new_null());
  const OcspId id(OCSP_cert_to_id(nullptr, below.get(), above.get()));
  if (basic == nullptr || store == nullptr || id == nullptr) return {};
  sk_X509_push(signers.get(), above.get());
  if (OCSP_basic_verify(basic.get(), signers.get(), store.get(), 0) != 1) return {};
  int status = V_OCSP_CERTSTATUS_UNKNOWN;
  ASN1_GENERALIZEDTIME* from = nullptr;
  ASN1_GENERALIZEDTIME* until = nullptr;
  if (OCSP_resp_find_status(basic.get(), id.get(), &status, nullptr, nullptr, &from, &until) != 1) return {};
  const std::int64_t end = seconds_of(until);
  if (!is_current(seconds_of(from), end, now)) return {};
  if (status == V_OCSP_CERTSTATUS_GOOD) return {Revocation::good, end};
  return {status == V_OCSP_CERTSTATUS_REVOKED ? Revocation::revoked : Revocation::unknown, end};
}

RevocationAnswer read_revocation_list(std::string_view bytes_of_list, std::string_view certificate,
                                      std::string_view issuer, std::int64_t now) {
  const ErrorsStayHere guard;
  const Certificate below = read_der(certificate);
  const Certificate above = read_der(issuer);
  const RevocationList list = read_list(bytes_of_list);
  const Verification verification(X509_STORE_CTX_new());
  if (below == nullptr || above == nullptr || list == nullptr || verification == nullptr) return {};
  const std::int64_t until = seconds_of(X509_CRL_get0_nextUpdate(list.get()));
  if (!is_current(seconds_of(X509_CRL_get0_lastUpdate(list.get())), until, now)) return {};
  const Store store = trusting(above.get(), now);
  if (store == nullptr) return {};
  X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(store.get()), X509_V_FLAG_CRL_CHECK);
  const std::unique_ptr<STACK_OF(X509_CRL), FreeLists> lists(sk_X509_CRL_new_null());
  sk_X509_CRL_push(lists.get(), list.get());
  if (X509_STORE_CTX_init(verification.get(), store.get(), below.get(), nullptr) != 1) return {};
  X509_STORE_CTX_set0_crls(verification.get(), lists.get());
  X509_STORE_CTX_set_verify_cb(verification.get(), judge);
  const bool is_good = X509_verify_cert(verification.get()) == 1;
  const int error = X509_STORE_CTX_get_error(verification.get());
  if (error == X509_V_ERR_CERT_REVOKED) return {Revocation::revoked, until};
  return {is_good ? Revocation::good : Revocation::unknown, until};
}

}  // namespace sluice
