// SPDX-License-Identifier: Apache-2.0
// Certificates in settings: those that the listener shows, those that policies and backends see, and whom the gateway
// trusts.
#include "base/text.hpp"
#include "model/settings/sections.hpp"

#include <set>

namespace sluice::model {
namespace {

constexpr std::size_t most_certificates = 1'000;

/// Reads each object of the array `name` with `read`.
template <class Read>
void read_list(ObjectReader& owner, std::string_view name, std::string_view what, Read read) {
  const JsonValue* list = owner.find(name, JsonKind::array);
  if (list == nullptr) return;
  if (list->items.size() > most_certificates) {
    owner.report().error("SL5003", *list,
                         "'" + std::string(name) + "' must hold at most " + std::to_string(most_certificates) +
                             " certificates, found " + std::to_string(list->items.size()));
    return;
  }
  for (const JsonValue& item : list->items) {
    ObjectReader reader(item, what, owner.report());
    reader.ignore({"$comment"});
    read(reader, item);
    reader.finish(UnknownFields::error);
  }
}

void read_backends(ObjectReader& tls, TlsSettings& to) {
  read_section(tls, "backends", [&](ObjectReader& backends) {
    for (const JsonMember& member : backends.value().members) {
      if (member.name == "$comment") continue;
      backends.ignore({member.name});
      ObjectReader backend(member.value, "the TLS settings of a backend", backends.report());
      backend.ignore({"$comment"});
      to.backend_ca_files[std::string(member.name)] = backend.required_text("caFile");
      backend.finish(UnknownFields::error);
    }
  });
}

}  // namespace

void read_listener_tls(ObjectReader& reader, ListenerTls& tls) {
  if (!reader.has("certificates")) {
    reader.missing("certificates",
                   "for example \"certificates\": [ { \"certificateFile\": \"tls.pem\", \"keyFile\": \"tls.key\" } ]");
  }
  read_list(reader, "certificates", "the certificate", [&](ObjectReader& certificate, const JsonValue&) {
    ListenerCertificate read;
    read.certificate_file = certificate.required_text("certificateFile");
    read.key_file = certificate.required_text("keyFile");
    tls.certificates.push_back(std::move(read));
  });
  const JsonValue* list = reader.find("certificates");
  if (list != nullptr && list->is_array() && list->items.empty()) {
    reader.report().error("SL5003", *list, "'certificates' must hold at least one certificate");
  }
  tls.client_certificates = reader.one_of<ClientCertificates>("clientCertificates",
                                                              {{"none", ClientCertificates::none},
                                                               {"optional", ClientCertificates::optional},
                                                               {"required", ClientCertificates::required}},
                                                              tls.client_certificates);
  tls.client_ca_file = reader.text("clientCaFile");
  if (tls.client_certificates != ClientCertificates::none && tls.client_ca_file.empty()) {
    reader.missing("clientCaFile", "the certificates of callers are verified with the authorities in that file");
  }
  tls.http2 = reader.boolean("http2", tls.http2);
}

void read_tls(ObjectReader& settings, HostSettings& to) {
  read_section(settings, "listenTls",
               [&](ObjectReader& reader) { read_listener_tls(reader, to.listen_tls.emplace()); });
  read_section(settings, "tls", [&](ObjectReader& tls) {
    to.tls.ca_file = tls.text("caFile", to.tls.ca_file);
    to.tls.use_system_store = tls.boolean("useSystemStore", to.tls.use_system_store);
    read_backends(tls, to.tls);
  });
  std::set<std::string> ids;
  read_list(settings, "certificates", "the certificate", [&](ObjectReader& certificate, const JsonValue& at) {
    CertificateSettings read;
    read.id = certificate.required_text("id");
    read.certificate_file = certificate.required_text("certificateFile");
    read.key_file = certificate.text("keyFile");
    if (!read.id.empty() && !ids.insert(to_lower(read.id)).second) {
      certificate.report().error("SL5003", at, "the id '" + read.id + "' stands twice in 'certificates'");
    }
    to.certificates.push_back(std::move(read));
  });
}

}  // namespace sluice::model
