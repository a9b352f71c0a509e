// SPDX-License-Identifier: Apache-2.0
// <cross-domain>: answers GET /crossdomain.xml with a policy for players of Adobe Flash and Microsoft Silverlight.
// Sections: inbound. Scopes: global.
// That path mostly belongs to no API: such a request comes here alone, see PolicyDescriptor::answers_unmatched.
// Source: API Management policy reference, cross-domain; Adobe Cross Domain Policy File Specification.
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"
#include "base/xml_text.hpp"

namespace sluice::policies {
namespace {

constexpr std::string_view policy_path = "/crossdomain.xml";

constexpr AttributeSpec control_attributes[] = {
    {.name = "permitted-cross-domain-policies",
     .required = true,
     .one_of = "none master-only by-content-type by-ftp-filename all none-this-response",
     .doc = "Which other policy files of the host count."}};
constexpr AttributeSpec access_attributes[] = {
    {.name = "domain", .required = true, .doc = "Domain that may read, `*` at its start or alone for all."},
    {.name = "to-ports", .doc = "Ports of sockets that may be connected to."},
    {.name = "secure", .one_of = "true false", .doc = "Whether only documents that came over TLS may."}};
constexpr AttributeSpec headers_attributes[] = {
    {.name = "domain", .required = true, .doc = "Domain that may send them."},
    {.name = "headers", .required = true, .doc = "Names of headers, separated by commas, or `*`."},
    {.name = "secure", .one_of = "true false", .doc = "Whether only documents that came over TLS may."}};
constexpr AttributeSpec certificate_attributes[] = {
    {.name = "fingerprint", .required = true, .doc = "Fingerprint of the signer's certificate."},
    {.name = "fingerprint-algorithm", .required = true, .doc = "How it was made: sha-1."}};
constexpr ElementSpec certificate[] = {
    {.name = "certificate", .occurs = Occurs::once, .attributes = certificate_attributes, .doc = "Its certificate."}};
constexpr ElementSpec signatory[] = {
    {.name = "signatory", .occurs = Occurs::at_least_once, .children = certificate, .doc = "Who signed the document."}};
constexpr ElementSpec rules[] = {
    {.name = "site-control", .attributes = control_attributes, .doc = "What holds for the whole host."},
    {.name = "allow-access-from", .occurs = Occurs::many, .attributes = access_attributes, .doc = "Who may read."},
    {.name = "allow-http-request-headers-from",
     .occurs = Occurs::many,
     .attributes = headers_attributes,
     .doc = "Who may send headers of its own."},
    {.name = "allow-access-from-identity",
     .occurs = Occurs::many,
     .children = signatory,
     .doc = "Which signers' documents may read."}};
constexpr ElementSpec children[] = {
    {.name = "cross-domain-policy", .occurs = Occurs::once, .children = rules, .doc = "The policy file."}};

/// As deep as the tables above.
void write(std::string& to, const PolicyElement& element) {
  to.append("<").append(element.name);
  for (const PolicyAttribute& attribute : element.attributes) {
    to.append(" ").append(attribute.name).append("=");
    append_xml_value(to, attribute.value.text);
  }
  if (element.children.empty()) {
    to += " />";
    return;
  }
  to += ">";
  for (const PolicyElement& child : element.children) write(to, child);
  to.append("</").append(element.name).append(">");
}

class CrossDomain final : public Step {
 public:
  explicit CrossDomain(std::string file) : file_(std::move(file)) {}

  Outcome run(RequestContext& context) const override {
    const bool reads = context.original_method == "GET" || context.original_method == "HEAD";
    if (!reads || context.request.url.path != policy_path) return Outcome::next();
    Response& answer = context.replace_response();
    answer.headers.set("Content-Type", "text/x-cross-domain-policy");
    answer.body.set_bytes(context.arena.copy(file_));
    return Outcome::respond();
  }

 private:
  std::string file_;
};

StepPtr compile(const PolicyElement& element, CompileContext&) {
  std::string file =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE cross-domain-policy SYSTEM "
      "\"http://www.adobe.com/xml/dtds/cross-domain-policy.dtd\">\n";
  write(file, element.children.front());
  return make_step<CrossDomain>(std::move(file));
}

}  // namespace

SLUICE_POLICY(cross_domain){.elements = "cross-domain",
                            .sections = Sections::inbound,
                            .scopes = Scopes::global,
                            .once_per_section = true,
                            .answers_unmatched = true,
                            .children = children,
                            .compile = compile,
                            .summary = "Answers /crossdomain.xml with a cross-domain policy file."};

}  // namespace sluice::policies
