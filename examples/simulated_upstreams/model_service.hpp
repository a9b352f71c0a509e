// SPDX-License-Identifier: Apache-2.0
// A simulated resource with deployments of models, in the wire formats of Azure OpenAI, OpenAI, Anthropic and Azure AI
// Model Inference (route.hpp says at which paths). A deployment comes into being when it is first named. Settings of
// the resource are those of all deployments; the member `deployments` sets those of single ones.
#pragma once

#include "answer.hpp"
#include "assistants.hpp"
#include "deployment.hpp"
#include "event_stream.hpp"
#include "route.hpp"
#include "service_head.hpp"
#include "upstream.hpp"

#include <map>
#include <memory>

namespace sluice::simulated {

class ModelService final : public Upstream {
 public:
  ModelService(std::string name, Clock& clock) : Upstream(std::move(name), clock), assistants_(clock) {}

 private:
  static constexpr std::size_t max_deployments = 1000;
  /// A request on its way through the service.
  struct Call;

  Task<Response> serve(Request& request) override;
  Task<Response> answer(Request& request, Call& call);
  Task<Response> answer_whole(Request& request, Call& call, Answer answer);
  Response answer_as_stream(Request& request, const Call& call, Answer answer);

  bool set(std::string_view name, const JsonValue& value) override;
  bool set_deployments(const JsonValue& value);
  void write_settings(JsonWriter& writer) override;
  void write_statistics(JsonWriter& writer) override;
  void reset_statistics() override;
  Response fault(Request& request, int status, std::int64_t retry_after) override;

  Task<Response> serve_assistants(Request& request, const Route& route, const JsonValue* body);
  Response begin_run(Request& request, const Route& route, const JsonValue& body, Assistants::Wanted wanted);

  Response refuse(Request& request, Dialect dialect, const Refusal& refusal) const;
  /// The deployment of that name; null when there is none, and none may come.
  Deployment* find(std::string_view name);
  Deployment* find_locked(std::string_view name, bool is_named_by_settings);
  std::string next_id();

  DeploymentSettings defaults_;
  bool only_named_ = false;  ///< Only deployments that the settings name are there.
  std::map<std::string, std::unique_ptr<Deployment>, std::less<>> deployments_;
  std::int64_t ids_ = 0;
  Assistants assistants_;
};

}  // namespace sluice::simulated
