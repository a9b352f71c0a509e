// SPDX-License-Identifier: Apache-2.0
// Reads the signatures of the tables once and indexes them by name.
#include "expression/member.hpp"

#include "base/text.hpp"

#include <deque>
#include <unordered_map>

namespace sluice::expression {
namespace {

class MemberTable {
 public:
  MemberTable() {
    for (const Family* family : families()) {
      for (const MemberRow& row : family->members) add(row);
    }
  }
  static const MemberTable& instance() {
    static const MemberTable table;
    return table;
  }
  std::span<const Member* const> named(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? std::span<const Member* const>() : found->second;
  }
  std::span<const Member* const> all() const { return all_; }

 private:
  void add(const MemberRow& row) {
    Member& member = members_.emplace_back();
    member.row = &row;
    member.name = row.name;
    std::string_view receiver = row.receiver;
    if (receiver.starts_with("static ")) {
      member.is_static = true;
      receiver.remove_prefix(7);
    }
    if (row.name == "new" || row.name.starts_with("op ") || row.name == "implicit" || row.name == "explicit") {
      member.is_static = true;
    }
    member.receiver = read_type(receiver);
    member.result = row.result.empty() ? member.receiver : read_type(row.result);
    if (!row.parameters.empty()) {
      member.is_indexer = row.parameters.front() == '[';
      member.is_method = !member.is_indexer;
      read_parameters(member, row.parameters.substr(1, row.parameters.size() - 2));
    }
    note_letters(member);
    by_name_[member.name].push_back(&member);
    all_.push_back(&member);
  }

  static void read_parameters(Member& member, std::string_view text) {
    unsigned depth = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && text[i] == '<') ++depth;
      if (i < text.size() && text[i] == '>') --depth;
      if (i < text.size() && (text[i] != ',' || depth != 0)) continue;
      const std::string_view part = trim(text.substr(start, i - start));
      if (!part.empty()) member.parameters.push_back(read_parameter(member, part));
      start = i + 1;
    }
  }

  static Parameter read_parameter(Member& member, std::string_view text) {
    Parameter parameter;
    const std::size_t equal = text.find(" = ");
    if (equal != std::string_view::npos) {
      parameter.optional = true;
      parameter.fallback = read_default(text.substr(equal + 3));
      text = text.substr(0, equal);
    }
    const auto strip = [&](std::string_view word) {
      if (!text.starts_with(word)) return false;
      text.remove_prefix(word.size());
      return true;
    };
    if (strip("this ")) member.is_extension = true;
    parameter.is_params = strip("params ");
    parameter.is_out = strip("out ");
    const std::size_t blank = text.rfind(' ');
    parameter.name = text.substr(blank + 1);
    parameter.type = read_type(text.substr(0, blank));
    return parameter;
  }

  static Value read_default(std::string_view text) {
    if (text == "null") return {};
    if (text == "true" || text == "false") return Value::boolean(text == "true");
    return Value::int32(static_cast<std::int32_t>(parse_integer(text).value_or(0)));
  }

  static void collect(const Type* type, std::string& letters) {
    if (type == nullptr || !type->open) return;
    if (type->kind == TypeKind::parameter && letters.find(type->letter) == std::string::npos) letters += type->letter;
    for (const Type* argument : type->arguments) collect(argument, letters);
  }

  /// The method's own type parameters: letters that its receiver does not have. Order as C# declares them: those of
  /// the row's name in `<…>` order cannot be written in a row, so the result's letter comes first only when no
  /// parameter has it.
  static void note_letters(Member& member) {
    std::string of_receiver;
    collect(member.receiver, of_receiver);
    std::string all;
    for (const Parameter& parameter : member.parameters) collect(parameter.type, all);
    collect(member.result, all);
    if (has(member.row->traits, Trait::typed) && all.find('T') == std::string::npos) all += 'T';
    for (const char letter : all) {
      if (of_receiver.find(letter) == std::string::npos || member.is_extension) member.letters += letter;
    }
  }

  std::deque<Member> members_;
  std::unordered_map<std::string_view, std::vector<const Member*>> by_name_;
  std::vector<const Member*> all_;
};

}  // namespace

std::span<const Member* const> members_named(std::string_view name) { return MemberTable::instance().named(name); }
std::span<const Member* const> all_members() { return MemberTable::instance().all(); }

}  // namespace sluice::expression
