// SPDX-License-Identifier: Apache-2.0
// Schemas of the service (`schemas/<id>`) and of an API (`apis/<id>/schemas/<id>`): `schemaInformation.json`, with the
// schema in it as ARM has it, or beside it as `schema.json`, `schema.xsd` or `schema.graphql`.
#include "model/read/reading.hpp"

#include "base/text.hpp"
#include "base/write_json.hpp"
#include "model/openapi/specification.hpp"

namespace sluice::model {
namespace {

namespace fs = std::filesystem;

Schema::Kind kind_of(std::string_view type) {
  const std::string word = to_lower(type);
  if (word.find("graphql") != std::string::npos) return Schema::Kind::graphql;
  const bool is_xml = word.find("xml") != std::string::npos || word.find("xsd") != std::string::npos;
  return is_xml ? Schema::Kind::xml : Schema::Kind::json;
}

/// Text as it is; anything else as JSON.
std::string text_of(const JsonValue& value) {
  if (value.is_string()) return std::string(value.text);
  JsonWriter writer;
  write_json(value, writer);
  return std::move(writer).take();
}

/// `document`: the schema under `value`, or OpenAPI's `components` or `definitions`, which keep their name so that
/// pointers into them lead there.
std::string document_text(const JsonValue& document) {
  if (const JsonValue* value = document.find("value"); value != nullptr && !value->is_null()) return text_of(*value);
  for (std::string_view part : {"components", "definitions"}) {
    const JsonValue* found = document.find(part);
    if (found == nullptr || found->is_null()) continue;
    JsonWriter writer;
    writer.begin_object();
    writer.key(part);
    write_json(*found, writer);
    writer.end_object();
    return std::move(writer).take();
  }
  return text_of(document);
}

void read_fields(ObjectReader& fields, Schema& schema) {
  fields.ignore({"description", "provisioningState"});
  schema.content_type = fields.text("contentType");
  const std::string type = fields.text("schemaType");
  schema.kind = kind_of(type.empty() ? schema.content_type : type);
  if (const JsonValue* document = fields.find("document"); document != nullptr && !document->is_null()) {
    schema.text = document_text(*document);
  }
  if (const JsonValue* value = fields.find("value"); value != nullptr && !value->is_null())
    schema.text = text_of(*value);
}

/// The file beside the information that holds the schema.
void read_text(Reading& reading, const FolderEntry& folder, Schema& schema) {
  struct Form {
    std::string_view extension;
    Schema::Kind kind;
  };
  constexpr Form forms[] = {
      {".json", Schema::Kind::json}, {".xsd", Schema::Kind::xml}, {".graphql", Schema::Kind::graphql}};
  for (const FolderEntry& entry : reading.files.list(folder.path)) {
    const std::string name = to_lower(entry.name);
    if (name == "schemainformation.json") continue;
    bool is_known = false;
    for (const Form& form : forms) {
      if (entry.is_folder || name != "schema" + std::string(form.extension)) continue;
      is_known = true;
      std::optional<std::string> text = reading.files.read(entry.path, reading.files.bounds().specification_bytes);
      if (!text) continue;
      schema.text = std::move(*text);
      schema.kind = form.kind;
      schema.file = entry.path.generic_string();
    }
    if (!is_known) reading.files.add(Severity::info, "SL5004", entry.path, "has no effect in this version");
  }
}

}  // namespace

void read_schemas(Reading& reading, const fs::path& folder, std::vector<Schema>& to) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Schema schema;
    schema.id = entry.name;
    schema.workspace_id = reading.workspace_id;
    const fs::path information = entry.path / "schemaInformation.json";
    schema.file = information.generic_string();
    read_text(reading, entry, schema);
    const bool has_file = !schema.text.empty();
    if (reading.files.has_file(information) || !has_file) {
      Schema read;
      const bool is_read = read_information(reading, information, "the schema",
                                            [&](ObjectReader& fields) { read_fields(fields, read); });
      if (is_read && !has_file && read.text.empty()) {
        reading.files.add(Severity::error, "SL5002", information, "the schema has neither 'value' nor 'document'",
                          "or put the schema beside this file, as schema.json or schema.xsd");
      }
      schema.content_type = read.content_type;
      if (!has_file) {
        schema.kind = read.kind;
        schema.text = std::move(read.text);
      }
    }
    to.push_back(std::move(schema));
  });
}

void read_service_schemas(Reading& reading, const fs::path& folder) {
  read_schemas(reading, folder, reading.model.schemas);
}

}  // namespace sluice::model
