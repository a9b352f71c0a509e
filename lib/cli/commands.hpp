// SPDX-License-Identifier: Apache-2.0
// The sub-commands of `sluice`, one file each. Exit codes: 0 fine, 1 errors were found, 2 wrong usage.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_errors = 1;
inline constexpr int exit_usage = 2;

struct CheckArguments {
  std::vector<std::string> paths;
  std::string format = "text";
  std::string settings;  ///< For folders of artifacts; empty: defaults.
};
int check(const CheckArguments& arguments);

struct RunArguments {
  std::string artifacts;
  std::string settings;
  std::string listen, admin, management, region;  ///< Empty: as the settings say.
  int workers = -1;                               ///< Negative: as the settings say.
  bool access_log = false;                        ///< A line of JSON on standard error for each request.
};
int run(const RunArguments& arguments);

struct ExplainArguments {
  std::string artifacts;
  std::string operation;  ///< `API/OPERATION`
  std::string product, region, settings;
};
int explain(const ExplainArguments& arguments);

struct EvalArguments {
  std::string expression;  ///< `@(...)` or `@{...}`
  std::string fixture;     ///< The request and all else it may look at; empty: nothing is there.
  bool program = false;    ///< Print what it was compiled to instead.
};
int eval(const EvalArguments& arguments);

struct ReferenceArguments {
  std::string topic;  ///< `expressions`, `policies`
};
int reference(const ReferenceArguments& arguments);

struct TestArguments {
  std::vector<std::string> paths;
  std::string root = ".";  ///< What `{file: ...}` in cases is relative to.
};
int test(const TestArguments& arguments);

struct TokensArguments {
  std::vector<std::string> files;
  std::string model, encoding;  ///< Both empty: the encoding of newer models.
  bool ids = false;             ///< Print the tokens, not how many there are.
  bool jsonl = false;           ///< Each line of the files is a text in JSON.
};
int tokens(const TokensArguments& arguments);

}  // namespace sluice::cli
