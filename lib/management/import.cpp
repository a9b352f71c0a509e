// SPDX-License-Identifier: Apache-2.0
// What a PUT of an API imports. The text goes into the folder as it came; the reader makes operations of it.
#include "base/text.hpp"
#include "management/apis.hpp"
#include "model/bounds.hpp"
#include "model/data_document.hpp"

#include <algorithm>
#include <set>

namespace sluice::management {
namespace {

namespace fs = std::filesystem;

struct ImportFormat {
  std::string_view name, extension;
};
constexpr ImportFormat formats[] = {{"openapi", "yaml"},  {"openapi+json", "json"}, {"swagger-json", "json"},
                                    {"wadl-xml", "wadl"}, {"wsdl", "wsdl"},         {"graphql", "graphql"}};

Outcome<std::string> extension_of(const Properties& given) {
  const std::string format = given.string("format");
  if (format.find("-link") != std::string::npos) {
    return invalid("The format '" + format +
                   "' is not carried out: nothing is fetched. Send the specification itself.");
  }
  for (const ImportFormat& known : formats) {
    if (known.name != format) continue;
    const bool is_json = known.name == "openapi" && trim(given.string("value")).starts_with('{');
    return std::string(is_json ? "json" : known.extension);
  }
  return invalid("'format' must be openapi, openapi+json, swagger-json, wadl-xml, wsdl or graphql, found '" + format +
                 "'.");
}

/// The first server of OpenAPI, or Swagger's host and base path; empty when that is no absolute URL.
std::string server_of(const JsonValue& root) {
  if (const JsonValue* servers = root.find("servers"); servers != nullptr && !servers->items.empty()) {
    const JsonValue* url = servers->items[0].find("url");
    const std::string text = url != nullptr && url->is_string() ? std::string(url->text) : std::string();
    return (text.starts_with("https://") || text.starts_with("http://")) && text.find('{') == std::string::npos ? text
                                                                                                                : "";
  }
  const JsonValue* host = root.find("host");
  if (host == nullptr || !host->is_string()) return {};
  const JsonValue* schemes = root.find("schemes");
  const JsonValue* base = root.find("basePath");
  std::string scheme = "https";
  if (schemes != nullptr && !schemes->items.empty() && schemes->items[0].is_string()) scheme = schemes->items[0].text;
  return scheme + "://" + std::string(host->text) + (base != nullptr ? std::string(base->text) : std::string());
}

/// With what the specification says where the caller says nothing.
Properties completed_by(const std::string& text, const std::string& extension, Properties given) {
  if (extension != "json" && extension != "yaml") return given;
  Diagnostics ignored;  // The reader tells them in a moment.
  const auto document =
      model::parse_data("specification", text, extension == "json" ? model::DataFormat::json : model::DataFormat::yaml,
                        {.depth = model::specification_depth, .members = model::specification_values}, ignored);
  if (document == nullptr) return given;
  const JsonValue* title = document->root->at({"info", "title"});
  if (given.find("displayName") == nullptr && title != nullptr && title->is_string()) {
    given = given.with_string("displayName", title->text);
  }
  const std::string server = server_of(*document->root);
  if (given.find("serviceUrl") == nullptr && !server.empty()) given = given.with_string("serviceUrl", server);
  return given;
}

/// Operations of before: their own files go, and the policies of those that are no more.
void remove_old_operations(Edit& edit, const fs::path& folder) {
  const Layout layout = edit.layout();
  for (const std::string& id : layout.ids(folder, "operations")) {
    edit.files.remove(layout.place(folder, "operations", id) / "operationInformation.json");
  }
  std::set<std::string> known;
  for (const Operation& operation : operations_of(layout, folder)) known.insert(to_lower(operation.id));
  for (const std::string& id : layout.ids(folder, "operations")) {
    if (!known.contains(to_lower(id))) edit.files.remove(layout.place(folder, "operations", id));
  }
}

}  // namespace

Outcome<Properties> import_specification(Edit& edit, const fs::path& folder, const Properties& given) {
  const Outcome<std::string> extension = extension_of(given);
  if (!extension) return tl::unexpected(extension.error());
  const std::string text = given.string("value");
  if (text.empty()) return invalid("'value' must be the text of the specification.");
  for (const std::string& name : edit.layout().file_names(folder)) {
    if (to_lower(name).starts_with("specification.")) edit.files.remove(folder / name);
  }
  edit.files.write(folder / ("specification." + *extension), text);
  remove_old_operations(edit, folder);
  return completed_by(text, *extension, given.without({"format", "value"}));
}

}  // namespace sluice::management
