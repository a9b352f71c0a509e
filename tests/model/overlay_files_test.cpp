// SPDX-License-Identifier: Apache-2.0
#include "model/overlay_files.hpp"

#include "model/artifacts_reader.hpp"
#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sluice;
using model::FileProblem;
using model::FolderEntry;
using model::OverlayFiles;
using testing::TemporaryFolder;

namespace {

/// `a/ b.txt`, sorted; folders end in a slash.
std::string listing(const OverlayFiles& files, const std::filesystem::path& folder, std::size_t most = 100) {
  std::vector<FileProblem> problems;
  std::vector<std::string> names;
  for (const FolderEntry& entry : files.list(folder, most, problems)) {
    names.push_back(entry.name + (entry.is_folder ? "/" : ""));
    CHECK(entry.path == folder / entry.name);
  }
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return problems.empty() ? text : text + '!';
}

}  // namespace

TEST_CASE("Without changes an overlay is as the folder below", "[model][overlay]") {
  TemporaryFolder folder;
  folder.write("a/x", "1").write(".git/y", "2").write("b", "3");
  const OverlayFiles files(folder.path());
  CHECK(listing(files, folder.path()) == "a/ b");
  CHECK(files.read(folder.path() / "b", 1) == "3");
  CHECK(files.has_file(folder.path() / "a/x"));
  CHECK(files.has_folder(folder.path() / "a"));
  CHECK_FALSE(files.is_changed());
  CHECK(files.changes().empty());
  CHECK(listing(files, folder.path() / "none") == "!");
}

TEST_CASE("Written files stand beside and in place of those below", "[model][overlay]") {
  TemporaryFolder folder;
  folder.write("a/x", "1").write("b", "3");
  OverlayFiles files(folder.path());
  files.write(folder.path() / "b", "new");
  files.write(folder.path() / "c/d/e", "deep");
  CHECK(listing(files, folder.path()) == "a/ b c/");
  CHECK(listing(files, folder.path() / "c") == "d/");
  CHECK(listing(files, folder.path() / "c/d") == "e");
  CHECK(files.read(folder.path() / "b", 3) == "new");
  CHECK(files.read(folder.path() / "b", 2).error().is_too_large);
  CHECK(files.has_file(folder.path() / "c/d/e"));
  CHECK_FALSE(files.has_file(folder.path() / "c/d"));
  CHECK(files.has_folder(folder.path() / "c/d"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "c"));
}

TEST_CASE("What is removed is gone with everything in it", "[model][overlay]") {
  TemporaryFolder folder;
  folder.write("a/x/1", "").write("a/y/2", "").write("b", "");
  OverlayFiles files(folder.path());
  files.write(folder.path() / "a/x/3", "");
  files.remove(folder.path() / "a/x");
  files.remove(folder.path() / "b");
  CHECK(listing(files, folder.path()) == "a/");
  CHECK(listing(files, folder.path() / "a") == "y/");
  CHECK_FALSE(files.has_file(folder.path() / "a/x/1"));
  CHECK_FALSE(files.has_file(folder.path() / "a/x/3"));
  CHECK_FALSE(files.has_folder(folder.path() / "a/x"));
  CHECK_FALSE(files.read(folder.path() / "b", 10));
  CHECK(std::filesystem::exists(folder.path() / "a/x/1"));
}

TEST_CASE("A folder that was removed and made anew holds nothing of before", "[model][overlay]") {
  TemporaryFolder folder;
  folder.write("a/x", "1").write("a/y", "2").write("ab", "3");
  OverlayFiles files(folder.path());
  files.remove(folder.path() / "a");
  files.write(folder.path() / "a/x", "new");
  CHECK(listing(files, folder.path() / "a") == "x");
  CHECK(files.read(folder.path() / "ab", 1) == "3");
  const std::vector<OverlayFiles::Change> changes = files.changes();
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].path == folder.path() / "a");
  CHECK(changes[0].text == nullptr);
  CHECK(changes[1].path == folder.path() / "a/x");
  CHECK(*changes[1].text == "new");
}

