// SPDX-License-Identifier: Apache-2.0
// What a case file says: the service, the script of its backends, and the requests with what is expected of them.
// The format is described in tests/cases/README.md.
#pragma once

#include <sluice/gateway.hpp>
#include <sluice/testing/policy_bench.hpp>

#include "testing/case_yaml.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice::testing {

/// What is expected of one call to a backend.
struct ExpectedCall {
  int line = 0;
  std::optional<std::string> method, url, body, proxy, proxy_authorization;
  std::optional<std::string> certificate;  ///< Subject of what the backend is shown; empty: nothing.
  YAML::Node headers, json;
};

/// What is expected of one request. Nodes are undefined where nothing is.
struct Expectation {
  int line = 0;
  std::optional<std::int64_t> status;
  std::optional<std::string> reason, body;
  std::vector<std::string> body_contains;
  YAML::Node headers, json, variables, last_error, metrics, trace;
  std::optional<std::vector<ExpectedCall>> backend;
  std::optional<std::chrono::milliseconds> elapsed;
  std::optional<bool> is_cut;  ///< Whether the body breaks off; where the script cuts none, it must not.
};

struct CaseRequest {
  int line = 0;
  std::chrono::milliseconds advance{0};
  std::int64_t repeat = 1;
  BenchRequest send;
  Expectation expect;
};

struct PolicyCase {
  std::string file;
  GatewayOptions options;
  ServiceModel model;
  std::vector<ScriptEntry> script;
  std::vector<CaseRequest> requests;
  std::optional<std::vector<std::string>> diagnostics;
  int diagnostics_line = 0;
};

/// Most requests that one case sends, repetitions included.
inline constexpr std::int64_t max_case_requests = 100'000;

/// Reads a case. `root` is what `{file: …}` is relative to. Mistakes go to `findings`.
PolicyCase parse_case(const std::string& file, const std::string& text, const std::filesystem::path& root,
                      CaseFindings& findings);

/// The parts of a case file; each takes what it knows from `top`.
void read_service(CaseMap& top, const std::filesystem::path& root, PolicyCase& into, CaseFindings& findings,
                  const std::string& workspace_id = {});
/// `workspaces`, each with the keys of a service, and `gateways`.
void read_workspaces(CaseMap& top, const std::filesystem::path& root, PolicyCase& into, CaseFindings& findings);
void read_settings(CaseMap& top, GatewayOptions& options, CaseFindings& findings);
/// `identity`: who the gateway is to others.
void read_identity(CaseMap& top, IdentitySettings& identity, CaseFindings& findings);
void read_certificates(CaseMap& top, const std::filesystem::path& root, Deployment& deployment, CaseFindings& findings);
void read_script(CaseMap& top, const std::filesystem::path& root, std::vector<ScriptEntry>& script,
                 CaseFindings& findings);
void read_requests(CaseMap& top, const std::filesystem::path& root, PolicyCase& into, CaseFindings& findings);

/// A file of a case, relative to `root`; its absence is a finding at `node`.
std::string read_case_file(const std::string& name, const std::filesystem::path& root, const YAML::Node& node,
                           CaseFindings& findings);

/// Backends in the shape of their resources, through the reader of artifact folders.
std::vector<Backend> read_case_backends(const YAML::Node& node, CaseFindings& findings);
std::vector<Logger> read_case_loggers(const YAML::Node& node, CaseFindings& findings);

/// `name: value` and `name: [value, value]` as lines.
FieldList read_fields(const YAML::Node& node, CaseFindings& findings);

}  // namespace sluice::testing
