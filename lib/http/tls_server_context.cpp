// SPDX-License-Identifier: Apache-2.0
// The certificate is chosen when the ClientHello has arrived, before anything is decided on its content. A ticket is
// bound to the named host and to what callers must show (K1): whoever comes with one of another host, or of a listener
// with other demands, shakes hands in full.
#include "http/tls_server_context.hpp"

#include "http/worker.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>

namespace sluice::http {
namespace {

constexpr int security_level = 2;          // 112 bits: RSA from 2048 bits on, no SHA-1
constexpr int most_chain_depth = 10;       // of a caller's certificate
constexpr long most_chain_bytes = 32'768;  // the same in bytes
constexpr std::size_t most_listener_certificates = 1'000;

tl::unexpected<Error> refuse(std::string why) { return fail(ErrorCode::internal, std::move(why)); }

/// The names that a certificate is for.
std::vector<std::string> dns_names(X509* certificate) {
  std::vector<std::string> names;
  auto* const found =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(found); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(found, i);
    if (name->type != GEN_DNS) continue;
    const ASN1_IA5STRING* const text = name->d.dNSName;
    names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                       static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  GENERAL_NAMES_free(found);
  std::sort(names.begin(), names.end());
  return names;
}

/// Why a certificate is not good at this time; empty when it is.
std::string time_problem(X509* certificate) {
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) return "is not valid yet";
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) return "has expired";
  return {};
}

bool has_expired(const X509* certificate) {
  return certificate != nullptr && X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0;
}

}  // namespace

/// What OpenSSL calls during a handshake.
struct TlsServerContext::Callbacks {
  static const TlsServerContext& context_of(const SSL* ssl) {
    return *static_cast<const TlsServerContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  }
  static TlsStream& stream_of(const SSL* ssl) { return *static_cast<TlsStream*>(SSL_get_app_data(ssl)); }

  static int choose_certificate(SSL* ssl, int*, void*) {
    const unsigned char* data = nullptr;
    std::size_t size = 0;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &size) != 1) return SSL_CLIENT_HELLO_SUCCESS;
    TlsStream& stream = stream_of(ssl);
    stream.set_server_name(read_server_name({data, size}));
    SSL_CTX* const context = context_of(ssl).context_for(stream.server_name());
    if (context != SSL_get_SSL_CTX(ssl)) SSL_set_SSL_CTX(ssl, context);
    return SSL_CLIENT_HELLO_SUCCESS;
  }

  /// A caller that speaks none of ours is not served: it means to talk to something else.
  static int choose_protocol(SSL* ssl, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                             unsigned offered_size, void*) {
    const std::string_view ours = context_of(ssl).protocols_;
    unsigned char* found = nullptr;
    const int result = SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(ours.data()),
                                             static_cast<unsigned>(ours.size()), offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
  }

  static int bind_ticket(SSL* ssl, void*) {
    const Binding binding = context_of(ssl).binding_of(stream_of(ssl).server_name());
    return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), binding.data(), binding.size());
  }

  static SSL_TICKET_RETURN judge_ticket(SSL* ssl, SSL_SESSION* session, const unsigned char*, std::size_t,
                                        SSL_TICKET_STATUS status, void*) {
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
    const Binding binding = context_of(ssl).binding_of(stream_of(ssl).server_name());
    void* data = nullptr;
    std::size_t size = 0;
    const bool is_bound = SSL_SESSION_get0_ticket_appdata(session, &data, &size) == 1 && size == binding.size() &&
                          std::memcmp(data, binding.data(), size) == 0;
    if (!is_bound || has_expired(SSL_SESSION_get0_peer(session))) return SSL_TICKET_RETURN_IGNORE_RENEW;
    // TLS 1.3: each ticket is used once, so that whoever resumes gets the next one.
    const bool is_good_again = status == SSL_TICKET_SUCCESS && SSL_version(ssl) != TLS1_3_VERSION;
    return is_good_again ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
  }

  /// Seals or opens a ticket. Source: SSL_CTX_set_tlsext_ticket_key_evp_cb(3): 1 good, 2 good but old, 0 not ours.
  static int use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* start, EVP_CIPHER_CTX* cipher,
                            EVP_MAC_CTX* mac, int seals) {
    TicketKeys& keys = *context_of(ssl).keys_;
    const SteadyTime now = Worker::coarse_now();
    const auto newest = keys.current(now);
    if (!newest) return -1;
    const auto key = seals == 1 ? newest : keys.find(std::span<const unsigned char, 16>(name, 16), now);
    if (!key) return 0;
    char digest[] = "SHA256";
    auto secret = key->mac;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, secret.data(), secret.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    bool good = EVP_MAC_CTX_set_params(mac, parameters) == 1;
    OPENSSL_cleanse(secret.data(), secret.size());
    if (seals == 1) {
      std::copy(key->name.begin(), key->name.end(), name);
      good = good && RAND_bytes(start, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
             EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), start) == 1;
    } else {
      good = good && EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), start) == 1;
    }
    if (!good) return -1;
    return seals == 1 || key->name == newest->name ? 1 : 2;
  }
};

Result<std::shared_ptr<const TlsServerContext>> TlsServerContext::make(const ListenerTls& settings,
                                                                       std::string_view protocols,
                                                                       std::shared_ptr<TicketKeys> keys) {
  if (settings.certificates.empty()) return refuse("A TLS listener needs a certificate.");
  if (settings.certificates.size() > most_listener_certificates) return refuse("There are too many certificates.");
  std::shared_ptr<TlsServerContext> made(new TlsServerContext(protocols, std::move(keys)));
  auto read = made->read_client_settings(settings);
  if (!read) return fail(std::move(read.error()));
  for (const ListenerCertificate& files : settings.certificates) {
    auto added = made->add(files);
    if (!added) return fail(std::move(added.error()));
  }
  return std::shared_ptr<const TlsServerContext>(std::move(made));
}

