// SPDX-License-Identifier: Apache-2.0
// simulated_upstreams: the services behind the example gateway, in one process. Each role listens on its own port:
//   --openai PORT[:name]  --content-safety PORT  --orders PORT  --products PORT  --customers PORT  --all
// and is told how to be, before it serves, as PUT /_control tells it later:
//   --set NAME JSON       for one of them
//   --settings FILE       for all: an object with the name of each
// Port 0 picks one. Prints "NAME listening on HOST:PORT" for each and serves until SIGINT or SIGTERM.
#include "content_safety.hpp"
#include "model_service.hpp"
#include "records.hpp"

#include "ai/json_skim.hpp"
#include "base/text.hpp"

#include <sluice/http/runtime.hpp>
#include <sluice/http/server.hpp>

#include <signal.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <vector>

namespace {

using namespace sluice;
using namespace sluice::simulated;

struct Role {
  std::string name;
  std::string port;
  std::function<std::unique_ptr<Upstream>(const std::string& name, Clock& clock)> make;
};

int usage(const std::string& problem) {
  std::fprintf(stderr,
               "simulated_upstreams: %s\n"
               "usage: simulated_upstreams [--all] [--openai PORT[:name]]... [--content-safety PORT] [--orders PORT]\n"
               "                           [--products PORT] [--customers PORT]\n"
               "                           [--set NAME JSON]... [--settings FILE]   (port 0 picks one)\n",
               problem.c_str());
  return 2;
}

template <class Service>
std::unique_ptr<Upstream> make(const std::string& name, Clock& clock) {
  return std::make_unique<Service>(name, clock);
}

/// The ports of the example's settings.
void add_all(std::vector<Role>& roles) {
  const std::pair<const char*, const char*> openai[] = {{"9101", "ptu-primary"}, {"9102", "ptu-secondary"},
                                                        {"9103", "payg"},        {"9104", "eastus"},
                                                        {"9105", "westus"},      {"9106", "westeurope"}};
  for (auto [port, name] : openai) roles.push_back({name, port, make<ModelService>});
  roles.push_back({"content-safety", "9110", make<ContentSafety>});
  roles.push_back({"orders", "9121", make<Records>});
  roles.push_back({"products", "9122", make<Records>});
  roles.push_back({"customers", "9123", make<Records>});
}

bool add_role(std::vector<Role>& roles, std::string_view option, std::string_view value) {
  const std::string_view port = value.substr(0, value.find(':'));
  const std::string name(port.size() < value.size() ? value.substr(port.size() + 1) : option.substr(2));
  const auto number = parse_unsigned(port);
  if (!number || *number > 65535) return false;
  if (option == "--openai")
    roles.push_back({name, std::string(port), make<ModelService>});
  else if (option == "--content-safety")
    roles.push_back({name, std::string(port), make<ContentSafety>});
  else if (option == "--orders" || option == "--products" || option == "--customers") {
    roles.push_back({std::string(option.substr(2)), std::string(port), make<Records>});
  } else {
    return false;
  }
  return true;
}

/// Settings for the upstream of a name.
struct Change {
  std::string name, settings;
};

/// The members of the object in a file, each as JSON; false when it is none.
bool read_settings(const char* path, std::vector<Change>& changes) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Arena arena;
  const auto parsed = parse_json(text, arena);
  if (!file || !parsed || !(*parsed)->is_object()) return false;
  for (const JsonMember& member : (*parsed)->members) {
    const auto settings = ai::json_member(text, member.name);
    if (!settings) return false;
    changes.push_back({std::string(member.name), std::string(*settings)});
  }
  return true;
}

/// What is wrong with the changes, or nothing.
std::string apply_changes(const std::vector<Change>& changes, const std::vector<std::unique_ptr<Upstream>>& upstreams) {
  for (const Change& change : changes) {
    bool found = false;
    for (const auto& upstream : upstreams) {
      if (upstream->name() != change.name) continue;
      found = true;
      const std::string problem = upstream->change(change.settings);
      if (!problem.empty()) return change.name + ": " + problem;
    }
    if (!found) return "no upstream has the name '" + change.name + "'";
  }
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<Role> roles;
  std::vector<Change> changes;
  for (int i = 1; i < count; ++i) {
    const std::string option = arguments[i];
    if (option == "--all") {
      add_all(roles);
    } else if (option == "--set" && i + 2 < count) {
      changes.push_back({arguments[i + 1], arguments[i + 2]});
      i += 2;
    } else if (option == "--settings" && i + 1 < count) {
      if (!read_settings(arguments[++i], changes)) return usage(std::string(arguments[i]) + " holds no settings");
    } else if (i + 1 >= count || !add_role(roles, option, arguments[i + 1])) {
      return usage("'" + option + "' is no role, or its port is wrong");
    } else {
      ++i;
    }
  }
  if (roles.empty()) return usage("no role is given");

  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  http::Runtime runtime({.workers = 1});
  std::vector<std::unique_ptr<Upstream>> upstreams;
  std::vector<std::unique_ptr<http::Server>> servers;
  for (const Role& role : roles) upstreams.push_back(role.make(role.name, runtime.clock()));
  if (const std::string problem = apply_changes(changes, upstreams); !problem.empty()) return usage(problem);
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const Role& role = roles[i];
    http::ServerOptions options;
    options.listen = "127.0.0.1:" + role.port;
    servers.push_back(std::make_unique<http::Server>(runtime, options, *upstreams[i]));
    auto port = servers.back()->start();
    if (!port) {
      std::fprintf(stderr, "simulated_upstreams: %s: %s\n", role.name.c_str(),
                   std::string(port.error().message()).c_str());
      return 1;
    }
    std::printf("%s listening on %s\n", role.name.c_str(), servers.back()->address().c_str());
  }
  std::fflush(stdout);
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  for (auto& server : servers) server->drain_and_stop(std::chrono::milliseconds(500));
  return 0;
}
