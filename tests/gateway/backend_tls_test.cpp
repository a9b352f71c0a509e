// SPDX-License-Identifier: Apache-2.0
#include "gateway/backend_tls.hpp"

#include "base/crypto_certificate.hpp"

#include <catch2/catch.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <memory>

using namespace sluice;

namespace {

std::string text_in(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

/// A certificate with its key, in the forms that a host may have it in.
struct Forms {
  std::string certificate, key, pkcs12;
  Forms() {
    EVP_PKEY* const made = EVP_EC_gen("P-256");
    X509* const x = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, made);
    X509_sign(x, made, EVP_sha256());
    BIO* const out = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(out, x);
    certificate = text_in(out);
    BIO* const secret = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(secret, made, nullptr, nullptr, 0, nullptr, nullptr);
    key = text_in(secret);
    PKCS12* const store = PKCS12_create("word", "name", made, x, nullptr, 0, 0, 0, 0, 0);
    BIO* const packed = BIO_new(BIO_s_mem());
    i2d_PKCS12_bio(packed, store);
    pkcs12 = text_in(packed);
    PKCS12_free(store);
    X509_free(x);
    EVP_PKEY_free(made);
  }
};

Backend shown(std::vector<std::string> certificates) {
  Backend backend;
  backend.id = "b";
  backend.url = "https://b.test";
  backend.credentials.certificates = std::move(certificates);
  return backend;
}

}  // namespace

TEST_CASE("a backend is shown the certificate of the host that it names by id or thumbprint", "[gateway][tls]") {
  const Forms forms;
  const std::vector<ServiceCertificate> certificates = {{"pem", forms.certificate + forms.key, {}},
                                                        {"pkcs12", forms.pkcs12, "word"}};
  const CertificateStore store(certificates);
  const std::string thumbprint = read_certificate(forms.certificate)->thumbprint;
  for (const std::string& name : {std::string("pem"), std::string("PKCS12"), thumbprint}) {
    Diagnostics found;
    const auto tls = tls_of({shown({"unknown", name})}, {store, {}, {}}, found).at(0).own;
    REQUIRE(tls);
    CHECK(found.empty());
    CHECK(tls->certificate.find(forms.certificate) == 0);
    CHECK(tls->key.find("PRIVATE KEY-----") != std::string::npos);
    CHECK(tls->authorities.empty());
  }
}

TEST_CASE("a certificate that the host does not have, or has no key of, is warned of", "[gateway][tls]") {
  const Forms forms;
  const std::vector<ServiceCertificate> certificates = {{"keyless", forms.certificate, {}},
                                                        {"locked", forms.pkcs12, "wrong"}};
  for (const char* name : {"keyless", "locked", "gone"}) {
    Diagnostics found;
    CHECK_FALSE(tls_of({shown({name})}, {CertificateStore(certificates), {}, {}}, found).at(0).own);
    REQUIRE_FALSE(found.empty());
    CHECK_FALSE(found.has_errors());
    CHECK(found.begin()->message.find(name) != std::string::npos);
    CHECK(found.begin()->message.find("BEGIN") == std::string::npos);
  }
}

TEST_CASE("a backend without certificates and authorities of its own needs nothing", "[gateway][tls]") {
  Diagnostics found;
  const CertificateStore none({});
  CHECK_FALSE(tls_of({shown({})}, {none, {}, {{"other", "pem"}}}, found).at(0).own);
  const auto trusted = tls_of({shown({})}, {none, {}, {{"B", "pem"}}}, found).at(0).own;
  REQUIRE(trusted);
  CHECK(trusted->authorities == "pem");
  CHECK(found.empty());
}

TEST_CASE("What a backend's entity says of the right certificates goes along, digits alone", "[gateway][tls]") {
  Backend backend = shown({});
  backend.certificate_thumbprints = {"ab:cd"};
  backend.certificate_names = {{"name", "ef 01"}};
  Diagnostics found;
  const auto tls = tls_of({backend}, {CertificateStore({}), {}, {}}, found).at(0).own;
  REQUIRE(tls);
  CHECK(tls->thumbprints == std::vector<std::string>{"ABCD"});
  CHECK(tls->names == std::vector<std::pair<std::string, std::string>>{{"name", "EF01"}});
}

TEST_CASE("the management of a cluster has certificates of its own", "[gateway][tls][fabric]") {
  const Forms forms;
  Backend backend = shown({});
  backend.certificate_thumbprints = {"11"};
  ServiceFabricCluster& cluster = backend.cluster.emplace();
  cluster.client_certificate = "admin";
  cluster.certificate_thumbprints = {"ab:cd"};
  cluster.certificate_names = {{"name", "ef 01"}};
  Diagnostics found;
  const auto tls =
      tls_of({backend}, {CertificateStore({{"admin", forms.certificate + forms.key, {}}}), {}, {{"b", "pem"}}}, found)
          .at(0);
  CHECK(found.empty());
  REQUIRE(tls.own);
  CHECK(tls.own->thumbprints == std::vector<std::string>{"11"});
  CHECK(tls.own->certificate.empty());
  REQUIRE(tls.cluster);
  CHECK(tls.cluster->certificate.find(forms.certificate) == 0);
  CHECK(tls.cluster->thumbprints == std::vector<std::string>{"ABCD"});
  CHECK(tls.cluster->names == std::vector<std::pair<std::string, std::string>>{{"name", "EF01"}});
  CHECK(tls.cluster->authorities == "pem");
  backend.cluster = ServiceFabricCluster{.client_certificate = "gone"};
  CHECK_FALSE(tls_of({backend}, {CertificateStore({}), {}, {}}, found).at(0).cluster);
  REQUIRE(found.size() == 1);
  CHECK(found.begin()->message.find("'gone'") != std::string::npos);
}
