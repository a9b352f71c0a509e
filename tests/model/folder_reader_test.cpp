// SPDX-License-Identifier: Apache-2.0
#include "model/folder_reader.hpp"

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using model::FolderReader;
using model::ReadBounds;
using testing::TemporaryFolder;

TEST_CASE("A folder is listed by name, without hidden entries", "[model][folder]") {
  TemporaryFolder folder;
  folder.write("b.txt", "").write("a/x", "").write(".hidden", "").write("C", "");
  Diagnostics diagnostics;
  FolderReader files(ReadBounds{}, diagnostics);
  const std::vector<model::FolderEntry>& entries = files.list(folder.path());
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].name == "C");
  CHECK(entries[1].name == "a");
  CHECK(entries[1].is_folder);
  CHECK(entries[2].name == "b.txt");
  CHECK_FALSE(entries[2].is_folder);
  CHECK(diagnostics.empty());
}

TEST_CASE("A folder is looked into once, and so is reported once", "[model][folder]") {
  TemporaryFolder folder;
  Diagnostics diagnostics;
  FolderReader files(ReadBounds{}, diagnostics);
  CHECK(files.list(folder.path() / "none").empty());
  CHECK(files.list(folder.path() / "none").empty());
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].code == "SL1001");
  files.list(folder.path());
  folder.write("late", "");
  CHECK(files.list(folder.path()).empty());
}

TEST_CASE("Files are read whole, whatever bytes they hold", "[model][folder]") {
  TemporaryFolder folder;
  const std::string bytes = std::string("a\r\n\0\xFF", 5) + std::string(100'000, 'x');
  folder.write("f", bytes).write("empty", "");
  Diagnostics diagnostics;
  FolderReader files(ReadBounds{}, diagnostics);
  CHECK(files.read(folder.path() / "f", bytes.size()) == bytes);
  CHECK(files.read(folder.path() / "empty", 0) == "");
  CHECK(diagnostics.empty());
  CHECK_FALSE(files.read(folder.path() / "f", bytes.size() - 1));
  CHECK(diagnostics[0].code == "SL9001");
}

TEST_CASE("A folder in the place of a file, and nothing in it, are reported", "[model][folder]") {
  TemporaryFolder folder;
  folder.write("d/x", "");
  Diagnostics diagnostics;
  FolderReader files(ReadBounds{}, diagnostics);
  CHECK_FALSE(files.read(folder.path() / "d", 100));
  CHECK_FALSE(files.read(folder.path() / "none", 100));
  CHECK(testing::short_forms(diagnostics, &folder) == "error SL1001 0:0 d\nerror SL1001 0:0 none\n");
  CHECK_FALSE(files.has_file(folder.path() / "d"));
  CHECK_FALSE(files.has_file(folder.path() / "none"));
  CHECK(files.has_file(folder.path() / "d/x"));
}
