// SPDX-License-Identifier: Apache-2.0
// Headers of a message, by name and as pairs, and the parameters of the URL template.
#include "expression/entity.hpp"
#include "expression/objects.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"IHeaders", "context:IHeaders", TypeKind::reference, "IReadOnlyDictionary<string,string[]>"},
    {"IQuery", "context:IQuery", TypeKind::reference, "IReadOnlyDictionary<string,string[]>"},
    {"IMatchedParameters", "context:IMatchedParameters", TypeKind::reference, "IReadOnlyDictionary<string,string>"},
};

Value text(std::string_view from) { return Value::string(from); }

// Headers
/// Without a target: the request's, whichever request it is.
const Headers& headers(Call& call) {
  const void* target = call[0].data();
  return target == nullptr ? call.run.context->request.headers : *static_cast<const Headers*>(target);
}
HeaderName header_name(Call& call, std::size_t argument) {
  return {call.text(argument), call.site->hashed ? call.site->hash : header_hash(call.text(argument))};
}
Value headers_get(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  const HeaderName name = header_name(call, 1);
  const Headers& all = headers(call);
  const Header* first = all.find(name);
  if (first == nullptr) return call.count > 2 ? call[2] : Value();
  // One line is the common case: nothing to join.
  for (const Header* line = first + 1; line != all.lines().data() + all.size(); ++line) {
    if (!line->is(name)) continue;
    return text(call.arena().copy(*all.joined(name)));
  }
  return text(first->value);
}
/// The values of all lines of that name; `first` is the first of them.
Value header_values(Call& call, const Headers& all, const Header& first) {
  const Header* const end = all.lines().data() + all.size();
  const auto same = [&](const Header& line) { return line.is(first.key()); };
  const auto count = 1 + static_cast<std::uint32_t>(std::count_if(&first + 1, end, same));
  Value* items = call.run.make_array<Value>(count);
  if (items == nullptr) return {};
  std::uint32_t at = 0;
  for (const Header* line = &first; at < count; ++line) {
    if (line == &first || same(*line)) items[at++] = text(line->value);
  }
  return adopt_array(call.run, core().string_array, items, count);
}
Value key_not_found(Call& call) {
  return call.raise(Fault::key_not_found, "The given key was not present in the dictionary.");
}
Value headers_item(Call& call) {
  if (call.is_null(1)) return call.null_argument("key");
  const Header* first = headers(call).find(header_name(call, 1));
  return first != nullptr ? header_values(call, headers(call), *first) : key_not_found(call);
}
Value headers_contains(Call& call) { return Value::boolean(headers(call).contains(header_name(call, 1))); }
Value headers_try_get(Call& call) {
  const Header* first = headers(call).find(header_name(call, 1));
  call.out(2) = first != nullptr ? header_values(call, headers(call), *first) : Value();
  return Value::boolean(first != nullptr);
}
/// Something for each name, in the order of the first lines. `make` takes the first line of a name.
template <class Make>
Items for_each_name(Call& call, Make make) {
  const Headers& all = headers(call);
  Value* items = call.run.make_array<Value>(all.size());
  std::uint32_t count = 0;
  for (const Header* line = all.lines().data(); line != all.lines().data() + all.size() && items != nullptr; ++line) {
    const bool seen =
        std::any_of(all.lines().data(), line, [&](const Header& earlier) { return earlier.is(line->key()); });
    if (!seen) items[count++] = make(*line);
  }
  return call.run.failed() ? Items() : Items{items, count};
}
Items header_names(Call& call) {
  return for_each_name(call, [](const Header& line) { return text(line.name); });
}
Value headers_keys(Call& call) {
  const Items names = header_names(call);
  return make_sequence(call.run, core().string, names.data, names.count);
}
Value headers_count(Call& call) { return Value::int32(static_cast<std::int32_t>(header_names(call).count)); }
Value headers_items(Call& call) {
  static const Type* pair = read_type("KeyValuePair<string,string[]>");
  const Items items = for_each_name(call, [&](const Header& line) {
    return make_pair(call.run, pair, text(line.name), header_values(call, headers(call), line));
  });
  return adopt_array(call.run, core().object_array, const_cast<Value*>(items.data), items.count);
}
Value headers_values(Call& call) {
  const Items items = for_each_name(call, [&](const Header& line) { return header_values(call, headers(call), line); });
  return make_sequence(call.run, core().string_array, items.data, items.count);
}

