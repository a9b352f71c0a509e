// SPDX-License-Identifier: Apache-2.0
#include "base/jws.hpp"

#include <array>

namespace sluice {
namespace {

struct AlgorithmRow {
  std::string_view name;
  SignatureScheme scheme;
  HashAlgorithm hash;
};

/// In the order of the enumerators.
constexpr AlgorithmRow algorithms[] = {{"HS256", SignatureScheme::hmac, HashAlgorithm::sha256},
                                       {"HS384", SignatureScheme::hmac, HashAlgorithm::sha384},
                                       {"HS512", SignatureScheme::hmac, HashAlgorithm::sha512},
                                       {"RS256", SignatureScheme::rsa_pkcs1, HashAlgorithm::sha256},
                                       {"RS384", SignatureScheme::rsa_pkcs1, HashAlgorithm::sha384},
                                       {"RS512", SignatureScheme::rsa_pkcs1, HashAlgorithm::sha512},
                                       {"PS256", SignatureScheme::rsa_pss, HashAlgorithm::sha256},
                                       {"PS384", SignatureScheme::rsa_pss, HashAlgorithm::sha384},
                                       {"PS512", SignatureScheme::rsa_pss, HashAlgorithm::sha512},
                                       {"ES256", SignatureScheme::ecdsa, HashAlgorithm::sha256},
                                       {"ES384", SignatureScheme::ecdsa, HashAlgorithm::sha384},
                                       {"ES512", SignatureScheme::ecdsa, HashAlgorithm::sha512},
                                       {"EdDSA", SignatureScheme::eddsa, HashAlgorithm::sha512}};

const AlgorithmRow& row_of(JwsAlgorithm algorithm) { return algorithms[static_cast<std::size_t>(algorithm)]; }

bool fits_kind(const CryptoKey& key, const AlgorithmRow& row) {
  switch (row.scheme) {
    case SignatureScheme::hmac: return key.kind() == KeyKind::secret && key.secret().size() >= digest_size(row.hash);
    case SignatureScheme::rsa_pkcs1:
    case SignatureScheme::rsa_pss: return key.kind() == KeyKind::rsa;
    case SignatureScheme::ecdsa:
      return key.kind() == (row.hash == HashAlgorithm::sha256   ? KeyKind::p256
                            : row.hash == HashAlgorithm::sha384 ? KeyKind::p384
                                                                : KeyKind::p521);
    case SignatureScheme::eddsa: return key.kind() == KeyKind::ed25519 || key.kind() == KeyKind::ed448;
  }
  return false;
}

tl::unexpected<Error> invalid(std::string what) {
  return fail(ErrorCode::jwt_invalid, "The token is not valid: " + std::move(what) + ".");
}

}  // namespace

std::optional<JwsAlgorithm> find_jws_algorithm(std::string_view name) {
  for (std::size_t i = 0; i < std::size(algorithms); ++i) {
    if (algorithms[i].name == name) return static_cast<JwsAlgorithm>(i);
  }
  return std::nullopt;
}

bool fits(const VerificationKey& key, JwsAlgorithm algorithm) {
  return key.algorithm.value_or(algorithm) == algorithm && fits_kind(key.key, row_of(algorithm));
}

Result<JwsHeader> read_jws_header(const JsonValue& header) {
  for (const std::string_view name : {"crit", "b64", "zip"}) {
    if (header.find(name) != nullptr) return invalid("its header has '" + std::string(name) + "'");
  }
  const JsonValue* name = header.find("alg");
  const auto algorithm = name != nullptr && name->is_string() ? find_jws_algorithm(name->text) : std::nullopt;
  if (!algorithm) return invalid("its algorithm is not one that is accepted");
  const JsonValue* id = header.find("kid");
  if (id != nullptr && !id->is_string()) return invalid("its 'kid' is no text");
  return JwsHeader{*algorithm, id != nullptr ? id->text : std::string_view()};
}

bool verify_jws(const VerificationKey& key, JwsAlgorithm algorithm, const Jwt& token) {
  const AlgorithmRow& row = row_of(algorithm);
  return fits(key, algorithm) && !token.signature.empty() &&
         verify_signature(key.key, row.scheme, row.hash, token.signed_text, token.signature);
}

}  // namespace sluice
