// SPDX-License-Identifier: Apache-2.0
// What surrounds a request: workspace, GraphQL resolver, certificates of caller and service, the region's carbon
// intensity, and forms.
#include "expression/entity.hpp"
#include "expression/library/certificate.hpp"
#include "expression/library/context_objects.hpp"
#include "expression/library/convert.hpp"
#include "expression/library/json.hpp"
#include "expression/number_format.hpp"

#include "base/text.hpp"
#include "base/url.hpp"

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"IWorkspace", "context:IWorkspace"},
    {"IGraphQL", "context:IGraphQL"},
    {"IFoundry", "context:IFoundry"},
    {"Authorization", "context:Authorization"},
    {"ISustainabilityInfo", "context:ISustainabilityInfo"},
    {"ICertificates", "context:ICertificates", TypeKind::reference, "IReadOnlyDictionary<string,X509Certificate2>"},
};
constexpr EnumRow enums[] = {
    {"CarbonIntensityCategory", "context:CarbonIntensityCategory", "None=0 VeryLow=1 Low=2 Medium=3 High=4 VeryHigh=5"},
};

RequestContext& context(Call& call) { return *call.run.context; }

Value workspace(Call& call) { return context(call).workspace_id.empty() ? Value() : entity_value(Entity::workspace); }
Value workspace_id(Call& call) { return Value::string(context(call).workspace_id); }
Value workspace_name(Call& call) { return Value::string(context(call).workspace_name); }

Value graphql(Call& call) {
  const bool outside = context(call).graphql_arguments.empty() && context(call).graphql_parent.empty();
  return outside ? Value() : entity_value(Entity::graphql);
}
Value json_or_null(Call& call, std::string_view text) {
  if (text.empty()) return {};
  const JsonToken* made = parse_json_text(call.run, text);
  return made == nullptr ? Value() : Value::object(made);
}
Value arguments(Call& call) { return json_or_null(call, context(call).graphql_arguments); }
Value parent(Call& call) { return json_or_null(call, context(call).graphql_parent); }

Value foundry(Call& call) { return context(call).foundry_deployment.empty() ? Value() : entity_value(Entity::foundry); }
Value foundry_deployment(Call& call) { return Value::string(context(call).foundry_deployment); }

Value sustainability(Call& call) { return entity_value(Entity::sustainability, call[0].data()); }
Value carbon_intensity(Call& call) {
  return Value::enumeration(*call.result(),
                            parse_enum(call.result(), target_of<Deployment>(call).carbon_intensity, true).value_or(0));
}

/// What get-authorization-context leaves in its variable: two fields.
template <std::uint32_t number>
Value authorization_field(Call& call) {
  return call.object<FieldsObject>(0).fields[number];
}

// Certificates
Value request_certificate(Call& call) {
  const std::string_view der = context(call).request.client_certificate;
  if (der.empty()) return {};
  auto info = read_certificate(der);
  return info ? make_certificate(call.run, std::move(*info)) : call.raise(Fault::cryptographic, info.error());
}
const std::vector<ServiceCertificate>& certificates(Call& call) { return target_of<Deployment>(call).certificates; }
Value certificate_of(Call& call, const ServiceCertificate& from) {
  auto info = read_certificate(from.bytes, from.password);
  return info ? make_certificate(call.run, std::move(*info)) : call.raise(Fault::cryptographic, info.error());
}
bool is_named(const ServiceCertificate& certificate, std::string_view name) {
  if (certificate.id == name) return true;
  const auto info = read_certificate(certificate.bytes, certificate.password);
  return info && equal_ignoring_case(info->thumbprint, name);
}
/// By id, or by thumbprint.
Value find_certificate(Call& call, bool& found) {
  for (const ServiceCertificate& candidate : certificates(call)) {
    found = is_named(candidate, call.text(1));
    if (found) return certificate_of(call, candidate);
  }
  found = false;
  return {};
}
Value certificate_item(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  bool found = false;
  const Value certificate = find_certificate(call, found);
  return found ? certificate : call.raise(Fault::key_not_found, "The given key was not present in the dictionary.");
}
Value certificate_contains(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  bool found = false;
  find_certificate(call, found);
  return Value::boolean(found);
}
Value certificate_try_get(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  bool found = false;
  call.out(2) = find_certificate(call, found);
  return Value::boolean(found);
}
Value certificate_get(Call& call) {
  bool found = false;
  const Value certificate = find_certificate(call, found);
  return found ? certificate : call.count > 2 ? call[2] : Value();
}
Value certificate_count(Call& call) { return Value::int32(static_cast<std::int32_t>(certificates(call).size())); }
template <bool keys, bool values>
Value certificate_items(Call& call) {
  static const Type* pair = read_type("KeyValuePair<string,X509Certificate2>");
  Value* items = call.run.make_array<Value>(certificates(call).size());
  if (items == nullptr) return {};
  std::uint32_t count = 0;
  for (const ServiceCertificate& from : certificates(call)) {
    const Value certificate = values ? certificate_of(call, from) : Value();
    if (call.run.failed()) return {};
    items[count++] = keys && values ? make_pair(call.run, pair, Value::string(from.id), certificate)
                     : keys         ? Value::string(from.id)
                                    : certificate;
  }
  if (keys && values) return adopt_array(call.run, core().object_array, items, count);
  return make_sequence(call.run, call.result()->arguments[0], items, count);
}
Value deployment_certificates(Call& call) { return entity_value(Entity::certificates, call[0].data()); }

