// SPDX-License-Identifier: Apache-2.0
// Self-hosted gateways: `gateways/<id>/gatewayInformation.json`, and the APIs that each serves as folders `apis/<id>`
// or a list `apis.json`.
#include "model/read/reading.hpp"

namespace sluice::model {
namespace {

/// `{ name, city, district, countryOrRegion }`: only the name is kept.
std::string read_location(ObjectReader& fields) {
  const JsonValue* value = fields.find("locationData", JsonKind::object);
  if (value == nullptr) return {};
  ObjectReader location(*value, "the location", fields.report());
  std::string name = location.text("name");
  for (std::string_view part : {"city", "district", "countryOrRegion"}) location.text(part);
  location.finish();
  return name;
}

}  // namespace

void read_gateways(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    SelfHostedGateway gateway;
    gateway.id = entry.name;
    const std::filesystem::path file = entry.path / "gatewayInformation.json";
    gateway.file = file.generic_string();
    read_information(reading, file, "the gateway", [&](ObjectReader& fields) {
      gateway.description = fields.text("description");
      gateway.location = read_location(fields);
    });
    for (const FolderEntry& part : reading.files.list(entry.path)) {
      if (read_links(reading, part, "apis", gateway.api_ids) || !part.is_folder) continue;
      // Host names and authorities of a gateway are settings of its host here.
      reading.files.add(Severity::info, "SL5004", part.path, "has no effect: listeners are set up in the settings");
    }
    reading.model.gateways.push_back(std::move(gateway));
  });
}

}  // namespace sluice::model
