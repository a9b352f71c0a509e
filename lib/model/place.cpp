// SPDX-License-Identifier: Apache-2.0
#include "model/place.hpp"

#include "model/bounds.hpp"
#include "model/data_document.hpp"
#include "model/folder_reader.hpp"

#include <filesystem>
#include <utility>

namespace sluice::model {
namespace {

thread_local const FileSource* places = nullptr;  ///< Null: the disk.

const JsonValue* find_text(const JsonValue& value, std::string_view text) {
  if (value.is_string()) {
    if (value.text == text) return &value;
    const bool ends = value.text.size() > text.size() && value.text.ends_with(text) &&
                      value.text[value.text.size() - text.size() - 1] == '/';
    return ends ? &value : nullptr;
  }
  for (const JsonValue& item : value.items) {
    if (const JsonValue* found = find_text(item, text)) return found;
  }
  for (const JsonMember& member : value.members) {
    if (const JsonValue* found = find_text(member.value, text)) return found;
  }
  return nullptr;
}

std::unique_ptr<DataDocument> read_again(const std::string& file) {
  Diagnostics ignored;  // What is wrong with the file itself was said when it was read.
  FolderReader files(ReadBounds{}, ignored, places != nullptr ? *places : disk_files());
  const std::filesystem::path path(file);
  const bool is_json = path.extension() == ".json";
  if (!is_json && path.extension() != ".yaml" && path.extension() != ".yml") return nullptr;
  std::optional<std::string> text = files.read(path, files.bounds().specification_bytes);
  if (!text) return nullptr;
  return parse_data(file, std::move(*text), is_json ? DataFormat::json : DataFormat::yaml,
                    JsonLimits{.depth = specification_depth, .members = specification_values}, ignored);
}

const JsonValue* descend(const JsonValue& root, std::initializer_list<std::string_view> path, std::string_view text) {
  const JsonValue* properties = root.find("properties");
  const JsonValue* at = properties != nullptr ? properties : &root;
  for (std::string_view name : path) {
    const JsonValue* next = at->find(name);
    if (next == nullptr) return nullptr;
    at = next;
  }
  return text.empty() ? at : find_text(*at, text);
}

}  // namespace

PlacesFrom::PlacesFrom(const FileSource& source) : before_(std::exchange(places, &source)) {}
PlacesFrom::~PlacesFrom() { places = before_; }

Diagnostic model_finding(Severity severity, std::string_view code, const std::string& file, std::string_view entity,
                         std::initializer_list<std::string_view> path, std::string_view text, std::string message,
                         std::string hint) {
  Diagnostic finding;
  if (const auto document = file.empty() ? nullptr : read_again(file)) {
    if (const JsonValue* value = descend(*document->root, path, text)) {
      return document->source.diagnostic(severity, code, value->offset,
                                         token_length(document->source.text(), value->offset), std::move(message),
                                         std::move(hint));
    }
  }
  finding.severity = severity;
  finding.code = code;
  finding.file = file.empty() ? std::string(entity) : file;
  finding.message = std::move(message);
  finding.hint = std::move(hint);
  return finding;
}

}  // namespace sluice::model
