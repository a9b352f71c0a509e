// SPDX-License-Identifier: Apache-2.0
#include "management/layout.hpp"

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using management::Layout;
using testing::TemporaryFolder;

TEST_CASE("Collections are known by the spellings that the reader takes", "[management][layout]") {
  for (const char* name : {"named values", "namedValues", "Named-Values", "named_values"}) {
    TemporaryFolder folder;
    folder.write(std::string(name) + "/x/namedValueInformation.json", "{}");
    const Layout layout(model::disk_files(), folder.path());
    INFO(name);
    CHECK(layout.find(folder.path(), "namedValues", "x") == folder.path() / name / "x");
    CHECK(layout.place(folder.path(), "namedValues", "y") == folder.path() / name / "y");
    CHECK(layout.ids(folder.path(), "namedValues") == std::vector<std::string>{"x"});
  }
}

TEST_CASE("A collection may stand in two folders", "[management][layout]") {
  TemporaryFolder folder;
  folder.write("fragments/a/policy.xml", "").write("policy fragments/b/policy.xml", "");
  const Layout layout(model::disk_files(), folder.path());
  CHECK(layout.ids(folder.path(), "policyFragments") == std::vector<std::string>{"a", "b"});
  CHECK(layout.find(folder.path(), "policyFragments", "a"));
  CHECK(layout.find(folder.path(), "policyFragments", "b"));
}

TEST_CASE("New collections are named as APIOps names them", "[management][layout]") {
  const TemporaryFolder folder;
  const Layout layout(model::disk_files(), folder.path());
  CHECK(layout.place(folder.path(), "namedValues", "x") == folder.path() / "named values/x");
  CHECK(layout.place(folder.path(), "policyFragments", "x") == folder.path() / "policy fragments/x");
  CHECK(layout.place(folder.path(), "apiVersionSets", "x") == folder.path() / "version sets/x");
  CHECK(layout.place(folder.path(), "apis", "x") == folder.path() / "apis/x");
  CHECK(layout.ids(folder.path(), "apis").empty());
}

TEST_CASE("P2: an id out of a file does not lead out of its collection", "[management][layout][threats]") {
  TemporaryFolder folder;
  folder.write("apis/a/operations/x/policy.xml", "").write("apis/b/apiInformation.json", "");
  const Layout layout(model::disk_files(), folder.path());
  const std::filesystem::path api = folder.path() / "apis/a";
  CHECK(layout.find(api, "operations", "x"));
  for (const std::string id : {"", ".", "..", "../../b", "x/../../../b", "/", "/etc"}) {
    INFO(id);
    CHECK_FALSE(layout.find(api, "operations", id));
  }
}
