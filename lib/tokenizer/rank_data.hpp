// SPDX-License-Identifier: Apache-2.0
// The files of data/*.ranks as parts of the program; data/generate.mjs says what is in them.
#pragma once

#include "tokenizer/encoding.hpp"

namespace sluice::tokenizer {

std::string_view rank_file(Encoding encoding);

}  // namespace sluice::tokenizer
