// SPDX-License-Identifier: Apache-2.0
// Resources nest, and their paths and parameters come together for the methods in them. What stands elsewhere and is
// only referred to (`href`) is reported and not followed.
#include "model/wadl/import.hpp"

#include "base/text.hpp"
#include "base/xml_events.hpp"
#include "model/bounds.hpp"
#include "model/openapi/operations.hpp"

#include <algorithm>
#include <set>

namespace sluice::model {
namespace {

constexpr ContentLimits limits{.depth = specification_depth, .members = specification_values};

std::string_view value_of(std::span<const XmlEventAttribute> attributes, std::string_view name) {
  for (const XmlEventAttribute& attribute : attributes) {
    if (attribute.name.written == name) return attribute.value;
  }
  return {};
}

/// A handler of elements alone.
class ElementHandler : public XmlHandler {
 public:
  bool declaration(const XmlEventDeclaration&) override { return true; }
  bool text(std::string_view, bool) override { return true; }
  bool cdata(std::string_view) override { return true; }
  bool comment(std::string_view) override { return true; }
  bool instruction(std::string_view, std::string_view) override { return true; }
};

std::string_view type_of(std::string_view type) {
  const std::string_view word = type.substr(type.find(':') == std::string_view::npos ? 0 : type.find(':') + 1);
  for (std::string_view name : {"int", "integer", "long", "short"}) {
    if (word == name) return "integer";
  }
  for (std::string_view name : {"decimal", "double", "float"}) {
    if (word == name) return "number";
  }
  return word == "boolean" ? "boolean" : "string";
}

class WadlReader final : public ElementHandler {
 public:
  WadlReader(FolderReader& files, const std::filesystem::path& file, Api& api)
      : files_(files), file_(file), api_(api) {}

  bool start(const XmlEventName& name, std::span<const XmlEventAttribute> attributes) override {
    if (open_.empty() && name.local != "application") {
      report(Severity::error, "SL5009", "is no WADL document: its root is <" + std::string(name.local) + ">");
      return false;
    }
    open_.push_back({std::string(name.local), path(), parameters()});
    if (!value_of(attributes, "href").empty()) {
      report(Severity::warning, "SL5005",
             "references of WADL ('" + std::string(value_of(attributes, "href")) + "') are not followed");
    }
    if (name.local == "resource") start_resource(value_of(attributes, "path"));
    if (name.local == "method" && !start_method(attributes)) return false;
    if (name.local == "response") start_response(value_of(attributes, "status"));
    if (name.local == "param") start_parameter(attributes);
    if (name.local == "option") add_option(value_of(attributes, "value"));
    if (name.local == "representation") add_representation(value_of(attributes, "mediaType"));
    return true;
  }

  bool end(bool) override {
    const std::string name = open_.back().name;
    if (name == "param") end_parameter();
    open_.pop_back();
    if (name == "method") end_method();
    return true;
  }

 private:
  struct Open {
    std::string name;
    std::string path;
    std::vector<std::pair<std::string, Parameter>> parameters;  ///< By style, of the resources around.
  };

  std::string path() const { return open_.empty() ? std::string() : open_.back().path; }
  std::vector<std::pair<std::string, Parameter>> parameters() const {
    return open_.empty() ? std::vector<std::pair<std::string, Parameter>>() : open_.back().parameters;
  }
  void report(Severity severity, std::string_view code, std::string message) {
    if (++findings_ <= findings_per_file) files_.add(severity, code, file_, std::move(message));
  }
  std::string_view parent() const { return open_.size() < 2 ? std::string_view() : open_[open_.size() - 2].name; }

  void start_resource(std::string_view path) {
    std::string& whole = open_.back().path;
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    if (!path.empty()) whole += '/' + std::string(path);
  }

  bool start_method(std::span<const XmlEventAttribute> attributes) {
    if (api_.operations.size() >= operations_per_api) {
      report(Severity::error, "SL9003", "the API has more than " + std::to_string(operations_per_api) + " operations");
      return false;
    }
    operation_ = Operation();
    operation_.url_template = path().empty() ? "/" : path();
    operation_.method = to_lower(value_of(attributes, "name"));
    operation_.id = value_of(attributes, "id");
    for (const auto& [style, parameter] : open_.back().parameters) add_parameter(style, parameter);
    return true;
  }

