// SPDX-License-Identifier: Apache-2.0
// Routing among many: 1,000 APIs in 20 groups of paths, 10 operations each, with parameters and literal endings.
#include "bench.hpp"

#include "gateway/router.hpp"

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace sluice::bench {
namespace {

constexpr unsigned apis = 1'000;
constexpr unsigned operations = 10;

std::string resource(unsigned operation) { return "/resources-" + std::to_string(operation / 2) + "/"; }
std::string ending(unsigned operation) { return operation % 3 == 0 ? "/details" : ""; }
std::string api_path(unsigned api) { return "team-" + std::to_string(api % 20) + "/api-" + std::to_string(api); }

ServiceModel large_model() {
  ServiceModel model;
  for (unsigned a = 0; a < apis; ++a) {
    Api api;
    api.id = "api-" + std::to_string(a);
    api.path = api_path(a);
    for (unsigned o = 0; o < operations; ++o) {
      Operation operation;
      operation.id = "op-" + std::to_string(o);
      operation.method = o % 2 == 0 ? "GET" : "POST";
      operation.url_template = resource(o) + "{id}" + ending(o);
      api.operations.push_back(operation);
    }
    model.apis.push_back(api);
  }
  return model;
}

class Routing {
 public:
  /// Looks for every operation of the model in turn, far from the one before.
  void match_next() {
    constexpr unsigned step = 7'919;  // a prime: all of them come up
    at_ = (at_ + step) % (apis * operations);
    const unsigned api = at_ / operations, operation = at_ % operations;
    arena_.reset();
    Url url;
    url.path = paths_[at_];
    const Route route = router_.match(operation % 2 == 0 ? "GET" : "POST", url, headers_, arena_);
    if (route.api != api || route.operation != operation) std::abort();
  }

 private:
  static std::vector<std::string> all_paths() {
    std::vector<std::string> paths;
    for (unsigned i = 0; i < apis * operations; ++i) {
      const unsigned operation = i % operations;
      paths.push_back("/" + api_path(i / operations) + resource(operation) + "A-" + std::to_string(i) +
                      ending(operation));
    }
    return paths;
  }

  ServiceModel model_ = large_model();
  Router router_{model_};
  std::vector<std::string> paths_ = all_paths();
  Arena arena_, of_headers_;
  Headers headers_{of_headers_};
  unsigned at_ = 0;
};

}  // namespace

void add_routing_stages(Bench& bench) {
  const auto routing = std::make_shared<Routing>();
  bench.add("router.match.large", "finds one of 10,000 operations of 1,000 APIs, another one each time",
            [routing] { routing->match_next(); });
}

}  // namespace sluice::bench
