// SPDX-License-Identifier: Apache-2.0
// The names of a template while it is parsed. A name is what the innermost loop around it calls so, or else one of the
// whole template: what `assign`, `capture` and `increment` make, `body`, `context`.
#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <vector>

namespace sluice::liquid {

class Names {
 public:
  /// The place of a name where it is read.
  std::size_t find(std::string_view name);
  /// The place of a name of the whole template.
  std::size_t global(std::string_view name);
  bool is_global(std::size_t place) const { return global_[place]; }
  /// Within a loop `name` is a variable of its own, until `leave`.
  std::size_t enter(std::string_view name);
  void leave() { inner_.pop_back(); }

  /// The place of what cycles, or goes on where it stopped, under that name.
  std::size_t cursor(std::string_view name) { return cursors_.try_emplace(name, cursors_.size()).first->second; }

  std::size_t slots() const { return global_.size(); }
  std::size_t cursors() const { return cursors_.size(); }

 private:
  struct Inner {
    std::string_view name;
    std::size_t place;
  };
  std::size_t place(bool is_global) {
    global_.push_back(is_global);
    return global_.size() - 1;
  }

  std::map<std::string_view, std::size_t> globals_;
  std::map<std::string_view, std::size_t> cursors_;
  std::vector<Inner> inner_;
  std::vector<bool> global_;
};

}  // namespace sluice::liquid
