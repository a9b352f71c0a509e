// SPDX-License-Identifier: Apache-2.0
// <validate-client-certificate>: lets in only callers whose certificate is valid, and is one of those listed.
// Sections: inbound. All scopes.
// Trusted are the authorities that the listener verifies callers with and those of this machine. Revocation is asked
// of the OCSP responders and lists that the certificates of the chain name; what nobody can tell counts as revoked.
// Source: API Management policy reference, validate-client-certificate.
#include <sluice/policy.hpp>

#include "base/client_certificate.hpp"
#include "base/identity_parts.hpp"
#include "base/revocation_check.hpp"

#include <algorithm>
#include <optional>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "validate-revocation",
     .type = ValueType::boolean,
     .fallback = "true",
     .doc = "Whether the issuers are asked if they have revoked the certificate."},
    {.name = "validate-trust",
     .type = ValueType::boolean,
     .fallback = "true",
     .doc = "Whether the certificate must have been issued by a trusted authority."},
    {.name = "validate-not-before",
     .type = ValueType::boolean,
     .fallback = "true",
     .doc = "Whether its time of validity must have begun."},
    {.name = "validate-not-after",
     .type = ValueType::boolean,
     .fallback = "true",
     .doc = "Whether its time of validity must not have ended."},
    {.name = "ignore-error",
     .type = ValueType::boolean,
     .fallback = "false",
     .doc = "Whether to go on after a check has failed."}};

constexpr AttributeSpec identity_attributes[] = {
    {.name = "thumbprint", .doc = "SHA-1 thumbprint."},
    {.name = "serial-number", .doc = "Serial number, hexadecimal."},
    {.name = "common-name", .doc = "Common name (CN) of the subject."},
    {.name = "subject", .doc = "Distinguished name of the subject, the narrowest part first: CN=a, O=\"B, C\"."},
    {.name = "dns-name", .doc = "One of the DNS names in subjectAltName."},
    {.name = "issuer-subject", .doc = "Distinguished name of the issuer."},
    {.name = "issuer-thumbprint", .doc = "Thumbprint of the issuer's certificate."},
    {.name = "issuer-certificate-id", .doc = "Id of the certificate of the service that has issued it."}};
constexpr ElementSpec identity_children[] = {{.name = "identity",
                                              .occurs = Occurs::at_least_once,
                                              .attributes = identity_attributes,
                                              .doc = "A certificate that may come in: all attributes must fit."}};
constexpr ElementSpec children[] = {{.name = "identities",
                                     .occurs = Occurs::optional,
                                     .children = identity_children,
                                     .doc = "Certificates that may come in; without it, all that are valid."}};

struct Config {
  CertificateRules rules;
  bool revocation = true, ignore_error = false;
};

Error refusal(std::string_view why) {
  Error error(ErrorCode::client_certificate_not_allowed, "Client certificate " + std::string(why) + ". Access denied.");
  error.edit().wire_message = describe(ErrorCode::client_certificate_not_allowed).message;
  return error;
}

/// All that needs no waiting. `chain` gets who vouches for the certificate, from itself up to a root.
std::optional<Error> checked(const Config& config, RequestContext& context, std::vector<std::string>& chain) {
  const auto why = refuse_certificate(config.rules, context, config.revocation, chain);
  return why ? std::optional<Error>(refusal(*why)) : std::nullopt;
}

Outcome conclude(std::optional<Error> refused, const Config& config, RequestContext& context) {
  if (!refused) return Outcome::next();
  if (!config.ignore_error) return Outcome::fail(std::move(*refused));
  context.trace("validate-client-certificate", "information", refused->message());
  return Outcome::next();
}

class ValidateClientCertificate final : public Step {
 public:
  explicit ValidateClientCertificate(Config config) : config_(std::move(config)) {}
  Outcome run(RequestContext& context) const override {
    std::vector<std::string> chain;
    return conclude(checked(config_, context, chain), config_, context);
  }

 private:
  Config config_;
};

/// The same, and asks the issuers.
class ValidateRevocation final : public WaitingStep {
 public:
  explicit ValidateRevocation(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    std::vector<std::string> chain;
    std::optional<Error> refused = checked(config_, context, chain);
    if (!refused) refused = co_await asked(chain, context, cancellation);
    if (cancellation.requested()) co_return Outcome::fail(Error(ErrorCode::cancelled));
    co_return conclude(std::move(refused), config_, context);
  }

