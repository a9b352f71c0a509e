// SPDX-License-Identifier: Apache-2.0
// The assembler puts the files in, which takes no time whatever their size; SLUICE_RANKS is their folder.
#include "tokenizer/rank_data.hpp"

// clang-format off
#define SLUICE_RANK_FILE(name)                                     \
  asm(".pushsection .rodata." #name ",\"a\",@progbits\n"           \
      ".balign 8\n"                                                \
      ".hidden sluice_ranks_" #name "\n"                           \
      ".global sluice_ranks_" #name "\n"                           \
      "sluice_ranks_" #name ":\n"                                  \
      ".incbin \"" SLUICE_RANKS "/" #name ".ranks\"\n"             \
      ".hidden sluice_ranks_end_" #name "\n"                       \
      ".global sluice_ranks_end_" #name "\n"                       \
      "sluice_ranks_end_" #name ":\n"                              \
      ".byte 0\n"                                                  \
      ".popsection\n");                                            \
  extern "C" __attribute__((visibility("hidden"))) const char sluice_ranks_##name[]; \
  extern "C" __attribute__((visibility("hidden"))) const char sluice_ranks_end_##name[]

SLUICE_RANK_FILE(cl100k_base);
SLUICE_RANK_FILE(o200k_base);
SLUICE_RANK_FILE(p50k_base);
// clang-format on

namespace sluice::tokenizer {

std::string_view rank_file(Encoding encoding) {
  const auto between = [](const char* first, const char* end) {
    return std::string_view(first, static_cast<std::size_t>(end - first));
  };
  switch (encoding) {
    case Encoding::cl100k_base: return between(sluice_ranks_cl100k_base, sluice_ranks_end_cl100k_base);
    case Encoding::o200k_base: return between(sluice_ranks_o200k_base, sluice_ranks_end_o200k_base);
    case Encoding::p50k_base: return between(sluice_ranks_p50k_base, sluice_ranks_end_p50k_base);
  }
  return {};
}

}  // namespace sluice::tokenizer
