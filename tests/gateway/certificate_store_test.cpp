// SPDX-License-Identifier: Apache-2.0
#include "gateway/certificate_store.hpp"

#include "support/text_files.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace sluice;

namespace {

const std::filesystem::path folder = std::filesystem::path(SLUICE_SOURCE_DIR) / "tests/cases/certificates";
std::string file(const char* name) { return test::read_text(folder / name); }

std::vector<ServiceCertificate> certificates() {
  return {{"gateway", file("gateway.pem"), {}},
          {"second", file("second.p12"), "word"},
          {"keyless", file("keyless.pem"), {}},
          {"locked", file("second.p12"), "wrong"}};
}

}  // namespace

TEST_CASE("Certificates of the deployment are found by id and thumbprint", "[gateway][tls]") {
  const CertificateStore store(certificates());
  const HeldCertificate* gateway = store.find("Gateway");
  REQUIRE(gateway != nullptr);
  REQUIRE(gateway->identity != nullptr);
  CHECK(gateway->identity->key.find("PRIVATE KEY") != std::string::npos);
  CHECK(store.find(gateway->thumbprint) == gateway);
  CHECK(store.find("second")->identity != nullptr);
  CHECK(store.find("keyless")->problem == "has no private key");
  CHECK(store.find("locked")->problem == "cannot be read");
  CHECK(store.find("gone") == nullptr);
  CHECK(store.find("") == nullptr);
}

TEST_CASE("An older thumbprint that the service tells leads to the certificate of that id", "[gateway][tls]") {
  const CertificateStore store(certificates());
  Certificate entity;
  entity.id = "GATEWAY";
  entity.thumbprint = "00112233445566778899AABBCCDDEEFF00112233";
  CHECK(store.find({}, "00 11 22 33445566778899aabbccddeeff00112233", {entity}) == store.find("gateway"));
  CHECK(store.find({}, "00112233445566778899AABBCCDDEEFF00112234", {entity}) == nullptr);
}

TEST_CASE("An opened PKCS #12 file is kept, by what it holds and its password", "[gateway][tls]") {
  CertificateStore store({});
  const std::string pkcs12 = file("gateway.p12");
  const auto first = store.open(pkcs12, "word");
  REQUIRE(first);
  CHECK(store.open(std::string(pkcs12), "word").value() == *first);
  CHECK(store.open(file("second.p12"), "word").value() != *first);
  CHECK(store.opened() == 2);
  const auto refused = store.open(pkcs12, "wrong");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == ErrorCode::policy_value_invalid);
  CHECK(store.opened() == 2);
}

TEST_CASE("Opened PKCS #12 files are kept and taken within bounds", "[gateway][tls][limits]") {
  CertificateStore store({});
  // Bytes behind the file make another one of it.
  std::string pkcs12 = file("gateway.p12");
  for (std::size_t i = 0; i < CertificateStore::most_opened + 3; ++i) {
    pkcs12 += 'x';
    REQUIRE(store.open(pkcs12, "word"));
  }
  CHECK(store.opened() == CertificateStore::most_opened);
  pkcs12.resize(CertificateStore::most_file_bytes + 1);
  CHECK_FALSE(store.open(pkcs12, "word"));
}

TEST_CASE("A PKCS #12 file that would take long to open is refused at once", "[gateway][tls][limits]") {
  CertificateStore store({});
  const auto refused = store.open(file("slow.p12"), "word");
  REQUIRE_FALSE(refused);
  CHECK(std::string(refused.error().message()).find("takes too much work to open") != std::string::npos);
}

TEST_CASE("Entities of certificates are told what is at hand, and what is missing is mentioned", "[gateway][tls]") {
  const CertificateStore store(certificates());
  std::vector<Certificate> entities(2);
  entities[0].id = "Second";
  entities[1].id = "gone";
  entities[1].file = "certificates/gone/certificateInformation.json";
  Diagnostics found;
  note_certificates(entities, store, found);
  CHECK(entities.size() == 5);
  CHECK(entities[0].is_at_hand);
  CHECK_FALSE(entities[1].is_at_hand);
  CHECK(entities[2].id == "gateway");
  CHECK(entities[2].is_at_hand);
  REQUIRE(found.size() == 1);
  CHECK(found.begin()->severity == Severity::info);
  CHECK(found.begin()->message.find("'gone'") != std::string::npos);
}
