// SPDX-License-Identifier: Apache-2.0
// `management`: the listener on which entities are read and changed. Whether its token and its address will do is for
// whoever opens it: the token may come from the environment, the address from the command line.
#include "model/settings/sections.hpp"

namespace sluice::model {

void read_management(ObjectReader& settings, ManagementSettings& to) {
  const JsonValue* value = settings.find("management", JsonKind::object);
  if (value == nullptr) return;
  Report report = settings.report().hiding();
  ObjectReader reader(*value, "management", report);
  reader.ignore({"$comment"});
  read_endpoint(reader, "listen", true, to.listen);
  read_section(reader, "listenTls", [&](ObjectReader& tls) { read_listener_tls(tls, to.listen_tls.emplace()); });
  to.allow_plain_http = reader.boolean("allowPlainHttp", to.allow_plain_http);
  to.token = reader.text("token");
  to.token_file = reader.text("tokenFile");
  if (!to.token.empty() && !to.token_file.empty()) {
    reader.report().error("SL5003", *reader.find("tokenFile"), "'token' and 'tokenFile' exclude one another");
  }
  to.write_back = reader.boolean("writeBack", to.write_back);
  reader.finish(UnknownFields::error);
}

}  // namespace sluice::model
