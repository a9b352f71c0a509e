// SPDX-License-Identifier: Apache-2.0
// From decoded fields to a Request: pseudo-header fields by the rules of HTTP/2 (H1), everything else by those of
// HTTP/1.1 (H2). Pure. Source: RFC 9113 section 8.3.1.
#pragma once

#include "http/h2_fields.hpp"
#include "http/request_head.hpp"

#include <string_view>

namespace sluice::http {

class H2RequestHead {
 public:
  /// Fields are kept in the request's arena.
  H2RequestHead(Request& request, const HeadRules& rules);

  /// The next field, as it was decoded.
  H2FieldSection::Outcome add(std::string_view name, std::string_view value, bool is_never_indexed = false);
  /// After the last one, fills the request. `body_follows`: the stream has not ended with the head.
  /// **Errors**: `malformed`, which no answer is given to; else what is answered.
  Checked<RequestFraming> finish(bool body_follows, std::string_view peer);

  /// Answers to this request have no body.
  bool is_head() const { return method_ == "HEAD"; }

  static constexpr Refusal malformed{0, "The request is malformed."};

 private:
  using Outcome = H2FieldSection::Outcome;
  Outcome add_pseudo(std::string_view name, std::string_view value);
  bool has_good_parts() const;
  bool has_good_lines(HeadLines& lines, bool body_follows);

  Request& request_;
  const HeadRules& rules_;
  H2FieldSection fields_;
  std::string_view method_;
  std::string_view scheme_;
  std::string_view authority_;
  std::string_view path_;
  std::uint8_t seen_ = 0;  // pseudo-header fields, as bits
  bool has_regular_ = false;
};

}  // namespace sluice::http
