// SPDX-License-Identifier: Apache-2.0
// The schema definition language.
#include "graphql/token_reader.hpp"

namespace sluice::graphql {
namespace {

class TypeParser final : public TokenReader {
 public:
  using TokenReader::TokenReader;

  bool document(TypeDocument& to) {
    while (here().kind != TokenKind::end) {
      if (!definition(to)) return false;
    }
    return true;
  }

 private:
  void description(Notes& to) {
    if (here().kind != TokenKind::text && here().kind != TokenKind::block_text) return;
    to.description = {here().text, here().kind == TokenKind::block_text};
    advance();
  }
  /// Directives of definitions: two of them say something to readers.
  bool notes(Notes& to) {
    std::vector<Directive> given;
    if (!directives(given, true)) return false;
    for (const Directive& directive : given) {
      const auto text_of = [&](std::string_view name) {
        for (const Argument& argument : directive.arguments) {
          if (argument.name == name) return WrittenText{argument.value.text, argument.value.is_block};
        }
        return WrittenText{};
      };
      if (directive.name == "deprecated") {
        to.is_deprecated = true;
        to.deprecation_reason = text_of("reason");
      } else if (directive.name == "specifiedBy") {
        to.specified_by = text_of("url");
      }
    }
    return true;
  }
  bool definition(TypeDocument& to) {
    Notes notes;
    description(notes);
    const std::size_t offset = here().offset;
    const bool is_extension = take_word("extend");
    if (take_word("schema")) {
      if (!is_extension) to.notes = notes;
      return schema(to, is_extension);
    }
    if (!is_extension && take_word("directive")) {
      DirectiveDefinition& added = to.directives.emplace_back();
      added.offset = offset;
      added.notes = notes;
      return directive(added);
    }
    TypeDefinition& type = to.types.emplace_back();
    type.offset = offset;
    type.notes = notes;
    type.is_extension = is_extension;
    return type_definition(type);
  }
  bool schema(TypeDocument& to, bool is_extension) {
    std::vector<Directive> unused;
    if (!directives(unused, true)) return false;
    if (is_extension && !is_punctuator("{")) return true;
    return several("{", "}", [&] {
      RootDefinition& root = to.roots.emplace_back();
      root.offset = here().offset;
      if (take_word("query")) {
        root.kind = OperationKind::query;
      } else if (take_word("mutation")) {
        root.kind = OperationKind::mutation;
      } else if (take_word("subscription")) {
        root.kind = OperationKind::subscription;
      } else {
        return unexpected("query, mutation or subscription");
      }
      return expect(":") && name(root.type);
    });
  }
  bool type_definition(TypeDefinition& to) {
    static constexpr std::pair<std::string_view, TypeKind> kinds[] = {
        {"scalar", TypeKind::scalar},  {"type", TypeKind::object},      {"interface", TypeKind::interface},
        {"union", TypeKind::union_of}, {"enum", TypeKind::enumeration}, {"input", TypeKind::input}};
    const auto kind = std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& k) { return is_word(k.first); });
    if (kind == std::end(kinds)) return unexpected("a definition of a type");
    advance();
    to.kind = kind->second;
    if (!name(to.name)) return false;
    const bool implements = to.kind == TypeKind::object || to.kind == TypeKind::interface;
    if (implements && take_word("implements") && !names(to.names, "&")) return false;
    return notes(to.notes) && content(to);
  }
  bool content(TypeDefinition& to) {
    if (to.kind == TypeKind::union_of) return !take("=") || names(to.names, "|");
    if (!is_punctuator("{")) return true;
    switch (to.kind) {
      case TypeKind::object:
      case TypeKind::interface: return several("{", "}", [&] { return field(to.fields.emplace_back()); });
      case TypeKind::input: return several("{", "}", [&] { return input(to.inputs.emplace_back()); });
      case TypeKind::enumeration:
        return several("{", "}",
                       [&] { return enumeration_value(to.names.emplace_back(), to.value_notes.emplace_back()); });
      default: return true;
    }
  }
  /// `A & B`, with one of them in front too if one likes.
  bool names(std::vector<std::string_view>& to, std::string_view separator) {
    take(separator);
    do {
      if (!name(to.emplace_back())) return false;
    } while (take(separator));
    return true;
  }
  bool field(Field& to) {
    description(to.notes);
    to.offset = here().offset;
    return name(to.name) && inputs(to.arguments) && expect(":") && type(to.type) && notes(to.notes);
  }
  bool inputs(std::vector<InputValue>& to) {
    return !is_punctuator("(") || several("(", ")", [&] { return input(to.emplace_back()); });
  }
  bool input(InputValue& to) {
    description(to.notes);
    to.offset = here().offset;
    if (!name(to.name) || !expect(":") || !type(to.type)) return false;
    if (take("=") && !value(to.fallback.emplace(), true)) return false;
    return notes(to.notes);
  }
  bool enumeration_value(std::string_view& to, Notes& told) {
    description(told);
    if (is_word("true") || is_word("false") || is_word("null")) return unexpected("a value of an enumeration");
    return name(to) && notes(told);
  }
  bool directive(DirectiveDefinition& to) {
    if (!expect("@") || !name(to.name) || !inputs(to.arguments)) return false;
    to.is_repeatable = take_word("repeatable");
    if (!take_word("on")) return unexpected("'on'");
    return names(to.locations, "|");
  }
};

}  // namespace

tl::expected<TypeDocument, Fault> parse_types(std::string_view text, const ParseLimits& limits) {
  auto tokens = read_tokens(text, limits.tokens);
  if (!tokens) return tl::unexpected(std::move(tokens.error()));
  TypeParser parser(std::move(*tokens), limits);
  TypeDocument document;
  if (!parser.document(document)) return tl::unexpected(std::move(*parser.fault()));
  return document;
}

}  // namespace sluice::graphql
