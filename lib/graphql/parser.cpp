// SPDX-License-Identifier: Apache-2.0
// Executable documents.
#include "graphql/token_reader.hpp"

namespace sluice::graphql {
namespace {

class Parser final : public TokenReader {
 public:
  using TokenReader::TokenReader;

  bool document(Document& to) {
    do {
      if (!definition(to)) return false;
    } while (here().kind != TokenKind::end);
    for (std::size_t i = 0; i < to.fragments.size(); ++i) to.fragment_places.emplace(to.fragments[i].name, i);
    return true;
  }

 private:
  bool definition(Document& to) {
    if (is_word("fragment")) return fragment(to.fragments.emplace_back());
    return operation(to.operations.emplace_back());
  }
  bool operation(Operation& to) {
    to.offset = here().offset;
    if (is_punctuator("{")) return selections(to.selections, 0);
    if (take_word("query")) {
      to.kind = OperationKind::query;
    } else if (take_word("mutation")) {
      to.kind = OperationKind::mutation;
    } else if (take_word("subscription")) {
      to.kind = OperationKind::subscription;
    } else {
      return unexpected("an operation or a fragment");
    }
    if (here().kind == TokenKind::name && !name(to.name)) return false;
    if (is_punctuator("(") && !several("(", ")", [&] { return variable(to.variables.emplace_back()); })) return false;
    return directives(to.directives, false) && selections(to.selections, 0);
  }
  bool variable(VariableDefinition& to) {
    to.offset = here().offset;
    if (!expect("$") || !name(to.name) || !expect(":") || !type(to.type)) return false;
    if (take("=") && !value(to.fallback.emplace(), true)) return false;
    if (!directives(to.directives, true)) return false;
    to.end = last_end();
    return true;
  }
  bool fragment(Fragment& to) {
    to.offset = here().offset;
    advance();
    if (is_word("on")) return unexpected("a fragment's name");
    if (!name(to.name)) return false;
    if (!take_word("on")) return unexpected("'on'");
    if (!name(to.type_condition) || !directives(to.directives, false) || !selections(to.selections, 0)) return false;
    to.end = last_end();
    return true;
  }
  bool selections(std::vector<Selection>& to, unsigned depth) {
    if (is_too_deep(depth)) return false;
    return several("{", "}", [&] { return selection(to.emplace_back(), depth); });
  }
  bool selection(Selection& to, unsigned depth) {
    to.offset = here().offset;
    const bool ok = take("...") ? spread(to, depth) : field(to, depth);
    to.end = last_end();
    return ok;
  }
  bool spread(Selection& to, unsigned depth) {
    if (here().kind == TokenKind::name && !is_word("on")) {
      to.kind = Selection::Kind::spread;
      return name(to.name) && directives(to.directives, false);
    }
    to.kind = Selection::Kind::inline_fragment;
    if (take_word("on") && !name(to.type_condition)) return false;
    to.has_selections = true;
    return directives(to.directives, false) && selections(to.selections, depth + 1);
  }
  bool field(Selection& to, unsigned depth) {
    if (!name(to.name)) return false;
    if (take(":")) {
      to.alias = to.name;
      if (!name(to.name)) return false;
    }
    if (!arguments(to.arguments, false) || !directives(to.directives, false)) return false;
    if (!is_punctuator("{")) return true;
    to.has_selections = true;
    return selections(to.selections, depth + 1);
  }
};

}  // namespace

TypeReference TypeReference::item() const {
  TypeReference inner = *this;
  inner.lists_required.erase(inner.lists_required.begin());
  return inner;
}

std::string TypeReference::to_string() const {
  std::string text(lists_required.size(), '[');
  text.append(name).append(is_required ? "!" : "");
  for (std::size_t i = lists_required.size(); i-- > 0;) text += lists_required[i] ? "]!" : "]";
  return text;
}

const Fragment* Document::fragment(std::string_view name) const {
  const auto found = fragment_places.find(name);
  return found == fragment_places.end() ? nullptr : &fragments[found->second];
}

tl::expected<Document, Fault> parse_document(std::string_view text, const ParseLimits& limits) {
  auto tokens = read_tokens(text, limits.tokens);
  if (!tokens) return tl::unexpected(std::move(tokens.error()));
  Parser parser(std::move(*tokens), limits);
  Document document;
  if (!parser.document(document)) return tl::unexpected(std::move(*parser.fault()));
  return document;
}

}  // namespace sluice::graphql
