// SPDX-License-Identifier: Apache-2.0
#include "stages/loading.hpp"

#include <cstdio>
#include <cstdlib>

namespace sluice::bench {

void load(Gateway& gateway, ServiceModel model) {
  Subscription subscription;
  subscription.id = subscription.display_name = "bench";
  subscription.primary_key = primary_key;
  subscription.secondary_key = "bench-secondary-key";
  model.subscriptions.push_back(subscription);
  const Diagnostics found = gateway.load(std::move(model));
  for (const auto& diagnostic : found) std::fputs(render_text(diagnostic).c_str(), stderr);
  if (found.has_errors()) std::exit(1);
}

}  // namespace sluice::bench
