// SPDX-License-Identifier: Apache-2.0
// sluice reference expressions: what expressions know, as Markdown, from the tables that the checker reads.
#include "cli/reference.hpp"

#include "expression/member.hpp"

#include <cstdio>
#include <map>
#include <string>

namespace sluice::cli {
namespace {

using namespace sluice::expression;

/// A row as C# declares the member.
std::string signature(const MemberRow& row) {
  std::string_view receiver = row.receiver;
  const bool is_static = receiver.starts_with("static ");
  if (is_static) receiver.remove_prefix(7);
  const std::string result(row.result.empty() ? receiver : row.result);
  const std::string parameters(row.parameters);
  if (row.name == "new") return "new " + std::string(receiver) + parameters;
  if (row.name == "implicit" || row.name == "explicit")
    return std::string(row.name) + " operator " + result + parameters;
  if (row.name.starts_with("op ")) return result + " operator " + std::string(row.name.substr(3)) + parameters;
  if (row.name == "this") return result + " this" + parameters;
  if (row.name == "this=") return "this" + parameters + " { set; }";
  if (row.name.ends_with('=')) return std::string(row.name.substr(0, row.name.size() - 1)) + parameters + " { set; }";
  return (is_static ? "static " : "") + result + " " + std::string(row.name) + parameters;
}

void print_types(const Family& family) {
  if (family.types.empty() && family.enums.empty()) return;
  std::printf("\n| type | full name | is a |\n| --- | --- | --- |\n");
  for (const TypeRow& type : family.types) {
    std::string supers(type.supers);
    for (char& c : supers) c = c == ';' ? ' ' : c;
    std::printf("| `%s` | `%s` | %s |\n", cell(type.name).c_str(), cell(type.full).c_str(), cell(supers).c_str());
  }
  for (const EnumRow& type : family.enums)
    std::printf("| `%s` | `%s` | enum: %s |\n", cell(type.name).c_str(), cell(type.full).c_str(),
                cell(type.values).c_str());
}

void print_members(const Family& family) {
  std::map<std::string_view, std::vector<const MemberRow*>> of_receiver;
  std::vector<std::string_view> order;
  for (const MemberRow& row : family.members) {
    // What begins with a dollar sign is the engine's own.
    if (row.name.starts_with('$')) continue;
    std::string_view receiver = row.receiver;
    if (receiver.starts_with("static ")) receiver.remove_prefix(7);
    if (!of_receiver.contains(receiver)) order.push_back(receiver);
    of_receiver[receiver].push_back(&row);
  }
  for (const std::string_view receiver : order) {
    std::printf("\n### `%.*s`\n\n| member | meaning |\n| --- | --- |\n", static_cast<int>(receiver.size()),
                receiver.data());
    for (const MemberRow* row : of_receiver[receiver]) {
      std::string meaning = cell(row->doc);
      if (!row->example.empty()) meaning += (meaning.empty() ? "`" : " `") + cell(row->example) + "`";
      std::printf("| `%s` | %s |\n", cell(signature(*row)).c_str(), meaning.c_str());
    }
  }
}

}  // namespace

void print_expression_reference() {
  std::printf("# Types and members of policy expressions\n\nPrinted by `sluice reference expressions`.\n");
  for (const Family* family : families()) {
    std::printf("\n## %.*s\n\n%.*s Source: %.*s.\n", static_cast<int>(family->name.size()), family->name.data(),
                static_cast<int>(family->doc.size()), family->doc.data(), static_cast<int>(family->source.size()),
                family->source.data());
    print_types(*family);
    print_members(*family);
  }
}

}  // namespace sluice::cli
