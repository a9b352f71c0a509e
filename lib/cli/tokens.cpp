// SPDX-License-Identifier: Apache-2.0
// sluice tokens FILE...: how many tokens texts have. One line for each file, or with --jsonl for each line of the
// files, each a text in JSON; --ids prints the tokens themselves.
#include "cli/commands.hpp"
#include "cli/load.hpp"

#include "base/json.hpp"
#include "tokenizer/tokenizer.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace sluice::cli {
namespace {

class TokenPrinter {
 public:
  TokenPrinter(const tokenizer::Tokenizer& tokens, bool ids) : tokens_(tokens), ids_(ids) {}

  /// `name`: put behind the line; empty: nothing is.
  void print(std::string_view text, std::string_view name) {
    std::string line;
    if (ids_) {
      found_.clear();
      tokens_.encode(text, found_);
      line = fmt::format("{}", fmt::join(found_, " "));
    } else {
      line = fmt::format("{}", tokens_.count(text));
    }
    if (!name.empty()) line += fmt::format(" {}", name);
    std::puts(line.c_str());
  }

  /// Each line by itself. False: a line is no text in JSON, which has been said.
  bool print_lines(std::string_view text, const std::string& file) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      if (line.empty()) continue;
      Arena arena;
      const auto value = parse_json(line, arena);
      if (!value || !(*value)->is_string()) {
        std::fprintf(stderr, "sluice tokens: %s:%zu: a line is a text in JSON\n", file.c_str(), number);
        return false;
      }
      print((*value)->text, {});
    }
    return true;
  }

 private:
  const tokenizer::Tokenizer& tokens_;
  bool ids_;
  std::vector<std::uint32_t> found_;
};

}  // namespace

int tokens(const TokensArguments& arguments) {
  tokenizer::Encoding encoding = tokenizer::default_encoding;
  if (!arguments.encoding.empty()) {
    const auto named = tokenizer::encoding_named(arguments.encoding);
    if (!named) {
      std::fprintf(stderr, "sluice tokens: there is no encoding '%s'; there are cl100k_base, o200k_base, p50k_base\n",
                   arguments.encoding.c_str());
      return exit_usage;
    }
    encoding = *named;
  } else if (!arguments.model.empty()) {
    const tokenizer::ModelEncoding known = tokenizer::encoding_of_model(arguments.model);
    encoding = known.encoding;
    if (known.is_guess) {
      std::fprintf(stderr, "sluice tokens: the model '%s' is not known; counted with %s\n", arguments.model.c_str(),
                   std::string(name_of(encoding)).c_str());
    }
  }
  TokenPrinter printer(tokenizer::tokenizer(encoding), arguments.ids);
  for (const std::string& file : arguments.files) {
    const auto text = read_file(file);
    if (!text) {
      std::fprintf(stderr, "sluice tokens: '%s' cannot be read\n", file.c_str());
      return exit_usage;
    }
    if (!arguments.jsonl) {
      printer.print(*text, arguments.files.size() > 1 ? std::string_view(file) : std::string_view());
    } else if (!printer.print_lines(*text, file)) {
      return exit_errors;
    }
  }
  return exit_ok;
}

}  // namespace sluice::cli
