// SPDX-License-Identifier: Apache-2.0
// XName and XNamespace, and how text of XML becomes values.
#include "expression/library/convert.hpp"
#include "expression/library/xml.hpp"
#include "expression/number_format.hpp"
#include "expression/temporal.hpp"

#include "base/text.hpp"

#include <libxml/tree.h>

#include <cmath>

namespace sluice::expression {

XmlName* parse_xml_name(Evaluation& run, std::string_view text) {
  if (text.empty()) {
    run.raise(Fault::argument, "'' is an invalid expanded name.");
    return nullptr;
  }
  std::string_view space;
  if (text.front() == '{') {
    const std::size_t end = text.rfind('}');
    if (end == std::string_view::npos || end <= 1 || end + 1 == text.size()) {
      run.raise(Fault::argument, "'" + std::string(text) + "' is an invalid expanded name.");
      return nullptr;
    }
    space = text.substr(1, end - 1);
    text = text.substr(end + 1);
  }
  if (xmlValidateNCName(reinterpret_cast<const xmlChar*>(std::string(text).c_str()), 0) != 0) {
    run.raise(Fault::xml, "'" + std::string(text) + "' cannot be a name.");
    return nullptr;
  }
  return make_xml_name(run, text, space);
}

Value xml_content_text(Evaluation& run, const Value& value) {
  switch (value.kind()) {
    case ValueKind::string: return value;
    case ValueKind::boolean: return Value::string(value.as_boolean() ? "true" : "false");
    case ValueKind::float32:
    case ValueKind::float64: {
      const double number = value.as_number();
      if (std::isinf(number)) return Value::string(number < 0 ? "-INF" : "INF");
      return run.text_view(format_value(run, value, "R"));
    }
    case ValueKind::date_time: return run.text_view(format_value(run, value, "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"));
    case ValueKind::date_time_offset: {
      const bool utc = static_cast<std::int16_t>(value.extra()) == 0;
      return run.text_view(
          format_value(run, value, utc ? "yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'" : "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz"));
    }
    case ValueKind::time_span: return run.text(format_iso_duration(value.as_integer()));
    default: return run.text_view(text_of(run, value));
  }
}

namespace {

constexpr TypeRow types[] = {
    {"XName", "System.Xml.Linq.XName", TypeKind::reference, "", true},
    {"XNamespace", "System.Xml.Linq.XNamespace", TypeKind::reference, "", true},
};

Value result(const XmlName* name) { return name == nullptr ? Value() : Value::object(name); }
Value space_named(Call& call, std::string_view space) { return result(make_xml_name(call.run, {}, space)); }

Value name_of_text(Call& call) {
  // A null text is a null name.
  if (call.is_null(0)) return {};
  if (call.count < 2) return result(parse_xml_name(call.run, call.text(0)));
  if (call.is_null(1)) return call.null_argument("namespaceName");
  const XmlName* local = parse_xml_name(call.run, call.text(0));
  return local == nullptr ? Value() : result(make_xml_name(call.run, local->local, call.text(1)));
}
Value get_name(Call& call) { return call.is_null(0) ? call.null_argument("expandedName") : name_of_text(call); }
Value local_name(Call& call) { return Value::string(xml_name(call[0]).local); }
Value space_text(Call& call) { return Value::string(xml_name(call[0]).space); }
Value name_space(Call& call) { return space_named(call, xml_name(call[0]).space); }
Value text(Call& call) { return Value::string(xml_name(call[0]).text); }
Value equal(Call& call) { return Value::boolean(equal_values(call[0], call[1])); }
Value not_equal(Call& call) { return Value::boolean(!equal_values(call[0], call[1])); }
Value space_of_text(Call& call) { return call.is_null(0) ? Value() : space_named(call, call.text(0)); }
Value get_space(Call& call) { return call.is_null(0) ? call.null_argument("namespaceName") : space_of_text(call); }
Value name_in_space(Call& call) {
  if (call.is_null(0)) return call.null_argument("ns");
  if (call.is_null(1)) return call.null_argument("localName");
  const XmlName* local = parse_xml_name(call.run, call.text(1));
  return local == nullptr ? Value() : result(make_xml_name(call.run, local->local, xml_name(call[0]).space));
}
Value space_none(Call& call) { return space_named(call, {}); }
Value space_xml(Call& call) { return space_named(call, xml_space); }
Value space_xmlns(Call& call) { return space_named(call, xmlns_space); }

constexpr MemberRow members[] = {
    {"XName", "implicit", "(string expandedName)", "XName", name_of_text, "`local` or `{namespace}local`."},
    {"static XName", "Get", "(string expandedName)", "XName", get_name, "`local` or `{namespace}local`."},
    {"static XName", "Get", "(string localName, string namespaceName)", "XName", get_name, "A name in a namespace."},
    {"XName", "LocalName", "", "string", local_name, "The name without its namespace."},
    {"XName", "NamespaceName", "", "string", space_text, "The namespace's URI; empty for none."},
    {"XName", "Namespace", "", "XNamespace", name_space, "The namespace."},
    {"XName", "ToString", "()", "string", text, "`local` or `{namespace}local`."},
    {"XName", "op ==", "(XName left, XName right)", "bool", equal, "The same name and namespace."},
    {"XName", "op !=", "(XName left, XName right)", "bool", not_equal, "Another name or namespace."},
    {"XNamespace", "implicit", "(string namespaceName)", "XNamespace", space_of_text, "The namespace of that URI."},
    {"static XNamespace", "Get", "(string namespaceName)", "XNamespace", get_space, "The namespace of that URI."},
    {"XNamespace", "GetName", "(string localName)", "XName", name_in_space, "A name in the namespace."},
    {"XNamespace", "NamespaceName", "", "string", space_text, "The URI."},
    {"XNamespace", "ToString", "()", "string", text, "The URI."},
    {"XNamespace", "op +", "(XNamespace ns, string localName)", "XName", name_in_space, "A name in the namespace."},
    {"XNamespace", "op ==", "(XNamespace left, XNamespace right)", "bool", equal, "The same URI."},
    {"XNamespace", "op !=", "(XNamespace left, XNamespace right)", "bool", not_equal, "Another URI."},
    {"static XNamespace", "None", "", "XNamespace", space_none, "No namespace."},
    {"static XNamespace", "Xml", "", "XNamespace", space_xml, "The namespace of the prefix `xml`."},
    {"static XNamespace", "Xmlns", "", "XNamespace", space_xmlns, "The namespace of declarations."},
};

}  // namespace

Value convert_xml(Call& call) {
  const Type* wanted = without_nullable(call.result());
  if (call.is_null(0)) return call.result()->nullable() ? Value() : call.null_argument("element");
  const Value text = value_of_xml(call.run, xml_node(call[0]));
  if (text.is_null() || wanted == core().string) return text;
  const std::string_view trimmed = trim(text.as_string());
  const auto malformed = [&] {
    return call.raise(Fault::format, "The string '" + std::string(trimmed.substr(0, 80)) + "' is not a valid " +
                                         wanted->display + " value.");
  };
  switch (wanted->kind) {
    case TypeKind::boolean: {
      const std::string lower = to_lower(trimmed);
      if (lower != "true" && lower != "1" && lower != "false" && lower != "0") return malformed();
      return Value::boolean(lower == "true" || lower == "1");
    }
    case TypeKind::float32:
    case TypeKind::float64:
      if (trimmed == "INF" || trimmed == "-INF") {
        const double infinite = trimmed[0] == '-' ? -INFINITY : INFINITY;
        return wanted->kind == TypeKind::float32 ? Value::float32(static_cast<float>(infinite))
                                                 : Value::float64(infinite);
      }
      break;
    case TypeKind::date_time:
      if (const auto date = parse_date_time(trimmed, true)) return *date;
      return malformed();
    case TypeKind::date_time_offset:
      if (const auto date = parse_date_time_offset(trimmed)) return *date;
      return malformed();
    case TypeKind::time_span:
      if (const auto ticks = parse_iso_duration(trimmed)) return Value::integer(ValueKind::time_span, *ticks);
      return malformed();
    case TypeKind::guid: {
      auto* bytes = call.run.make_array<std::uint8_t>(16);
      if (bytes == nullptr) return {};
      return parse_guid(trimmed, bytes) ? Value::pointer(ValueKind::guid, bytes) : malformed();
    }
    default: break;
  }
  if (trimmed.find(',') != std::string_view::npos) return malformed();
  return convert_value(call.run, Value::string(trimmed), wanted);
}

extern const Family xml_names_family{"xml names", "Names of XML.", "System.Xml.Linq", types, {}, members};

}  // namespace sluice::expression
