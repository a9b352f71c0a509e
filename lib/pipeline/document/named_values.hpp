// SPDX-License-Identifier: Apache-2.0
// Named values: `{{name}}` is replaced by text, everywhere, inside expressions too, before anything else looks at it.
#pragma once

#include "pipeline/document/text_origin.hpp"

#include <sluice/diagnostic.hpp>

#include <functional>
#include <optional>
#include <string_view>

namespace sluice {

/// What `{{name}}` stands for.
struct NamedText {
  std::string_view text;
  bool is_secret = false;
};

/// Looks up a named value; nothing: there is none.
using NamedValueLookup = std::function<std::optional<NamedText>(std::string_view name)>;

/// A reference to a named value in a text: `{{`, blanks, the name, blanks, `}}`.
struct NamedReference {
  std::size_t begin, end;
  std::string_view name;
};
/// The first reference from `from` on.
std::optional<NamedReference> find_named_value(std::string_view text, std::size_t from = 0);

/// Whether the braces belong to a Liquid template as well.
enum class Braces : std::uint8_t { named_values, liquid };

/// Replaces the references in `text`; what was put in is not looked at again. An unknown name is a finding (SL1009):
/// an error, and a warning when `lookup` is empty because the document stands alone. In a Liquid template names that
/// are not known, and those that begin with `body.` or `context.`, are the template's own.
/// **Limits**: the text stays below 4 MiB (SL9001).
MappedText with_named_values(MappedText text, const NamedValueLookup& lookup, Braces braces, Diagnostics& diagnostics);

/// Whether a reference to a named value stands where C# wants code, not inside a string or a comment: the expression
/// cannot be read before the name is known.
bool has_named_value_in_code(std::string_view expression);

}  // namespace sluice
