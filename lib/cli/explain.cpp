// SPDX-License-Identifier: Apache-2.0
// sluice explain ARTIFACTS API/OPERATION: the effective pipeline, with the document and line of each step.
#include "cli/commands.hpp"
#include "cli/load.hpp"

#include <sluice/gateway.hpp>

#include "base/entity_lookup.hpp"

#include <cstdio>

namespace sluice::cli {

int explain(const ExplainArguments& arguments) {
  const std::size_t slash = arguments.operation.rfind('/');
  if (slash == std::string::npos) {
    std::fprintf(stderr, "sluice explain: '%s' must be API/OPERATION, both by id\n", arguments.operation.c_str());
    return exit_usage;
  }
  std::error_code error;
  if (!std::filesystem::is_directory(arguments.artifacts, error)) {
    std::fprintf(stderr, "sluice explain: '%s' is not a folder\n", arguments.artifacts.c_str());
    return exit_usage;
  }
  auto settings = read_settings(arguments.settings);
  if (!settings) return exit_errors;
  if (!arguments.region.empty()) settings->deployment.region = arguments.region;
  Diagnostics found;
  auto model = read_model(arguments.artifacts, *settings, found);
  if (!model) {
    print(found);
    return exit_errors;
  }
  std::string known;
  for (const Api& api : model->apis) {
    for (const Operation& operation : api.operations) known += "  " + entity_key(api) + "/" + operation.id + "\n";
  }
  GatewayOptions options;
  options.deployment = settings->deployment;
  options.limits = settings->limits;
  options.behaviour = settings->behaviour;
  Gateway gateway(std::move(options));
  found.append(gateway.load(std::move(*model)));
  if (found.has_errors()) {
    print(found);
    return exit_errors;
  }
  const std::string text =
      gateway.explain(arguments.operation.substr(0, slash), arguments.operation.substr(slash + 1), arguments.product);
  if (text.empty()) {
    std::fprintf(stderr, "sluice explain: there is no operation '%s'%s. The operations are:\n%s",
                 arguments.operation.c_str(), arguments.product.empty() ? "" : " in that product", known.c_str());
    return exit_errors;
  }
  std::fputs(text.c_str(), stdout);
  return exit_ok;
}

}  // namespace sluice::cli
