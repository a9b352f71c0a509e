// SPDX-License-Identifier: Apache-2.0
// <ip-filter>: lets only listed addresses in, or keeps listed addresses out.   Sections: inbound. All scopes.
// Source: API Management policy reference, ip-filter.
#include <sluice/policy.hpp>

#include "base/cidr.hpp"

#include <optional>
#include <string>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {{.name = "action",
                                         .required = true,
                                         .expressions = true,
                                         .one_of = "allow forbid",
                                         .doc = "Whether the listed addresses are let in or kept out."}};

constexpr AttributeSpec range_attributes[] = {
    {.name = "from", .required = true, .expressions = true, .doc = "First address."},
    {.name = "to", .required = true, .expressions = true, .doc = "Last address."}};

constexpr ElementSpec children[] = {{.name = "address",
                                     .occurs = Occurs::many,
                                     .text = TextRule::expression,
                                     .doc = "An IPv4 or IPv6 address, or a block in CIDR form."},
                                    {.name = "address-range",
                                     .occurs = Occurs::many,
                                     .attributes = range_attributes,
                                     .doc = "A range, both ends included."}};

Result<IpRange> parse_entry(std::string_view text) {
  if (const auto range = parse_cidr(text)) return *range;
  return fail(ErrorCode::policy_value_invalid, "'" + std::string(text.substr(0, 100)) + "' is not an IP address.");
}

Result<IpRange> parse_ends(std::string_view from, std::string_view to) {
  const auto first = parse_ip(from);
  const auto last = parse_ip(to);
  const auto range = first && last ? make_range(*first, *last) : std::nullopt;
  if (range) return *range;
  return fail(ErrorCode::policy_value_invalid, "'" + std::string(from.substr(0, 100)) + "' to '" +
                                                   std::string(to.substr(0, 100)) +
                                                   "' is not a range of IP addresses.");
}

/// An address (`to` not set) or a range. Literals are read when the document is compiled.
struct Entry {
  Template from, to;
  std::optional<IpRange> constant;

  Result<IpRange> range(RequestContext& context) const {
    if (constant) return *constant;
    const auto first = from.text(context);
    if (!first) return fail(first.error());
    if (!to.is_set()) return parse_entry(*first);
    const auto last = to.text(context);
    if (!last) return fail(last.error());
    return parse_ends(*first, *last);
  }
};

class IpFilter final : public Step {
 public:
  IpFilter(Template action, std::vector<Entry> entries) : action_(std::move(action)), entries_(std::move(entries)) {}

  Outcome run(RequestContext& context) const override {
    const auto action = action_.choice(context, "allow forbid");
    if (!action) return Outcome::fail(action.error());
    const std::string_view caller = context.request.client_address;
    const auto address = parse_ip(caller);
    if (!address) return refuse(ErrorCode::caller_ip_not_parsed, {});
    const auto listed = contains(context, *address);
    if (!listed) return Outcome::fail(listed.error());
    const bool allows = *action == 0;
    if (*listed == allows) return Outcome::next();
    if (!allows) return refuse(ErrorCode::caller_ip_blocked, {});
    return refuse(ErrorCode::caller_ip_not_allowed,
                  "Caller IP address " + std::string(caller) + " is not allowed. Access denied.");
  }

 private:
  Result<bool> contains(RequestContext& context, const IpAddress& address) const {
    for (const Entry& entry : entries_) {
      const auto range = entry.range(context);
      if (!range) return fail(range.error());
      if (range->contains(address)) return true;
    }
    return false;
  }

  static Outcome refuse(ErrorCode code, std::string message) {
    return Outcome::fail(Error(code, std::move(message)).with_wire_message("Forbidden"));
  }

  Template action_;
  std::vector<Entry> entries_;
};

/// Reads an entry's literals; reports what is no address.
void fold(Entry& entry, const PolicyElement& child, CompileContext& context) {
  const auto from = entry.from.constant_text();
  const auto to = entry.to.constant_text();
  if (!from || (entry.to.is_set() && !to)) return;
  // A named value that is not known here cannot be checked.
  if (from->find("{{") != std::string::npos || (to && to->find("{{") != std::string::npos)) return;
  const auto range = to ? parse_ends(*from, *to) : parse_entry(*from);
  if (range) {
    entry.constant = *range;
  } else {
    context.error(child, "SL2106", "<" + child.name + "> of <ip-filter>: " + std::string(range.error().message()));
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  std::vector<Entry> entries;
  for (const PolicyElement& child : element.children) {
    Entry entry;
    if (child.name == "address") {
      entry.from = context.text(child);
    } else if (child.name == "address-range") {
      entry.from = context.value(child, "from");
      entry.to = context.value(child, "to");
    } else {
      continue;
    }
    fold(entry, child, context);
    entries.push_back(std::move(entry));
  }
  if (entries.empty()) {
    context.error(element, "SL2110", "<ip-filter> needs an <address> or an <address-range>");
    return {};
  }
  return make_step<IpFilter>(context.value(element, "action"), std::move(entries));
}

}  // namespace

SLUICE_POLICY(ip_filter){.elements = "ip-filter",
                         .sections = Sections::inbound,
                         .attributes = attributes,
                         .children = children,
                         .compile = compile,
                         .summary = "Lets only listed addresses in, or keeps listed addresses out.",
                         .differs =
                             "<address> also takes a block in CIDR form. A caller whose address cannot be read is "
                             "refused under forbid too."};

}  // namespace sluice::policies
