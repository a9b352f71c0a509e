// SPDX-License-Identifier: Apache-2.0
// The service's import is followed: the operation's id is `operationId`, or made of method and path; required query
// parameters become part of the template, so that a call without them is not this operation.
#include "model/openapi/operations.hpp"

#include "base/text.hpp"
#include "base/url_template.hpp"
#include "model/bounds.hpp"
#include "model/openapi/parameters.hpp"
#include "model/openapi/parts.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace sluice::model {
namespace {

constexpr std::array<std::string_view, 8> methods = {"get",     "put",  "post",  "delete",
                                                     "options", "head", "patch", "trace"};

bool has_balanced_braces(std::string_view path) {
  bool open = false;
  for (char c : path) {
    if (c == '{' && std::exchange(open, true)) return false;
    if (c == '}' && !std::exchange(open, false)) return false;
  }
  return !open;
}

/// Path parameters that the template does not name.
void drop_unnamed_parameters(Specification& specification, const JsonValue& at, std::string_view path,
                             Operation& operation) {
  const std::vector<TemplateParameter> named = template_parameters(path);
  const auto names = [&](const Parameter& parameter) {
    return std::any_of(named.begin(), named.end(),
                       [&](const TemplateParameter& t) { return t.name == parameter.name; });
  };
  std::vector<Parameter>& declared = operation.template_parameters;
  for (const Parameter& parameter : declared) {
    if (!names(parameter)) {
      specification.warning("SL5005", at,
                            "the path parameter '" + parameter.name + "' is not in the path " + std::string(path));
    }
  }
  std::erase_if(declared, [&](const Parameter& parameter) { return !names(parameter); });
}

void add_required_query(Operation& operation) {
  Arena arena;
  for (const Parameter& parameter : operation.query_parameters) {
    if (!parameter.required || template_names_query(operation.url_template, parameter.name, arena)) continue;
    operation.url_template += operation.url_template.find('?') == std::string::npos ? '?' : '&';
    operation.url_template += parameter.name + "={" + parameter.name + '}';
    operation.template_parameters.push_back(parameter);
  }
  std::erase_if(operation.query_parameters, [](const Parameter& parameter) { return parameter.required; });
}

class OperationsReader {
 public:
  explicit OperationsReader(Specification& specification) : specification_(specification) {}

  std::vector<Operation> run() {
    const JsonValue* paths = specification_.root().find("paths");
    if (paths == nullptr) {
      // OpenAPI 3.1 allows a document of components or webhooks alone.
      specification_.warning("SL5002", specification_.root(), "'paths' is missing: the API has no operations");
      return {};
    }
    if (!paths->is_object()) {
      specification_.error("SL5003", *paths, "'paths' must be an object, found " + std::string(name_of(paths->kind)));
      return {};
    }
    for (const JsonMember& path : paths->members) read_path(path);
    return std::move(operations_);
  }

 private:
  void read_path(const JsonMember& path) {
    if (path.name.starts_with("x-")) return;
    if (!path.name.starts_with('/') || !has_balanced_braces(path.name)) {
      return specification_.add(Severity::error, "SL5003", path.name_offset,
                                "'" + std::string(path.name) + "' is not a path such as /items/{id}");
    }
    const JsonValue* item = specification_.resolve(path.value);
    if (item == nullptr) return;
    if (!item->is_object()) {
      return specification_.error("SL5003", *item,
                                  "a path must hold an object, found " + std::string(name_of(item->kind)));
    }
    for (const JsonMember& member : item->members) {
      if (std::find(methods.begin(), methods.end(), member.name) != methods.end()) {
        read_operation(path.name, *item, member);
      } else {
        check_other(member);
      }
    }
  }

  void check_other(const JsonMember& member) {
    for (std::string_view known : {"parameters", "summary", "description", "servers", "$ref"}) {
      if (member.name == known) return;
    }
    if (member.name.starts_with("x-")) return;
    specification_.add(Severity::info, "SL5004", member.name_offset,
                       "'" + std::string(member.name) + "' is neither a method nor a field of a path");
  }

  void read_operation(std::string_view path, const JsonValue& item, const JsonMember& method) {
    if (!method.value.is_object()) {
      return specification_.error("SL5003", method.value,
                                  "an operation must be an object, found " + std::string(name_of(method.value.kind)));
    }
    if (operations_.size() >= operations_per_api) {
      if (!std::exchange(full_, true)) {
        specification_.add(Severity::error, "SL9003", method.name_offset,
                           "the API has more than " + std::to_string(operations_per_api) + " operations");
      }
      return;
    }
    Operation operation;
    operation.method = method.name;
    for (char& c : operation.method) c = static_cast<char>(c - 'a' + 'A');
    operation.url_template = path;
    operation.id = operation_id(path, method);
    const JsonValue* summary = method.value.find("summary");
    operation.display_name = summary != nullptr && summary->is_string() ? std::string(summary->text) : operation.id;
    read_parameters(specification_, item, method.value, operation);
    drop_unnamed_parameters(specification_, method.value, path, operation);
    complete_parameters(operation);
    read_request(specification_, item, method.value, operation);
    read_responses(specification_, method.value, operation);
    operations_.push_back(std::move(operation));
  }

  std::string operation_id(std::string_view path, const JsonMember& method) {
    const JsonValue* written = method.value.find("operationId");
    if (written != nullptr && written->is_string() && !trim(written->text).empty()) {
      std::string id(trim(written->text));
      // Ids are compared without case, because they name folders and resources.
      if (!ids_.insert(to_lower(id)).second) {
        specification_.error("SL5006", *written, "the operationId '" + id + "' stands twice");
      }
      return id;
    }
    if (written != nullptr) specification_.error("SL5003", *written, "'operationId' must be text that is not empty");
    const std::string id = generated_operation_id(method.name, path);
    std::string free = id;
    for (std::size_t number = 2; !ids_.insert(free).second; ++number) free = id + '-' + std::to_string(number);
    return free;
  }

  Specification& specification_;
  std::vector<Operation> operations_;
  std::set<std::string> ids_;
  bool full_ = false;
};

}  // namespace

std::string generated_operation_id(std::string_view method, std::string_view path) {
  std::string id(method);
  bool separate = true;
  for (char c : path) {
    if (!is_alpha(c) && !is_digit(c)) {
      separate = true;
      continue;
    }
    if (separate) id += '-';
    separate = false;
    id += to_lower(c);
  }
  return id;
}

void complete_parameters(Operation& operation) {
  const std::string path = operation.url_template;
  std::vector<Parameter>& declared = operation.template_parameters;
  for (const TemplateParameter& parameter : template_parameters(path)) {
    const bool known =
        std::any_of(declared.begin(), declared.end(), [&](const Parameter& d) { return d.name == parameter.name; });
    if (!known) declared.push_back({std::string(parameter.name), "string", true, {}, {}, {}});
  }
  add_required_query(operation);
}

std::vector<Operation> read_operations(Specification& specification) { return OperationsReader(specification).run(); }

}  // namespace sluice::model