TEST_CASE("Removing what was only written leaves nothing to do", "[model][overlay]") {
  const TemporaryFolder folder;
  OverlayFiles files(folder.path());
  files.write(folder.path() / "a/x", "1");
  files.remove(folder.path() / "a");
  CHECK_FALSE(files.is_changed());
}

TEST_CASE("Changes to a copy of an overlay do not show in the original", "[model][overlay]") {
  const TemporaryFolder folder;
  OverlayFiles files(folder.path());
  files.write(folder.path() / "a", "1");
  OverlayFiles copy = files;
  copy.write(folder.path() / "a", "2");
  copy.remove(folder.path() / "b");
  CHECK(files.read(folder.path() / "a", 1) == "1");
  CHECK(copy.read(folder.path() / "a", 1) == "2");
}

TEST_CASE("A path that leads out of the folder is neither written nor removed", "[model][overlay]") {
  TemporaryFolder folder;
  folder.write("inner/x", "1").write("outer", "2");
  OverlayFiles files(folder.path() / "inner/");
  for (const char* path : {"../outer", "a/../../outer", ".", ""}) {
    files.write(folder.path() / "inner" / path, "bad");
    files.remove(folder.path() / "inner" / path);
  }
  CHECK_FALSE(files.is_changed());
  files.write(folder.path() / "inner/y", "3");
  CHECK(files.read(folder.path() / "outer", 1) == "2");
  CHECK(listing(files, folder.path() / "inner") == "x y");
}

TEST_CASE("A listing keeps to its bound whatever was removed and written", "[model][overlay]") {
  TemporaryFolder folder;
  folder.write("a", "").write("b", "").write("c", "");
  OverlayFiles files(folder.path());
  files.remove(folder.path() / "a");
  files.remove(folder.path() / "b");
  CHECK(listing(files, folder.path(), 1) == "c");
  files.write(folder.path() / "d", "");
  std::vector<FileProblem> problems;
  CHECK(files.list(folder.path(), 1, problems).size() == 1);
}

TEST_CASE("Artifacts are read from an overlay as if they stood in the folder", "[model][overlay]") {
  TemporaryFolder folder;
  folder.write_api("old").write_api("other");
  OverlayFiles files(folder.path());
  files.remove(folder.path() / "apis/old");
  files.write(folder.path() / "apis/new/apiInformation.json", R"({"properties": {"path": "new"}})");
  files.write(folder.path() / "apis/new/specification.yaml", TemporaryFolder::items_specification());
  files.write(folder.path() / "policy.xml", "<policies/>");
  const LoadedModel loaded = model::read_artifacts(folder.path(), {}, files);
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  REQUIRE(loaded.model->apis.size() == 2);
  CHECK(loaded.model->apis[0].id == "new");
  CHECK(loaded.model->apis[0].operations.size() == 1);
  CHECK(loaded.model->apis[1].id == "other");
  CHECK(loaded.model->policy->text == "<policies/>");
}

TEST_CASE("Findings of rules stand where the overlay has the text, not where the disk has it", "[model][overlay]") {
  TemporaryFolder folder;
  folder.write("products/p/productInformation.json", "{\"properties\": {\"displayName\": \"p\"}}");
  folder.write("subscriptions/s/subscriptionInformation.json",
               "{\"properties\": {\"scope\": \"/products/p\", \"state\": \"active\"}}");
  OverlayFiles files(folder.path());
  files.write(folder.path() / "subscriptions/s/subscriptionInformation.json",
              "{\n\n  \"properties\": {\n    \"scope\": \"/products/none\", \"state\": 1}}");
  const LoadedModel loaded = model::read_artifacts(folder.path(), {}, files);
  CHECK(testing::short_forms(loaded.diagnostics, &folder) ==
        "error SL5005 4:14 subscriptions/s/subscriptionInformation.json\n"
        "error SL5003 4:41 subscriptions/s/subscriptionInformation.json\n");
}
