// SPDX-License-Identifier: Apache-2.0
// Types that a message body can be read as; the families that own them say how.
#pragma once

#include "expression/evaluation.hpp"

namespace sluice::expression {

struct BodyReader {
  bool (*accepts)(const Type* wanted);
  Value (*read)(Call& call, std::string_view text, const Type* wanted);
};
extern const BodyReader json_body_reader, xml_body_reader;

}  // namespace sluice::expression
