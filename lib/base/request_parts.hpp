// SPDX-License-Identifier: Apache-2.0
// A request that a policy sends on its own account: the children of send-request and send-one-way-request, their
// compiled form, and the message made of them. Inline for the reason that message_parts.hpp gives.
#pragma once

#include <sluice/policy.hpp>
#include <sluice/transport.hpp>

#include "base/document_workspace.hpp"
#include "base/field_role.hpp"
#include "base/identity_parts.hpp"
#include "base/managed_identity_part.hpp"
#include "base/message_parts.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace sluice::parts {

constexpr std::string_view request_modes = "new copy";
/// Longest timeout of a request of a policy's own, in seconds: a day.
constexpr std::int64_t max_timeout_seconds = 86'400;

inline constexpr ElementSpec request_children[] = {
    {.name = "set-url", .occurs = Occurs::optional, .text = TextRule::expression, .doc = "Where the request goes."},
    {.name = "set-method",
     .occurs = Occurs::optional,
     .text = TextRule::expression,
     .doc = "Method; GET when absent and nothing is copied."},
    {.name = "set-header",
     .occurs = Occurs::many,
     .attributes = header_attributes,
     .children = header_children,
     .doc = "A header of the request."},
    {.name = "set-body",
     .occurs = Occurs::optional,
     .text = TextRule::markup,
     .attributes = body_attributes,
     .doc = "The body of the request."},
    {.name = "authentication-basic",
     .occurs = Occurs::optional,
     .attributes = basic_attributes,
     .doc = "Sends user name and password (Basic)."},
    {.name = "authentication-certificate",
     .occurs = Occurs::optional,
     .attributes = certificate_attributes,
     .doc = "Shows a client certificate."},
    {.name = "authentication-managed-identity",
     .occurs = Occurs::optional,
     .attributes = managed_identity_attributes,
     .doc = "Sends a token of the gateway's identity."},
    {.name = "proxy", .occurs = Occurs::optional, .attributes = proxy_attributes, .doc = "Sends through a proxy."}};

struct RequestPart {
  Template mode, url, method;
  std::optional<Template> body;
  BasicPart basic;
  CertificatePart certificate;
  ProxyPart proxy;
  std::vector<HeaderPart> headers;
  ManagedIdentityPart managed_identity;
  DocumentWorkspace workspace;
  bool carries_body = false;  ///< A copy takes the request's body along; a copy of later sections does not.
};

inline RequestPart compile_request(const PolicyElement& element, CompileContext& context) {
  RequestPart part;
  part.mode = context.value(element, "mode");
  part.workspace = DocumentWorkspace(context);
  for (const PolicyElement& child : element.children) {
    if (child.name == "set-url") {
      part.url = context.text(child);
    } else if (child.name == "set-method") {
      part.method = compile_method(child, context);
    } else if (child.name == "set-header") {
      part.headers.push_back(compile_header(child, context));
    } else if (child.name == "set-body") {
      part.body = compile_body(child, context);
    } else if (child.name == "authentication-basic") {
      part.basic = compile_basic(child, context);
    } else if (child.name == "authentication-certificate") {
      part.certificate = compile_certificate(child, context);
    } else if (child.name == "proxy") {
      part.proxy = compile_proxy(child, context);
    } else if (child.name == "authentication-managed-identity") {
      part.managed_identity = compile_managed_identity(child, context);
    }
  }
  const auto mode = part.mode.constant_text();
  const bool copies = !mode || equal_ignoring_case(*mode, "copy");
  if (!part.url.is_set() && !copies) {
    context.warning(element, "SL2110", "<" + element.name + "> has no <set-url>: it fails when it runs",
                    "or mode=\"copy\"");
  }
  part.carries_body = works_on_request(context.section());
  if (copies && part.carries_body && !part.body) context.needs(Effects::reads_request_body);
  return part;
}