 private:
  static Task<std::optional<Error>> asked(const std::vector<std::string>& chain, RequestContext& context,
                                          Cancellation& cancellation) {
    if (chain.empty()) co_return refusal("has no known issuer who could tell whether it is revoked");
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
      const Revocation status = co_await revocation_of(chain[i], chain[i + 1], context, cancellation);
      if (status == Revocation::revoked) co_return refusal("has been revoked");
      if (status == Revocation::unknown) co_return refusal("may have been revoked: nobody could tell");
    }
    co_return std::nullopt;
  }

  Config config_;
};

std::optional<DistinguishedName> compile_name(const PolicyElement& element, std::string_view attribute,
                                              CompileContext& context) {
  const PolicyAttribute* given = element.attribute(attribute);
  if (given == nullptr) return std::nullopt;
  const std::string text = context.literal(element, attribute);
  auto name = parse_distinguished_name(text);
  if (!name && !parts::has_placeholder(text)) {
    context.error(
        *given, "SL2106",
        "attribute '" + std::string(attribute) + "' of <identity> must be a distinguished name, found '" + text + "'",
        "for example CN=client, O=\"Contoso, Inc.\", C=US");
  }
  return name ? name : DistinguishedName();
}

CertificateIdentity compile_identity(const PolicyElement& element, CompileContext& context) {
  CertificateIdentity identity;
  identity.thumbprint = plain_thumbprint(context.literal(element, "thumbprint"));
  identity.serial_number = plain_thumbprint(context.literal(element, "serial-number"));
  identity.common_name = context.literal(element, "common-name");
  identity.dns_name = context.literal(element, "dns-name");
  identity.subject = compile_name(element, "subject", context);
  identity.issuer_subject = compile_name(element, "issuer-subject", context);
  identity.issuer_thumbprint = plain_thumbprint(context.literal(element, "issuer-thumbprint"));
  if (element.has("issuer-certificate-id")) {
    identity.issuer_certificate_id =
        entity_key(parts::DocumentWorkspace(context).id(), context.literal(element, "issuer-certificate-id"));
  }
  // An empty value would ask for nothing: every certificate would fit.
  const bool is_empty = element.attributes.empty() ||
                        std::any_of(element.attributes.begin(), element.attributes.end(),
                                    [](const auto& attribute) { return trim(attribute.value.text).empty(); });
  if (is_empty) {
    context.error(element, "SL2106", "<identity> needs at least one attribute, and none of them may be empty");
  }
  for (const char* name : {"thumbprint", "serial-number", "issuer-thumbprint"}) {
    const PolicyAttribute* given = element.attribute(name);
    if (given == nullptr || trim(given->value.text).empty() || parts::has_placeholder(given->value.text)) continue;
    if (plain_thumbprint(given->value.text).empty())
      context.error(
          *given, "SL2106",
          "attribute '" + std::string(name) + "' of <identity> must be hexadecimal, found '" + given->value.text + "'");
  }
  if (element.has("issuer-certificate-id") && (element.has("issuer-subject") || element.has("issuer-thumbprint"))) {
    context.error(element, "SL2115",
                  "'issuer-certificate-id' of <identity> goes without 'issuer-subject' and 'issuer-thumbprint'");
  }
  parts::check_certificate(element, element.attribute("issuer-certificate-id"),
                           Template(identity.issuer_certificate_id), true, context);
  return identity;
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.revocation = context.literal_boolean(element, "validate-revocation");
  config.rules.trust = context.literal_boolean(element, "validate-trust");
  config.rules.not_before = context.literal_boolean(element, "validate-not-before");
  config.rules.not_after = context.literal_boolean(element, "validate-not-after");
  config.ignore_error = context.literal_boolean(element, "ignore-error");
  if (const PolicyElement* identities = element.child("identities")) {
    for (const PolicyElement& child : identities->children)
      config.rules.identities.push_back(compile_identity(child, context));
  }
  if (config.revocation) return make_step<ValidateRevocation>(std::move(config));
  return make_step<ValidateClientCertificate>(std::move(config));
}

}  // namespace

SLUICE_POLICY(validate_client_certificate){
    .elements = "validate-client-certificate",
    .sections = Sections::inbound,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Lets in only callers whose certificate is valid, and is one of those listed.",
    .differs =
        "A refusal is a 403 with Reason ClientCertificateNotAllowed. A certificate whose revocation nobody can tell is "
        "refused, as .NET does; intermediate authorities must be among the trusted ones, they are not fetched. Names "
        "compare without case; dns-name looks at subjectAltName alone."};

}  // namespace sluice::policies
