// SPDX-License-Identifier: Apache-2.0
// How a request shows who it comes from, and the proxy it goes through (authentication-basic,
// authentication-certificate, proxy): policies of their own for what is forwarded, and children of send-request and
// send-one-way-request. Their tables, their compiled form and their effect, once for both. Inline for the reason that
// message_parts.hpp gives.
#pragma once

#include <sluice/bytes_value.hpp>
#include <sluice/policy.hpp>
#include <sluice/transport.hpp>

#include "base/base64url.hpp"
#include "base/document_workspace.hpp"
#include "base/message_parts.hpp"
#include "base/proxy_url.hpp"
#include "base/thumbprint.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

namespace sluice::parts {

// ---- authentication-basic ----------------------------------------------------------------------------------------

inline constexpr AttributeSpec basic_attributes[] = {
    {.name = "username", .required = true, .expressions = true, .doc = "User name."},
    {.name = "password", .required = true, .expressions = true, .doc = "Password."}};

struct BasicPart {
  Template user, password;
  bool is_set() const { return user.is_set(); }
};

inline BasicPart compile_basic(const PolicyElement& element, CompileContext& context) {
  return {context.value(element, "username"), context.value(element, "password")};
}

/// The value of the header, in the arena.
inline Result<std::string_view> authorization_text(const BasicPart& part, RequestContext& context) {
  const auto user = part.user.text(context);
  if (!user) return fail(user.error());
  std::string_view password;
  if (part.password.is_set()) {
    const auto text = part.password.text(context);
    if (!text) return fail(text.error());
    password = *text;
  }
  return basic_authorization(*user, password, context.arena);
}

inline Result<void> apply(const BasicPart& part, RequestContext& context, Headers& headers) {
  const auto value = authorization_text(part, context);
  if (!value) return fail(value.error());
  headers.set_view("Authorization", *value);
  return {};
}

// ---- authentication-certificate ----------------------------------------------------------------------------------

inline constexpr AttributeSpec certificate_attributes[] = {
    {.name = "thumbprint", .expressions = true, .doc = "Thumbprint of a certificate of the service."},
    {.name = "certificate-id", .expressions = true, .doc = "Id of a certificate of the service."},
    {.name = "body", .expressions = true, .doc = "The certificate with its key, as the bytes of a PKCS #12 file."},
    {.name = "password", .expressions = true, .doc = "Password of what 'body' holds."}};

/// One of the first three is set.
struct CertificatePart {
  Template id, thumbprint, body, password;
  DocumentWorkspace workspace;
  bool is_set() const { return id.is_set() || thumbprint.is_set() || body.is_set(); }
};

/// Warns of a certificate that calls will fail for want of: folders of a service do not hold them.
inline void check_certificate(const PolicyElement& element, const PolicyAttribute* attribute, const Template& value,
                              bool is_id, CompileContext& context) {
  const auto name = value.constant_text();
  if (attribute == nullptr || !name || has_placeholder(*name) || context.model() == nullptr) return;
  const auto& known = context.model()->certificates;
  const std::string thumbprint = plain_thumbprint(*name);
  const auto found = std::find_if(known.begin(), known.end(), [&](const Certificate& one) {
    return is_id ? equal_ignoring_case(one.id, *name) : plain_thumbprint(one.thumbprint) == thumbprint;
  });
  if (found != known.end() && found->is_at_hand) return;
  context.warning(
      element, "SL2119",
      "the certificate '" + *name + "' of <" + element.name + "> is not at hand: requests that need it fail",
      "name it, with its files, in 'certificates' of the settings");
}

inline CertificatePart compile_certificate(const PolicyElement& element, CompileContext& context) {
  constexpr std::array<std::string_view, 3> sources = {"thumbprint", "certificate-id", "body"};
  const auto given = std::count_if(sources.begin(), sources.end(), [&](auto name) { return element.has(name); });
  if (given != 1) {
    context.error(element, "SL2115",
                  "<" + element.name + "> needs exactly one of 'thumbprint', 'certificate-id' and 'body'");
    return {};
  }
  if (element.has("password") && !element.has("body")) {
    context.error(*element.attribute("password"), "SL2115",
                  "attribute 'password' of <" + element.name + "> goes with 'body' alone");
  }
  CertificatePart part{context.value(element, "certificate-id"), context.value(element, "thumbprint"),
                       context.value(element, "body"), context.value(element, "password"), DocumentWorkspace(context)};
  check_certificate(element, element.attribute("certificate-id"), part.id, true, context);
  check_certificate(element, element.attribute("thumbprint"), part.thumbprint, false, context);
  return part;
}

/// The bytes of a PKCS #12 file: `byte[]`, or Base64 as text.
inline Result<std::string_view> pkcs12_bytes(const Template& body, RequestContext& context) {
  const auto value = body.value(context);
  if (!value) return fail(value.error());
  if (const auto binary = bytes_of(*value)) {
    if (!binary->empty()) return *binary;
  } else if (const auto decoded = decode_base64(to_text(*value, context.arena)); decoded && !decoded->empty()) {
    return context.arena.copy(*decoded);
  }
  return fail(ErrorCode::policy_value_invalid, "The certificate's body is not the bytes of a PKCS #12 file.");
}

/// What the backend is shown; it lives as long as the request.
inline Result<const BackendTls*> identity_of(const CertificatePart& part, RequestContext& context) {
  ClientIdentity wanted;
  if (part.body.is_set()) {
    const auto bytes = pkcs12_bytes(part.body, context);
    if (!bytes) return fail(bytes.error());
    wanted.pkcs12 = *bytes;
    if (part.password.is_set()) {
      const auto password = part.password.text(context);
      if (!password) return fail(password.error());
      wanted.password = *password;
    }
  } else {
    const auto name = (part.id.is_set() ? part.id : part.thumbprint).text(context);
    if (!name) return fail(name.error());
    (part.id.is_set() ? wanted.id : wanted.thumbprint) = part.workspace.key(*name, context.arena);
  }
  auto identity = context.services.backends.identity(wanted);
  if (!identity) return fail(std::move(identity.error()));
  return context.arena.make<std::shared_ptr<const BackendTls>>(std::move(*identity))->get();
}

// ---- proxy -------------------------------------------------------------------------------------------------------

inline constexpr AttributeSpec proxy_attributes[] = {
    {.name = "url", .required = true, .expressions = true, .doc = "Where the proxy is: http://host:port."},
    {.name = "username", .expressions = true, .doc = "User name that the proxy is told (Basic)."},
    {.name = "password", .expressions = true, .doc = "Password of the user."}};

struct ProxyPart {
  Template url;
  BasicPart user;
  bool is_set() const { return url.is_set(); }
};

inline ProxyPart compile_proxy(const PolicyElement& element, CompileContext& context) {
  ProxyPart part{context.value(element, "url"),
                 {context.value(element, "username"), context.value(element, "password")}};
  if (element.has("password") && !element.has("username")) {
    context.error(*element.attribute("password"), "SL2115",
                  "attribute 'password' of <" + element.name + "> goes with 'username'");
  }
  const auto literal = part.url.constant_text();
  if (!literal || has_placeholder(*literal)) return part;
  Arena arena(256);
  if (const auto proxy = parse_proxy_url(*literal, arena); !proxy) {
    context.error(*element.attribute("url"), "SL2106",
                  "attribute 'url' of <" + element.name + ">: " + std::string(proxy.error().message()));
  }
  return part;
}

/// In the arena.
inline Result<const ForwardProxy*> proxy_of(const ProxyPart& part, RequestContext& context) {
  const auto url = part.url.text(context);
  if (!url) return fail(url.error());
  auto proxy = parse_proxy_url(*url, context.arena);
  if (!proxy) return fail(std::move(proxy.error()));
  if (part.user.is_set()) {
    const auto value = authorization_text(part.user, context);
    if (!value) return fail(value.error());
    proxy->authorization = *value;
  }
  return context.arena.make<ForwardProxy>(*proxy);
}

}  // namespace sluice::parts