  void end_method() {
    if (!is_token(operation_.method)) {
      return report(Severity::error, "SL5002", "a method of " + operation_.url_template + " has no name");
    }
    if (operation_.id.empty()) operation_.id = generated_operation_id(operation_.method, operation_.url_template);
    operation_.display_name = operation_.id;
    for (char& c : operation_.method) c = is_alpha(c) ? static_cast<char>(c & ~0x20) : c;
    if (!ids_.insert(to_lower(operation_.id)).second) {
      return report(Severity::error, "SL5006", "the method '" + operation_.id + "' stands twice");
    }
    complete_parameters(operation_);
    api_.operations.push_back(std::move(operation_));
  }

  /// A list of codes is an answer for each; what stands in it belongs to all of them.
  void start_response(std::string_view status) {
    first_response_ = operation_.responses.size();
    for (std::string_view word : split_words(status.empty() ? "200" : status)) {
      const auto code = parse_unsigned(word);
      if (!code || *code < 100 || *code > 599) {
        report(Severity::error, "SL5003", "'" + std::string(word.substr(0, 20)) + "' is not a status code");
      } else {
        operation_.responses.push_back({static_cast<int>(*code), {}, {}, {}});
      }
    }
  }

  void start_parameter(std::span<const XmlEventAttribute> attributes) {
    style_ = value_of(attributes, "style");
    parameter_ = Parameter();
    parameter_.name = value_of(attributes, "name");
    parameter_.type = type_of(value_of(attributes, "type"));
    parameter_.required = value_of(attributes, "required") == "true" || style_ == "template";
    parameter_.default_value = value_of(attributes, "default");
  }
  void add_option(std::string_view value) {
    if (parent() == "param" && parameter_.values.size() < parameters_per_operation)
      parameter_.values.emplace_back(value);
  }
  void end_parameter() {
    const std::string_view around = parent();
    if (around == "resource") {
      auto& own = open_[open_.size() - 2].parameters;
      if (own.size() < parameters_per_operation) own.emplace_back(style_, parameter_);
    } else if (around == "request") {
      add_parameter(style_, parameter_);
    } else if (around == "response") {
      for (std::size_t i = first_response_; i < operation_.responses.size(); ++i) {
        if (style_ == "header") operation_.responses[i].headers.push_back(parameter_);
      }
    }
  }
  void add_parameter(std::string_view style, const Parameter& parameter) {
    auto* to = style == "template" ? &operation_.template_parameters
               : style == "query"  ? &operation_.query_parameters
               : style == "header" ? &operation_.headers
                                   : nullptr;
    if (to != nullptr && to->size() < parameters_per_operation) to->push_back(parameter);
  }

  void add_representation(std::string_view type) {
    Representation representation;
    representation.content_type = type;
    if (parent() == "request") {
      operation_.request_representations.push_back(representation);
    } else if (parent() == "response") {
      for (std::size_t i = first_response_; i < operation_.responses.size(); ++i) {
        operation_.responses[i].representations.push_back(representation);
      }
    }
  }

  FolderReader& files_;
  const std::filesystem::path& file_;
  Api& api_;
  std::vector<Open> open_;
  Operation operation_;
  Parameter parameter_;
  std::string style_;
  std::size_t first_response_ = 0;
  std::set<std::string> ids_;
  std::size_t findings_ = 0;
};

class WsdlReader final : public ElementHandler {
 public:
  explicit WsdlReader(std::size_t most) : most_(most) {}
  bool start(const XmlEventName& name, std::span<const XmlEventAttribute> attributes) override {
    const bool in_port_type = !open_.empty() && (open_.back() == "portType" || open_.back() == "interface");
    if (name.local == "operation" && in_port_type && names_.size() < most_) {
      const std::string operation(value_of(attributes, "name"));
      if (!operation.empty() && std::find(names_.begin(), names_.end(), operation) == names_.end())
        names_.push_back(operation);
    }
    open_.emplace_back(name.local);
    return true;
  }
  bool end(bool) override {
    open_.pop_back();
    return true;
  }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  std::size_t most_;
  std::vector<std::string> open_;
  std::vector<std::string> names_;
};

}  // namespace

bool import_wadl(FolderReader& files, const std::filesystem::path& file, std::string_view text, Api& api) {
  WadlReader reader(files, file, api);
  const auto read = read_xml_events(text, reader, limits);
  if (read) return true;
  if (read.error().kind != XmlFailure::Kind::stopped) {
    files.add(Severity::error, "SL5001", file, "malformed XML: " + read.error().message);
  }
  return false;
}

std::vector<std::string> wsdl_operation_names(std::string_view text, std::size_t most) {
  WsdlReader reader(most);
  if (!read_xml_events(text, reader, limits)) return {};
  return reader.take();
}

}  // namespace sluice::model
