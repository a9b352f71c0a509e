// SPDX-License-Identifier: Apache-2.0
// The `sluice` command: reads the command line and calls a sub-command.
#include "cli/commands.hpp"

#include <sluice/version.hpp>

#include <CLI/CLI.hpp>

using namespace sluice::cli;

int main(int count, char** values) {
  CLI::App app("Sluice: an API gateway and AI gateway that runs Azure API Management policies", "sluice");
  app.set_version_flag("--version", "sluice " SLUICE_VERSION);
  app.require_subcommand(1);
  int result = exit_usage;

  CheckArguments check_arguments;
  CLI::App* check_command = app.add_subcommand("check", "Check policy documents and folders of artifacts");
  check_command->add_option("PATH", check_arguments.paths, "Documents, folders of documents, artifacts folders")
      ->required();
  check_command->add_option("--format", check_arguments.format, "text, or json: one object a line")
      ->check(CLI::IsMember({"text", "json"}));
  check_command->add_option("--settings", check_arguments.settings, "Settings of the host (JSON) for artifacts folders")
      ->check(CLI::ExistingFile);
  check_command->callback([&] { result = check(check_arguments); });

  RunArguments run_arguments;
  CLI::App* run_command = app.add_subcommand("run", "Serve a folder of artifacts");
  run_command->add_option("ARTIFACTS", run_arguments.artifacts, "Folder in APIOps layout")->required();
  run_command->add_option("--settings", run_arguments.settings, "Settings of the host (JSON); flags win over it")
      ->check(CLI::ExistingFile);
  run_command->add_option("--listen", run_arguments.listen, "HOST:PORT; port 0 picks one");
  run_command->add_option("--admin", run_arguments.admin, "HOST:PORT of the admin listener; off without it");
  run_command->add_option("--management", run_arguments.management,
                          "HOST:PORT of the management interface; off without it");
  run_command->add_option("--region", run_arguments.region, "context.Deployment.Region");
  run_command->add_option("--workers", run_arguments.workers, "Threads; 0: one per processor")
      ->check(CLI::Range(0, 1024));
  run_command->add_flag("--access-log", run_arguments.access_log,
                        "One line of JSON on standard error for each request");
  run_command->callback([&] { result = run(run_arguments); });

  ExplainArguments explain_arguments;
  CLI::App* explain_command = app.add_subcommand("explain", "Show the effective pipeline of an operation");
  explain_command->add_option("ARTIFACTS", explain_arguments.artifacts, "Folder in APIOps layout")->required();
  explain_command->add_option("OPERATION", explain_arguments.operation, "API/OPERATION, both by id")->required();
  explain_command->add_option("--product", explain_arguments.product, "In the context of this product");
  explain_command->add_option("--region", explain_arguments.region, "context.Deployment.Region");
  explain_command->add_option("--settings", explain_arguments.settings, "Settings of the host (JSON)")
      ->check(CLI::ExistingFile);
  explain_command->callback([&] { result = explain(explain_arguments); });

  EvalArguments eval_arguments;
  CLI::App* eval_command = app.add_subcommand("eval", "Evaluate one expression, and print its type and value");
  eval_command->add_option("EXPRESSION", eval_arguments.expression, "@(...) or @{...}")->required();
  eval_command
      ->add_option("--fixture", eval_arguments.fixture,
                   "What `context` is: request, answer, entities, variables (JSON)")
      ->check(CLI::ExistingFile);
  eval_command->add_flag("--program", eval_arguments.program, "Print the instructions it is compiled to instead");
  eval_command->callback([&] { result = eval(eval_arguments); });

  ReferenceArguments reference_arguments;
  CLI::App* reference_command = app.add_subcommand("reference", "Print a reference as Markdown");
  reference_command->add_option("TOPIC", reference_arguments.topic, "expressions or policies")->required();
  reference_command->callback([&] { result = reference(reference_arguments); });

  TestArguments test_arguments;
  CLI::App* test_command = app.add_subcommand("test", "Run policy test cases (*.test.yaml)");
  test_command->add_option("PATH", test_arguments.paths, "Cases, or folders of them")->required();
  test_command->add_option("--root", test_arguments.root, "Folder that {file: ...} in cases is relative to");
  test_command->callback([&] { result = test(test_arguments); });

  TokensArguments tokens_arguments;
  CLI::App* tokens_command = app.add_subcommand("tokens", "Count the tokens of texts as OpenAI's models do");
  tokens_command->add_option("FILE", tokens_arguments.files, "Texts; /dev/stdin for one that is piped in")->required();
  CLI::Option* model = tokens_command->add_option("--model", tokens_arguments.model, "As this model counts: gpt-4o");
  tokens_command->add_option("--encoding", tokens_arguments.encoding, "cl100k_base, o200k_base or p50k_base")
      ->excludes(model);
  tokens_command->add_flag("--ids", tokens_arguments.ids, "Print the tokens themselves");
  tokens_command->add_flag("--jsonl", tokens_arguments.jsonl,
                           "Each line of the files is a text in JSON, and has a line of its own");
  tokens_command->callback([&] { result = tokens(tokens_arguments); });

  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return result;
}