/// A request on its way out, and what `Backends::call` is to be told of where it goes: the backend entity of a copy.
struct BuiltRequest {
  OutgoingRequest request;
  std::string_view backend_id;
};

inline void copy_current_request(const RequestPart& part, RequestContext& context, BuiltRequest& to) {
  to.request.method = context.request.method;
  to.request.url = context.current_url();
  if (!context.target.backend_id.empty()) {
    to.backend_id = context.target.backend_id;
    to.request.url.path = context.target.path;
  }
  for (const Header& line : context.request.headers) {
    // Host belongs to the place the request came to, the others to its connection or its body.
    constexpr FieldRoles stay = connection_roles | bit(FieldRole::host) | bit(FieldRole::content_length);
    if (contains(stay, role_of(line))) continue;
    to.request.headers.append(line.key(), line.value);
  }
  if (part.carries_body && context.request.body.is_bytes()) to.request.body = Body::bytes(context.request.body.data());
}

/// Who the request comes from, and the proxy it goes through.
inline Result<void> show_identity(const RequestPart& part, RequestContext& context, OutgoingRequest& request) {
  if (part.basic.is_set()) {
    auto done = apply(part.basic, context, request.headers);
    if (!done) return done;
  }
  if (part.certificate.is_set()) {
    auto identity = identity_of(part.certificate, context);
    if (!identity) return fail(std::move(identity.error()));
    request.tls = *identity;
  }
  if (part.proxy.is_set()) {
    auto proxy = proxy_of(part.proxy, context);
    if (!proxy) return fail(std::move(proxy.error()));
    request.proxy = *proxy;
  }
  return {};
}

/// Evaluates the parts, in the order of the policy's children, into `to`.
inline Result<void> build_request(const RequestPart& part, RequestContext& context, BuiltRequest& to) {
  const auto mode = part.mode.choice(context, request_modes);
  if (!mode) return fail(mode.error());
  if (*mode == 1) copy_current_request(part, context, to);
  if (part.url.is_set()) {
    const auto text = part.url.text(context);
    if (!text) return fail(text.error());
    auto url = parse_url(*text, context.arena);
    if (!url) return fail(std::move(url.error()));
    to.request.url = *url;
    to.backend_id = part.workspace.any(context.arena);
  } else if (*mode != 1) {
    return fail(ErrorCode::policy_value_invalid, "The request has no URL.");
  }
  if (part.method.is_set()) {
    const auto method = method_text(part.method, context);
    if (!method) return fail(method.error());
    to.request.method = *method;
  }
  for (const HeaderPart& header : part.headers) {
    auto done = apply(header, context, to.request.headers);
    if (!done) return done;
  }
  if (part.body) {
    const auto bytes = body_bytes(*part.body, context, ErrorCode::request_body_too_large);
    if (!bytes) return fail(bytes.error());
    to.request.body = Body::bytes(*bytes);
  }
  return show_identity(part, context, to.request);
}

/// What `build_request` leaves to be waited for: the gateway's own token.
inline Task<Result<void>> complete_request(const RequestPart& part, RequestContext& context, BuiltRequest& built,
                                           Cancellation& cancellation) {
  if (!part.managed_identity.is_set()) return Task<Result<void>>(Result<void>());
  return show_managed_identity(part.managed_identity, context, built.request.headers, cancellation);
}

/// Milliseconds of a timeout given in seconds; fractions count. **Errors**: policy_value_invalid out of range.
inline Result<std::chrono::milliseconds> timeout_seconds(const Template& value, RequestContext& context) {
  const auto seconds = value.number(context);
  if (!seconds) return fail(seconds.error());
  if (!(*seconds >= 0 && *seconds <= static_cast<double>(max_timeout_seconds))) {
    return fail(ErrorCode::policy_value_invalid,
                "A timeout must be between 0 and " + std::to_string(max_timeout_seconds) + " seconds.");
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
}

}  // namespace sluice::parts
