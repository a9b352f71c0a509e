// SPDX-License-Identifier: Apache-2.0
// A policy of the host's own: <add-server-timing name="..." />, written as the built-in ones are.
#include <sluice/gateway.hpp>
#include <sluice/policy_registry.hpp>

#include <iostream>

using namespace sluice;

namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the metric in Server-Timing."}};

class AddServerTiming final : public Step {
 public:
  explicit AddServerTiming(Template name) : name_(std::move(name)) {}
  Outcome run(RequestContext& context) const override {
    auto name = name_.text(context);
    if (!name) return Outcome::fail(std::move(name.error()));
    const auto elapsed = context.services.clock.steady_now() - context.started;
    context.final_headers.set("Server-Timing", std::string(*name) + ";dur=" + std::to_string(elapsed.count() / 1000));
    return Outcome::next();
  }

 private:
  Template name_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<AddServerTiming>(context.value(element, "name"));
}

constexpr PolicyDescriptor add_server_timing{.elements = "add-server-timing",
                                             .sections = Sections::outbound,
                                             .attributes = attributes,
                                             .compile = compile,
                                             .summary = "Tells the caller how long the gateway took."};

}  // namespace

int main() {
  PolicyRegistry policies = PolicyRegistry::with_builtins();
  policies.add(add_server_timing);
  Gateway gateway({.policies = &policies});
  Api api{.id = "hello", .path = "hello", .subscription_required = false};
  api.operations.push_back({.id = "get", .method = "GET", .url_template = "/"});
  api.policy = PolicySource{
      "<policies><inbound /><backend /><outbound>"
      "<add-server-timing name=\"@(context.Api.Name)\" /></outbound></policies>",
      "hello.xml"};
  api.display_name = "gateway";
  for (const auto& finding : gateway.load({.apis = {api}})) std::cerr << render_text(finding);

  Request request;
  if (!request.set_url("https://gateway.example/hello/")) return 1;
  const Response response = gateway.handle_and_wait(request);
  const auto timing = response.headers.get("Server-Timing");
  std::cout << response.status << " Server-Timing: " << timing << '\n';
  return timing.substr(0, 12) == "gateway;dur=" ? 0 : 1;
}
