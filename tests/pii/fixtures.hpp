// SPDX-License-Identifier: Apache-2.0
// The texts of tests/pii/fixtures, with what is to be found in them (fixtures/generate.py tells how they are written).
#pragma once

#include "pii/kinds.hpp"

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::pii {

struct Expected {
  Kind kind;
  std::size_t begin, end;
};

struct Fixture {
  std::string text;
  std::vector<Expected> expected;
};

inline Fixture parse_fixture(std::string_view line) {
  constexpr std::string_view open = "⟦", close = "⟧";
  Fixture fixture;
  bool inside = false, hidden = false;
  while (!line.empty()) {
    if (line.starts_with(open)) {
      const std::size_t colon = line.find(':');
      const auto kind = parse_kind(line.substr(open.size(), colon - open.size()));
      if (!kind) throw std::runtime_error("unknown kind in a fixture: " + std::string(line));
      fixture.expected.push_back({*kind, fixture.text.size(), 0});
      hidden = *kind == Kind::key || *kind == Kind::jwt || *kind == Kind::private_key;
      inside = true;
      line.remove_prefix(colon + 1);
    } else if (line.starts_with(close)) {
      fixture.expected.back().end = fixture.text.size();
      inside = false;
      line.remove_prefix(close.size());
    } else if (inside && hidden && line.front() == '^') {
      line.remove_prefix(1);
    } else if (line.front() == '\\') {
      fixture.text += line[1] == 'n' ? '\n' : line[1] == 't' ? '\t' : '\\';
      line.remove_prefix(2);
    } else {
      fixture.text += line.front();
      line.remove_prefix(1);
    }
  }
  return fixture;
}

inline std::vector<Fixture> read_fixtures(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<Fixture> fixtures;
  for (std::string line; std::getline(file, line);) fixtures.push_back(parse_fixture(line));
  return fixtures;
}

}  // namespace sluice::pii