Result<void> TlsServerContext::read_client_settings(const ListenerTls& settings) {
  std::string demanded(1, static_cast<char>(settings.client_certificates));
  if (settings.client_certificates != ClientCertificates::none) {
    if (settings.client_ca_file.empty())
      return refuse("A listener that asks for client certificates needs a file of authorities to verify them with.");
    auto authorities = read_certificate_file(settings.client_ca_file);
    if (!authorities) return fail(std::move(authorities.error()));
    client_authorities_ = std::move(*authorities);
    verify_mode_ = SSL_VERIFY_PEER;
    if (settings.client_certificates == ClientCertificates::required) verify_mode_ |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    for (const auto& authority : client_authorities_) {
      Binding hash{};
      unsigned size = 0;
      if (X509_digest(authority.get(), EVP_sha256(), hash.data(), &size) != 1) return refuse("TLS cannot be set up.");
      demanded.append(reinterpret_cast<const char*>(hash.data()), hash.size());
    }
  }
  const bool hashed =
      EVP_Digest(demanded.data(), demanded.size(), client_settings_.data(), nullptr, EVP_sha256(), nullptr) == 1;
  return hashed ? Result<void>() : refuse("TLS cannot be set up.");
}

Result<TlsOwned<SSL_CTX>> TlsServerContext::make_context() const {
  TlsOwned<SSL_CTX> made = make_tls_context(TLS_server_method());
  SSL_CTX* const context = made.get();
  if (context == nullptr) return refuse("TLS cannot be set up.");
  SSL_CTX_set_app_data(context, const_cast<TlsServerContext*>(this));
  SSL_CTX_set_security_level(context, security_level);
  SSL_CTX_set_verify(context, verify_mode_, nullptr);
  SSL_CTX_set_verify_depth(context, most_chain_depth);
  SSL_CTX_set_max_cert_list(context, most_chain_bytes);
  for (const auto& authority : client_authorities_) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(context, authority.get()) != 1) {
      return refuse("The authorities for client certificates cannot be used.");
    }
  }
  SSL_CTX_set_client_hello_cb(context, Callbacks::choose_certificate, nullptr);
  SSL_CTX_set_alpn_select_cb(context, Callbacks::choose_protocol, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets alone: nothing is kept for sessions
  SSL_CTX_set_timeout(context, std::chrono::seconds(TicketKeys::ticket_time).count());
  SSL_CTX_set_session_id_context(context, client_settings_.data(), client_settings_.size());
  SSL_CTX_set_session_ticket_cb(context, Callbacks::bind_ticket, Callbacks::judge_ticket, nullptr);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, Callbacks::use_ticket_key);
  return made;
}

Result<void> TlsServerContext::add(const ListenerCertificate& files) {
  auto chain = read_certificate_file(files.certificate_file);
  if (!chain) return fail(std::move(chain.error()));
  auto key = read_key_file(files.key_file);
  if (!key) return fail(std::move(key.error()));
  X509* const certificate = chain->front().get();
  if (const std::string problem = time_problem(certificate); !problem.empty())
    return refuse("The certificate in '" + files.certificate_file + "' " + problem + ".");
  if (X509_check_private_key(certificate, key->get()) != 1) {
    ERR_clear_error();
    return refuse("The key in '" + files.key_file + "' does not belong to the certificate in '" +
                  files.certificate_file + "'.");
  }
  std::vector<std::string> names = dns_names(certificate);
  if (names.empty() && !identities_.empty())
    return refuse("The certificate in '" + files.certificate_file +
                  "' has no DNS name (subjectAltName) and is not the first: nobody would ever be shown it.");
  const int kind = EVP_PKEY_get_base_id(key->get());
  auto same = std::find_if(identities_.begin(), identities_.end(), [&](const Identity& identity) {
    const auto& kinds = identity.key_kinds;
    return identity.names == names && std::find(kinds.begin(), kinds.end(), kind) == kinds.end();
  });
  if (same == identities_.end()) {
    auto context = make_context();
    if (!context) return fail(std::move(context.error()));
    for (const std::string& name : names) names_.add(name, identities_.size());
    same = identities_.insert(identities_.end(), Identity{std::move(*context), std::move(names), {}});
  }
  if (!use_identity(same->context.get(), *chain, key->get()))
    return refuse("The certificate in '" + files.certificate_file + "' is weaker than TLS allows here.");
  same->key_kinds.push_back(kind);
  return {};
}

SSL_CTX* TlsServerContext::context_for(std::string_view host) const {
  return identities_[names_.find(host).value_or(0)].context.get();
}

TlsServerContext::Binding TlsServerContext::binding_of(std::string_view host) const {
  std::string text(reinterpret_cast<const char*>(client_settings_.data()), client_settings_.size());
  text += host;
  Binding binding{};
  EVP_Digest(text.data(), text.size(), binding.data(), nullptr, EVP_sha256(), nullptr);
  return binding;
}

std::unique_ptr<TlsStream> TlsServerContext::accept(Wire& wire) const {
  return TlsStream::accept(identities_.front().context.get(), wire, shared_from_this());
}

}  // namespace sluice::http