// Forms
Value form_item(Call& call, DictionaryObject& form, std::string_view name, std::string_view value) {
  static const Type* type = read_type("List<string>");
  const Value key = Value::string(percent_decode(name, call.arena(), true));
  const Value* known = dictionary_find(form, key);
  const Value list = known != nullptr ? *known : make_list(call.run, type);
  if (list.is_null()) return {};
  list_add(call.run, *static_cast<ListObject*>(const_cast<Object*>(list.as_object())),
           Value::string(percent_decode(value, call.arena(), true)));
  if (known == nullptr) dictionary_set(call.run, form, key, list);
  return list;
}
Value as_form(Call& call) {
  static const Type* type = read_type("Dictionary<string,IList<string>>");
  const Value text = read_body_text(call, call.boolean(1));
  const Value made = call.run.failed() ? Value() : make_dictionary(call.run, type, false);
  if (made.is_null()) return {};
  auto& form = *static_cast<DictionaryObject*>(const_cast<Object*>(made.as_object()));
  QueryReader reader(text.as_string());
  while (const auto item = reader.next()) {
    form_item(call, form, item->name, item->value);
    if (call.run.failed()) return {};
  }
  return made;
}
/// `name=value` of every value, with `+` for blanks in a form.
Value form_text(Call& call, bool query) {
  if (call.is_null(0)) return call.null_argument("values");
  std::string made;
  const auto encode = [&](std::string_view text) {
    std::string encoded = percent_encode(text);
    if (query) return encoded;
    for (std::size_t at = encoded.find("%20"); at != std::string::npos; at = encoded.find("%20", at + 1))
      encoded.replace(at, 3, "+");
    return encoded;
  };
  for (const Value& entry : items_of(call.run, call[0])) {
    const auto& pair = *static_cast<const FieldsObject*>(entry.as_object());
    if (pair.fields[1].is_null()) continue;
    for (const Value& value : items_of(call.run, pair.fields[1])) {
      if (!made.empty()) made += '&';
      made +=
          encode(pair.fields[0].as_string()) + "=" + encode(value.is_null() ? std::string_view() : value.as_string());
      if (made.size() > call.run.limits.string_bytes) return call.run.exhaust("string bytes");
    }
  }
  if (call.run.failed()) return {};
  if (query && made.empty()) return {};
  return call.text_result(query ? "?" + made : made);
}
Value to_query(Call& call) { return form_text(call, true); }
Value to_form(Call& call) { return form_text(call, false); }

constexpr Trait dynamic = Trait::impure;
constexpr MemberRow members[] = {
    {"IContext", "Workspace", "", "IWorkspace", workspace, "Null outside of workspaces.", dynamic},
    {"IWorkspace", "Id", "", "string", workspace_id, "Its identifier.", dynamic},
    {"IWorkspace", "Name", "", "string", workspace_name, "Its display name.", dynamic},
    {"IContext", "GraphQL", "", "IGraphQL", graphql, "Null outside of GraphQL resolvers.", dynamic},
    {"IGraphQL", "Arguments", "", "JToken", arguments, "The field's arguments.", dynamic},
    {"IGraphQL", "Parent", "", "JToken", parent, "What the parent's resolver gave.", dynamic},
    {"IRequest", "Foundry", "", "IFoundry", foundry, "Null when the request names no model deployment.", dynamic},
    {"IFoundry", "Deployment", "", "string", foundry_deployment, "The model deployment.", dynamic},
    {"Authorization", "AccessToken", "", "string", authorization_field<0>, "The token to send.", dynamic},
    {"Authorization", "Claims", "", "IReadOnlyDictionary<string,object>", authorization_field<1>,
     "What the provider tells of it.", dynamic},
    {"IRequest", "Certificate", "", "X509Certificate2", request_certificate, "The caller's; null for none.", dynamic},
    {"IDeployment", "Certificates", "", "ICertificates", deployment_certificates, "By id or thumbprint.", dynamic},
    {"ICertificates", "this", "[string key]", "X509Certificate2", certificate_item,
     "KeyNotFoundException for an unknown one.", dynamic},
    {"ICertificates", "ContainsKey", "(string key)", "bool", certificate_contains, "Whether there is one.", dynamic},
    {"ICertificates", "TryGetValue", "(string key, out X509Certificate2 value)", "bool", certificate_try_get,
     "Whether there is one.", dynamic},
    {"ICertificates", "GetValueOrDefault", "(string key)", "X509Certificate2", certificate_get, "Null for none.",
     dynamic},
    {"ICertificates", "Count", "", "int", certificate_count, "How many there are.", dynamic},
    {"ICertificates", "Keys", "", "IEnumerable<string>", certificate_items<true, false>, "Their ids.", dynamic},
    {"ICertificates", "Values", "", "IEnumerable<X509Certificate2>", certificate_items<false, true>, "All of them.",
     dynamic},
    {"ICertificates", "$items", "()", "object[]", certificate_items<true, true>, "", dynamic},
    {"IDeployment", "SustainabilityInfo", "", "ISustainabilityInfo", sustainability, "Of the region."},
    {"ISustainabilityInfo", "CurrentCarbonIntensity", "", "CarbonIntensityCategory", carbon_intensity,
     "None when it is not known."},
    {"IMessageBody", "AsFormUrlEncodedContent", "(bool preserveContent = false)", "IDictionary<string,IList<string>>",
     as_form, "The fields of a form, decoded.", dynamic},
    {"IDictionary<string,IList<string>>", "ToQueryString", "()", "string", to_query,
     "With its `?`; null when there is nothing.", dynamic},
    {"IDictionary<string,IList<string>>", "ToFormUrlEncodedContent", "()", "string", to_form, "A form's body.",
     dynamic},
};

}  // namespace

extern const Family surroundings_family{"surroundings",
                                        "Workspaces, resolvers, certificates, forms.",
                                        "API Management policy expressions: context variable",
                                        types,
                                        enums,
                                        members};

}  // namespace sluice::expression
