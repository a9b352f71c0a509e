// SPDX-License-Identifier: Apache-2.0
// What the policies around cached values share. Inline for the reason that message_parts.hpp gives.
#pragma once

#include <sluice/policy.hpp>

#include "base/crypto.hpp"
#include "base/document_workspace.hpp"

namespace sluice::parts {

/// What documents write for "always": the largest int.
inline constexpr std::int64_t longest_caching_seconds = 2'147'483'647;

inline constexpr AttributeSpec cache_key_attribute = {
    .name = "key", .required = true, .expressions = true, .doc = "Name of the value in the cache."};
inline constexpr AttributeSpec caching_type_attribute = {.name = "caching-type",
                                                         .one_of = "internal external prefer-external",
                                                         .fallback = "prefer-external",
                                                         .doc = "Which cache is meant."};
inline constexpr std::string_view caching_type_differs = "Every caching-type means the cache that the host was given.";

/// The key under which the cache has the value: of a bounded size, and apart from other users of the same cache.
struct ValueKey {
  Template text;
  DocumentWorkspace workspace;
};
inline ValueKey compile_value_key(const PolicyElement& element, CompileContext& context) {
  return {context.value(element, "key"), DocumentWorkspace(context)};
}
inline Result<std::string_view> value_key(const ValueKey& key, RequestContext& context) {
  const auto text = key.text.text(context);
  if (!text) return fail(text.error());
  const std::string_view whole = counter_key(context.arena, {key.workspace.id(), *text});
  return context.arena.concat({"value:", digest(HashAlgorithm::sha256, whole).view()});
}

/// Collects the parts of a key; none of them can be taken for a part of another.
class KeyParts {
 public:
  void add(std::string_view part) { text_ += counter_key({part}); }
  /// Of a bounded size, and without what the request holds.
  std::string_view digest(std::string_view prefix, Arena& arena) const {
    return arena.concat({prefix, sluice::digest(HashAlgorithm::sha256, text_).view()});
  }

 private:
  std::string text_;
};

}  // namespace sluice::parts
