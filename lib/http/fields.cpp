// SPDX-License-Identifier: Apache-2.0
#include "http/fields.hpp"

#include "http/characters.hpp"

namespace sluice::http {
namespace {

/// The row's role when the name is the row's; the hash has been compared by the caller's switch.
FieldRole confirm(const HeaderName& name, std::string_view expected, FieldRole role) {
  return equal_ignoring_case(name.text, expected) ? role : FieldRole::ordinary;
}

}  // namespace

FieldRole role_of(const HeaderName& name) {
  switch (name.hash) {
#define SLUICE_FIELD(text, role) \
  case header_hash(text): return confirm(name, text, FieldRole::role);
    SLUICE_FIELD("host", host)
    SLUICE_FIELD("content-length", content_length)
    SLUICE_FIELD("transfer-encoding", transfer_encoding)
    SLUICE_FIELD("connection", connection)
    SLUICE_FIELD("keep-alive", hop_by_hop)
    SLUICE_FIELD("proxy-connection", hop_by_hop)
    SLUICE_FIELD("proxy-authenticate", hop_by_hop)
    SLUICE_FIELD("proxy-authorization", hop_by_hop)
    SLUICE_FIELD("te", hop_by_hop)
    SLUICE_FIELD("trailer", hop_by_hop)
    SLUICE_FIELD("upgrade", hop_by_hop)
    SLUICE_FIELD("http2-settings", hop_by_hop)
    SLUICE_FIELD("expect", expect)
    SLUICE_FIELD("forwarded", forwarding)
    SLUICE_FIELD("x-real-ip", forwarding)
    SLUICE_FIELD("date", date)
#undef SLUICE_FIELD
    default: break;
  }
  static constexpr std::string_view prefix = "x-forwarded-";
  if (name.text.size() > prefix.size() && (name.text[0] == 'x' || name.text[0] == 'X') &&
      equal_ignoring_case(name.text.substr(0, prefix.size()), prefix)) {
    return FieldRole::forwarding;
  }
  return FieldRole::ordinary;
}

bool may_be_nominated(const HeaderName& name) {
  switch (role_of(name)) {
    case FieldRole::host:
    case FieldRole::content_length:
    case FieldRole::transfer_encoding:
    case FieldRole::forwarding: return false;
    default: break;
  }
  for (std::string_view kept : {"authorization", "cookie", "via"}) {
    if (equal_ignoring_case(name.text, kept)) return false;
  }
  return true;
}

std::string_view TokenReader::next() {
  while (!rest_.empty()) {
    const std::size_t comma = rest_.find(',');
    const std::string_view token = strip_blanks(rest_.substr(0, comma));
    rest_ = comma == std::string_view::npos ? std::string_view{} : rest_.substr(comma + 1);
    if (!token.empty()) return token;
  }
  return {};
}

}  // namespace sluice::http
