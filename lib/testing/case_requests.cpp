// SPDX-License-Identifier: Apache-2.0
// Script and requests of a case.
#include "testing/case_file.hpp"

#include "base/crypto_certificate.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice::testing {
namespace {

/// `error: timeout`: what takes the place of an answer.
void read_error(CaseMap& entry, ScriptedAnswer& answer) {
  const auto name = entry.optional_text("error");
  if (!name) return;
  if (*name == "timeout") {
    answer.error = ErrorCode::timeout;
  } else if (*name == "connection") {
    answer.error = ErrorCode::backend_connection_failure;
  } else if (*name == "invalid") {
    answer.error = ErrorCode::backend_answer_invalid;
  } else if (*name == "cut") {
    answer.is_cut = true;
  } else {
    entry.report(entry.find("error"), "an error is timeout, connection, invalid or cut");
  }
}

void read_answer(const YAML::Node& node, const std::filesystem::path& root, ScriptedAnswer& answer,
                 CaseFindings& findings) {
  CaseMap fields(node, "an answer", findings);
  answer.status = static_cast<int>(fields.integer("status").value_or(200));
  answer.reason = fields.text("reason");
  answer.headers = read_fields(fields.find("headers"), findings);
  answer.body = fields.optional_text("body");
  if (const YAML::Node json = fields.find("json")) answer.body = to_json(json);
  if (const auto file = fields.optional_text("body_file"))
    answer.body = read_case_file(*file, root, fields.find("body_file"), findings);
  answer.chunks = fields.texts("chunks");
  answer.delay = fields.duration("delay", std::chrono::milliseconds(0));
  answer.chunk_delay = fields.duration("chunk_delay", std::chrono::milliseconds(0));
  fields.finish();
}

ExpectedCall read_call(const YAML::Node& node, CaseFindings& findings) {
  CaseMap fields(node, "a call", findings);
  ExpectedCall call;
  call.line = line_of(node);
  call.method = fields.optional_text("method");
  call.url = fields.optional_text("url");
  call.body = fields.optional_text("body");
  call.proxy = fields.optional_text("proxy");
  call.proxy_authorization = fields.optional_text("proxy_authorization");
  call.certificate = fields.optional_text("certificate");
  call.headers.reset(fields.find("headers"));
  call.json.reset(fields.find("json"));
  fields.finish();
  return call;
}

Expectation read_expectation(const YAML::Node& node, CaseFindings& findings) {
  CaseMap fields(node, "an expectation", findings);
  Expectation expect;
  expect.line = line_of(node);
  expect.status = fields.integer("status");
  expect.reason = fields.optional_text("reason");
  expect.body = fields.optional_text("body");
  expect.body_contains = fields.texts("body_contains");
  expect.headers.reset(fields.find("headers"));
  expect.json.reset(fields.find("json"));
  expect.variables.reset(fields.find("variables"));
  expect.last_error.reset(fields.find("last_error"));
  expect.metrics.reset(fields.find("metrics"));
  expect.trace.reset(fields.find("trace"));
  if (fields.has("cut")) expect.is_cut = fields.boolean("cut", false);
  if (fields.has("elapsed")) expect.elapsed = fields.duration("elapsed", std::chrono::milliseconds(0));
  if (const YAML::Node calls = fields.find("backend")) {
    expect.backend.emplace();
    for (const YAML::Node& call : calls) expect.backend->push_back(read_call(call, findings));
  }
  fields.finish();
  return expect;
}

BenchRequest read_send(const YAML::Node& node, const std::filesystem::path& root, CaseFindings& findings) {
  CaseMap fields(node, "a request", findings);
  BenchRequest send;
  send.method = fields.text("method", "GET");
  send.url = fields.text("url", "/");
  send.headers = read_fields(fields.find("headers"), findings);
  send.body = fields.optional_text("body");
  if (const YAML::Node json = fields.find("json")) send.body = to_json(json);
  send.client_address = fields.text("client", send.client_address);
  if (const auto file = fields.optional_text("certificate")) {
    const YAML::Node at = fields.find("certificate");
    auto certificate = read_certificate(read_case_file(*file, root, at, findings));
    if (certificate) {
      send.client_certificate = std::move(certificate->der);
    } else {
      fields.report(at, "the file is no certificate: " + certificate.error());
    }
  }
  if (const auto key = fields.optional_text("key")) send.headers.emplace_back("Ocp-Apim-Subscription-Key", *key);
  fields.finish();
  return send;
}

}  // namespace

void read_certificates(CaseMap& top, const std::filesystem::path& root, Deployment& deployment,
                       CaseFindings& findings) {
  top.each("certificates", [&](const YAML::Node& node) {
    CaseMap fields(node, "a certificate", findings);
    const YAML::Node at = fields.find("file");
    deployment.certificates.push_back(
        {fields.text("id"), read_case_file(fields.text("file"), root, at, findings), fields.text("password")});
    fields.finish();
  });
  if (const auto file = top.optional_text("caller_authorities"))
    deployment.caller_authorities = read_case_file(*file, root, top.find("caller_authorities"), findings);
}

void read_script(CaseMap& top, const std::filesystem::path& root, std::vector<ScriptEntry>& script,
                 CaseFindings& findings) {
  top.each("backend_script", [&](const YAML::Node& node) {
    CaseMap entry(node, "an entry of the script", findings);
    ScriptEntry made;
    CaseMap when(entry.find("when"), "'when'", findings);
    made.when = {when.text("method"), when.text("url"), when.text("url_prefix")};
    when.finish();
    read_answer(entry.find("answer"), root, made.answer, findings);
    read_error(entry, made.answer);
    const std::string repeat = entry.text("repeat", "1");
    const auto count = parse_unsigned(repeat);
    if (repeat == "forever") {
      made.repeat = ScriptEntry::forever;
    } else if (count && *count >= 1 && *count <= max_case_requests) {
      made.repeat = static_cast<unsigned>(*count);
    } else {
      entry.report(entry.find("repeat"), "'repeat' is a number from 1, or forever");
    }
    entry.finish();
    script.push_back(std::move(made));
  });
}

void read_requests(CaseMap& top, const std::filesystem::path& root, PolicyCase& into, CaseFindings& findings) {
  const bool may_be_cut =
      std::any_of(into.script.begin(), into.script.end(), [](const ScriptEntry& entry) { return entry.answer.is_cut; });
  std::int64_t total = 0;
  top.each("requests", [&](const YAML::Node& node) {
    CaseMap fields(node, "a step", findings);
    CaseRequest request;
    request.line = line_of(node);
    request.advance = fields.duration("advance", std::chrono::milliseconds(0));
    request.repeat = fields.integer("repeat").value_or(1);
    request.send = read_send(fields.find("send"), root, findings);
    request.expect = read_expectation(fields.find("expect"), findings);
    if (!request.expect.is_cut && !may_be_cut) request.expect.is_cut = false;
    fields.finish();
    total += request.repeat;
    if (request.repeat < 1 || total > max_case_requests) {
      findings.push_back({request.line, "a case sends 1 to " + std::to_string(max_case_requests) + " requests"});
      return;
    }
    into.requests.push_back(std::move(request));
  });
}

}  // namespace sluice::testing