// MatchedParameters
const MatchedParameter* matched(Call& call) {
  for (const MatchedParameter& parameter : call.run.context->matched_parameters) {
    if (parameter.name == call.text(1)) return &parameter;
  }
  return nullptr;
}
Value matched_item(Call& call) {
  const MatchedParameter* found = matched(call);
  return found == nullptr ? key_not_found(call) : text(found->value);
}
Value matched_get(Call& call) {
  const MatchedParameter* found = matched(call);
  return found != nullptr ? text(found->value) : call.count > 2 ? call[2] : Value();
}
Value matched_contains(Call& call) { return Value::boolean(matched(call) != nullptr); }
Value matched_try_get(Call& call) {
  const MatchedParameter* found = matched(call);
  call.out(2) = found == nullptr ? Value() : text(found->value);
  return Value::boolean(found != nullptr);
}
Value matched_count(Call& call) {
  return Value::int32(static_cast<std::int32_t>(call.run.context->matched_parameters.size()));
}
Value matched_items(Call& call) {
  static const Type* pair = read_type("KeyValuePair<string,string>");
  const auto all = call.run.context->matched_parameters;
  Value* items = call.run.make_array<Value>(all.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < all.size(); ++i)
    items[i] = make_pair(call.run, pair, text(all[i].name), text(all[i].value));
  return adopt_array(call.run, core().object_array, items, static_cast<std::uint32_t>(all.size()));
}

constexpr Trait dynamic = Trait::impure;
constexpr MemberRow members[] = {
    {"IHeaders", "this", "[string key]", "string[]", headers_item, "Raises for a missing name.",
     dynamic | Trait::hash_header},
    {"IHeaders", "ContainsKey", "(string key)", "bool", headers_contains, "", dynamic | Trait::hash_header},
    {"IHeaders", "TryGetValue", "(string key, out string[] value)", "bool", headers_try_get, "",
     dynamic | Trait::hash_header},
    {"IHeaders", "GetValueOrDefault", "(string key)", "string", headers_get, "Several values joined with a comma.",
     dynamic | Trait::hash_header},
    {"IHeaders", "GetValueOrDefault", "(string key, string defaultValue)", "string", headers_get, "",
     dynamic | Trait::hash_header},
    {"IHeaders", "Count", "", "int", headers_count, "", dynamic},
    {"IHeaders", "Keys", "", "IEnumerable<string>", headers_keys, "", dynamic},
    {"IHeaders", "Values", "", "IEnumerable<string[]>", headers_values, "", dynamic},
    {"IHeaders", "$items", "()", "object[]", headers_items, "", dynamic},
    {"IMatchedParameters", "this", "[string key]", "string", matched_item, "Raises for a missing name.", dynamic},
    {"IMatchedParameters", "ContainsKey", "(string key)", "bool", matched_contains, "", dynamic},
    {"IMatchedParameters", "TryGetValue", "(string key, out string value)", "bool", matched_try_get, "", dynamic},
    {"IMatchedParameters", "GetValueOrDefault", "(string key)", "string", matched_get, "", dynamic},
    {"IMatchedParameters", "GetValueOrDefault", "(string key, string defaultValue)", "string", matched_get, "",
     dynamic},
    {"IMatchedParameters", "Count", "", "int", matched_count, "", dynamic},
    {"IMatchedParameters", "$items", "()", "object[]", matched_items, "", dynamic},
};

}  // namespace

extern const Family headers_family{"headers",
                                   "Header fields and matched parameters.",
                                   "API Management policy expressions: IReadOnlyDictionary",
                                   types,
                                   {},
                                   members};

}  // namespace sluice::expression
