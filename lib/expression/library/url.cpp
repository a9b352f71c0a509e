// SPDX-License-Identifier: Apache-2.0
// IUrl and its query.
#include "expression/entity.hpp"
#include "expression/objects.hpp"

#include "base/url.hpp"

namespace sluice::expression {
namespace {

const Url& url(Call& call) { return target_of<Url>(call); }

Value scheme(Call& call) { return Value::string(url(call).scheme); }
Value host(Call& call) { return Value::string(url(call).host); }
Value path(Call& call) { return Value::string(url(call).path); }
Value port(Call& call) { return Value::int32(url(call).effective_port()); }
Value query_string(Call& call) {
  const std::string_view query = url(call).query;
  return query.empty() ? Value::string("") : Value::string(call.arena().concat({"?", query}));
}
Value to_string(Call& call) { return Value::string(url(call).to_string(call.arena())); }
Value query(Call& call) { return entity_value(Entity::query, call[0].data()); }

/// Values of one name, decoded.
std::uint32_t values_of(Call& call, std::string_view name, Value* to, std::uint32_t most) {
  QueryReader reader(url(call).query);
  std::uint32_t count = 0;
  while (const auto item = reader.next()) {
    if (percent_decode(item->name, call.arena(), true) != name) continue;
    if (count < most) to[count] = Value::string(percent_decode(item->value, call.arena(), true));
    ++count;
  }
  return count;
}
Value value_array(Call& call, std::string_view name) {
  const std::uint32_t count = values_of(call, name, nullptr, 0);
  Value* items = call.run.make_array<Value>(count);
  if (items == nullptr || !call.run.charge(url(call).query.size() / 8 + 1)) return {};
  values_of(call, name, items, count);
  return adopt_array(call.run, core().string_array, items, count);
}
bool has_name(Call& call) { return values_of(call, call.text(1), nullptr, 0) != 0; }
Value query_item(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  if (!has_name(call)) return call.raise(Fault::key_not_found, "The given key was not present in the dictionary.");
  return value_array(call, call.text(1));
}
Value query_contains(Call& call) { return Value::boolean(has_name(call)); }
Value query_try_get(Call& call) {
  const bool found = has_name(call);
  call.out(2) = found ? value_array(call, call.text(1)) : Value();
  return Value::boolean(found);
}
Value query_get(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  if (!has_name(call)) return call.count > 2 ? call[2] : Value();
  const Value values = value_array(call, call.text(1));
  if (call.run.failed()) return {};
  std::string joined;
  for (const Value& item : items_of(call.run, values)) {
    if (!joined.empty()) joined += ',';
    joined += item.as_string();
  }
  return call.text_result(joined);
}
Value query_items(Call& call) {
  static const Type* pair = read_type("KeyValuePair<string,string[]>");
  QueryReader reader(url(call).query);
  std::vector<std::string_view> names;
  while (const auto item = reader.next()) {
    const std::string_view name = percent_decode(item->name, call.arena(), true);
    bool seen = false;
    for (const std::string_view earlier : names) seen = seen || earlier == name;
    if (!seen) names.push_back(name);
    if (!call.run.charge(names.size())) return {};
  }
  Value* items = call.run.make_array<Value>(names.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < names.size(); ++i)
    items[i] = make_pair(call.run, pair, Value::string(names[i]), value_array(call, names[i]));
  return adopt_array(call.run, core().object_array, items, static_cast<std::uint32_t>(names.size()));
}
Value query_count(Call& call) {
  const Value items = query_items(call);
  return call.run.failed() ? Value() : Value::int32(static_cast<std::int32_t>(items_of(call.run, items).count));
}

constexpr Trait dynamic = Trait::impure;
constexpr MemberRow members[] = {
    {"IUrl", "Scheme", "", "string", scheme, "", Trait::never_null},
    {"IUrl", "Host", "", "string", host, "", Trait::never_null},
    {"IUrl", "Port", "", "int", port},
    {"IUrl", "Path", "", "string", path, "Begins with a slash; without query.", Trait::never_null},
    {"IUrl", "QueryString", "", "string", query_string, "Begins with ? when not empty.", Trait::never_null},
    {"IUrl", "Query", "", "IQuery", query, "", Trait::never_null},
    {"IUrl", "ToString", "()", "string", to_string, "", Trait::never_null},
    {"IQuery", "this", "[string key]", "string[]", query_item, "Raises for a missing name.", dynamic},
    {"IQuery", "ContainsKey", "(string key)", "bool", query_contains, "", dynamic},
    {"IQuery", "TryGetValue", "(string key, out string[] value)", "bool", query_try_get, "", dynamic},
    {"IQuery", "GetValueOrDefault", "(string key)", "string", query_get, "Several values joined with a comma.",
     dynamic},
    {"IQuery", "GetValueOrDefault", "(string key, string defaultValue)", "string", query_get, "", dynamic},
    {"IQuery", "Count", "", "int", query_count, "", dynamic},
    {"IQuery", "$items", "()", "object[]", query_items, "", dynamic},
};

}  // namespace

extern const Family url_family{"url",  "URLs of the context.", "API Management policy expressions: IUrl", {}, {},
                               members};

}  // namespace sluice::expression
