// SPDX-License-Identifier: Apache-2.0
#include "model/read/reading.hpp"

#include "base/text.hpp"

namespace sluice::model {

namespace fs = std::filesystem;

void for_each_folder(Reading& reading, const fs::path& folder, const std::function<void(const FolderEntry&)>& read) {
  for (const FolderEntry& entry : reading.files.list(folder)) {
    if (entry.is_folder) {
      read(entry);
    } else {
      reading.files.add(Severity::info, "SL5004", entry.path, "is not part of the layout and has no effect");
    }
  }
}

bool read_json(Reading& reading, const fs::path& file, const std::function<void(const JsonValue&, Report&)>& read,
               SourceLines lines) {
  if (!reading.files.has_file(file)) {
    reading.files.add(Severity::error, "SL5008", file, "the file is missing",
                      "a folder that is being written or was copied in part looks like this");
    return false;
  }
  std::optional<std::string> text = reading.files.read(file, reading.files.bounds().information_bytes);
  if (!text) return false;
  const auto document = parse_data(file.generic_string(), std::move(*text), DataFormat::json, JsonLimits{},
                                   reading.files.diagnostics(), lines);
  if (!document) return false;
  Report report(document->source, reading.files.diagnostics(), lines);
  read(*document->root, report);
  return true;
}

void read_properties(const JsonValue& resource, std::string_view what, Report& report,
                     const std::function<void(ObjectReader&)>& read) {
  ObjectReader outer(resource, what, report);
  outer.ignore({"$schema", "id", "name", "type", "apiVersion", "location"});
  if (!outer.has("properties")) {
    outer.missing("properties");
    return outer.finish();
  }
  if (const JsonValue* properties = outer.find("properties", JsonKind::object)) {
    ObjectReader inner(*properties, what, report);
    read(inner);
    inner.finish();
  }
  outer.finish();
}

bool read_information(Reading& reading, const fs::path& file, std::string_view what,
                      const std::function<void(ObjectReader&)>& read, SourceLines lines) {
  return read_json(
      reading, file, [&](const JsonValue& resource, Report& report) { read_properties(resource, what, report, read); },
      lines);
}

std::optional<PolicySource> read_policy(Reading& reading, const fs::path& folder) {
  std::optional<PolicySource> policy;
  for (const FolderEntry& entry : reading.files.list(folder)) {
    if (entry.is_folder || !to_lower(entry.name).ends_with(".xml")) continue;
    if (entry.name != "policy.xml") {
      reading.files.add(Severity::warning, "SL5008", entry.path, "only policy.xml is read as a policy document",
                        "rename it to policy.xml, or remove it");
      continue;
    }
    std::optional<std::string> text = reading.files.read(entry.path, reading.files.bounds().policy_bytes);
    if (text) policy = PolicySource{std::move(*text), entry.path.generic_string(), PolicyFormat::rawxml};
  }
  return policy;
}

std::string_view below_service(std::string_view id) {
  constexpr std::string_view provider = "/providers/microsoft.apimanagement/service/";
  const std::string lower = to_lower(id);
  const std::size_t found = lower.find(provider);
  if (found == std::string::npos) return id;
  const std::size_t slash = id.find('/', found + provider.size());
  return slash == std::string_view::npos ? std::string_view("/") : id.substr(slash);
}

std::string last_segment(std::string_view id) {
  while (id.ends_with('/')) id.remove_suffix(1);
  const std::size_t slash = id.rfind('/');
  return std::string(slash == std::string_view::npos ? id : id.substr(slash + 1));
}

std::string without_revision(std::string_view id) { return std::string(id.substr(0, id.find(";rev="))); }

}  // namespace sluice::model
