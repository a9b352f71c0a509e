// SPDX-License-Identifier: Apache-2.0
// References are JSON pointers within the document (RFC 6901); others are reported and not fetched: a specification may
// not make the gateway read files or call servers.
#include "model/openapi/specification.hpp"

#include "base/json_pointer.hpp"
#include "base/text.hpp"
#include "model/bounds.hpp"

#include <algorithm>

namespace sluice::model {
namespace {

const JsonValue* reference_of(const JsonValue& value) {
  const JsonValue* reference = value.find("$ref");
  return reference != nullptr && reference->is_string() ? reference : nullptr;
}

}  // namespace

Specification::Specification(const DataDocument& document, Diagnostics& diagnostics)
    : document_(document), report_(document.source, diagnostics) {
  // YAML reads an unquoted 3.0 as a number; its text is what counts.
  const JsonValue* openapi = root().find("openapi");
  const JsonValue* swagger = root().find("swagger");
  if (openapi != nullptr && (openapi->text.starts_with("3.0") || openapi->text.starts_with("3.1"))) {
    version_ = openapi->text.starts_with("3.0") ? SpecificationVersion::openapi_3 : SpecificationVersion::openapi_3_1;
  } else if (swagger != nullptr && (swagger->text == "2.0" || swagger->text == "2")) {
    version_ = SpecificationVersion::swagger_2;
  } else {
    const JsonValue& at = openapi != nullptr ? *openapi : swagger != nullptr ? *swagger : root();
    error("SL5009", at, "is not a specification of OpenAPI 3.0, 3.1 or Swagger 2.0",
          "it begins with 'openapi: 3.0.1' or 'swagger: \"2.0\"'");
  }
}

const JsonValue* Specification::target_of(std::string_view reference) {
  if (reference == "#") return document_.root;
  if (!reference.starts_with("#/")) return nullptr;
  const JsonValue* at = document_.root;
  for (std::string_view step : split(reference.substr(2), '/')) {
    const std::string name = decode_pointer_step(step);
    if (at->is_array()) {
      const auto index = parse_unsigned(name);
      if (!index || *index >= at->items.size()) return nullptr;
      at = &at->items[static_cast<std::size_t>(*index)];
    } else {
      at = member(*at, name);
      if (at == nullptr) return nullptr;
    }
  }
  return at;
}

const JsonValue* Specification::follow(const JsonValue& holder, Severity severity) {
  const JsonValue* reference = reference_of(holder);
  const JsonValue* target = target_of(reference->text);
  if (target != nullptr) return target;
  const bool is_local = reference->text.starts_with('#');
  add(severity, "SL5005", reference->offset,
      "'" + std::string(reference->text) + (is_local ? "' is not in this file" : "' lies outside this file"),
      is_local ? "" : "only references within the file are followed: bundle the specification into one file");
  return nullptr;
}

bool Specification::is_bare_reference(const JsonValue& schema) const {
  if (reference_of(schema) == nullptr) return false;
  return version_ != SpecificationVersion::openapi_3_1 || schema.members.size() == 1;
}

const JsonValue* Specification::resolve(const JsonValue& value) {
  const JsonValue* at = &value;
  for (unsigned depth = 0; reference_of(*at) != nullptr; ++depth) {
    if (depth == reference_depth) {
      error("SL5005", value,
            "the reference leads to references more than " + std::to_string(reference_depth) + " times");
      return nullptr;
    }
    at = follow(*at, Severity::error);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string Specification::referred_name(const JsonValue& schema) {
  const JsonValue* reference = reference_of(schema);
  if (reference == nullptr) return {};
  const std::size_t slash = reference->text.rfind('/');
  return slash == std::string_view::npos ? std::string() : decode_pointer_step(reference->text.substr(slash + 1));
}

const JsonValue* Specification::member(const JsonValue& object, std::string_view name) {
  constexpr std::size_t searched_one_by_one = 32;
  if (object.members.size() <= searched_one_by_one) return object.find(name);
  auto& index = indexes_[object.members.data()];
  if (index.empty()) {
    for (const JsonMember& each : object.members) index[each.name] = &each.value;
  }
  const auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

bool Specification::keep(std::size_t bytes) {
  if (is_full_) return false;
  kept_bytes_ += imported_part_bytes + bytes;
  if (kept_bytes_ <= imported_bytes) return true;
  is_full_ = true;
  warning("SL9001", root(),
          "parameters, bodies and schemas are larger than " + std::to_string(imported_bytes) +
              " bytes in all; those of further operations are left out");
  return false;
}

void Specification::add(Severity severity, std::string_view code, std::size_t offset, std::string message,
                        std::string hint) {
  if (++findings_ <= findings_per_file) report_.add(severity, code, offset, std::move(message), std::move(hint));
}

void Specification::finish() {
  if (findings_ <= findings_per_file) return;
  report_.add(Severity::warning, "SL5003", 0,
              std::to_string(findings_ - findings_per_file) + " more findings in this specification are not shown");
}

}  // namespace sluice::model
