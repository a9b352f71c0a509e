// SPDX-License-Identifier: Apache-2.0
// sluice reference TOPIC
#include "cli/reference.hpp"

#include "cli/commands.hpp"

#include <cstdio>

namespace sluice::cli {
namespace {

struct Topic {
  std::string_view name;
  void (*print)();
};
constexpr Topic topics[] = {{"expressions", print_expression_reference}, {"policies", print_policy_reference}};

}  // namespace

int reference(const ReferenceArguments& arguments) {
  std::string known;
  for (const Topic& topic : topics) {
    if (topic.name == arguments.topic) {
      topic.print();
      return exit_ok;
    }
    known += (known.empty() ? "" : ", ") + std::string(topic.name);
  }
  std::fprintf(stderr, "sluice reference: there is nothing about '%s'; topics: %s\n", arguments.topic.c_str(),
               known.c_str());
  return exit_usage;
}

}  // namespace sluice::cli
