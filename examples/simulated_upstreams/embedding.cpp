// SPDX-License-Identifier: Apache-2.0
#include "embedding.hpp"

#include "base/text.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

namespace sluice::simulated {
namespace {

constexpr double little_weight = 0.15;  ///< Of words that say little.
constexpr double group_weight = 1;      ///< Of all groups of letters of a word, beside the word itself.
constexpr std::size_t group_letters = 3;
constexpr std::size_t shortest_stem = 3;

constexpr std::array<std::string_view, 44> little_words = {
    "a",     "an",    "the",  "is",     "are",  "was",  "were", "be",   "been", "do",    "does",
    "did",   "of",    "to",   "in",     "on",   "at",   "for",  "and",  "or",   "it",    "its",
    "s",     "i",     "you",  "me",     "my",   "we",   "us",   "that", "this", "there", "can",
    "could", "would", "will", "please", "with", "what", "how",  "so",   "as",   "by",    "from"};

/// A word, and the one that it is taken for.
constexpr std::pair<std::string_view, std::string_view> synonyms[] = {
    {"hi", "hello"},     {"hey", "hello"},        {"greetings", "hello"}, {"purchase", "buy"},   {"automobile", "car"},
    {"quick", "fast"},   {"rapid", "fast"},       {"large", "big"},       {"huge", "big"},       {"little", "small"},
    {"tell", "explain"}, {"describe", "explain"}, {"begin", "start"},     {"commence", "start"}, {"finish", "end"},
    {"stop", "end"},     {"error", "failure"},    {"fault", "failure"},   {"repair", "fix"},     {"mend", "fix"},
    {"assist", "help"},  {"aid", "help"},         {"picture", "image"},   {"photo", "image"},    {"city", "town"}};

constexpr std::string_view endings[] = {"ing", "ies", "es", "ed", "ly", "s"};

/// FNV-1a, 64 bits: the same on every machine.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash ^ (hash >> 29);
}

bool is_word_byte(char c) { return is_alpha(c) || is_digit(c) || (static_cast<unsigned char>(c) & 0x80u) != 0; }

bool says_little(std::string_view word) {
  for (const std::string_view little : little_words) {
    if (word == little) return true;
  }
  return false;
}

/// The word that this one is taken for; itself mostly.
std::string_view meant_by(std::string_view word) {
  for (const auto& [other, meant] : synonyms) {
    if (word == other) return meant;
  }
  return word;
}

std::string stem_of(std::string_view word) {
  if (says_little(word)) return std::string(word);
  std::string_view stem = meant_by(word);
  for (const std::string_view ending : endings) {
    if (!stem.ends_with(ending) || stem.size() < ending.size() + shortest_stem) continue;
    stem = meant_by(stem.substr(0, stem.size() - ending.size()));
    break;
  }
  if (stem.ends_with('e') && stem.size() > shortest_stem) stem.remove_suffix(1);
  return std::string(stem);
}

/// Each word once, in an order of their own: what is said, not how.
std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.insert(stem_of(word));
    word.clear();
  };
  for (const char c : text) {
    if (is_word_byte(c))
      word += to_lower(c);
    else if (c != '\'')
      end_word();
  }
  end_word();
  return words;
}

class Sum {
 public:
  explicit Sum(std::size_t dimensions) : numbers_(dimensions) {}

  void add(std::string_view feature, double weight) {
    const std::uint64_t hash = hash_of(feature);
    numbers_[hash % numbers_.size()] += (hash >> 63) != 0 ? weight : -weight;
  }

  void add_word(const std::string& word) {
    const double weight = says_little(word) ? little_weight : 1;
    add(word, weight);
    const std::string framed = "^" + word + "$";
    const std::size_t groups = framed.size() - group_letters + 1;
    for (std::size_t i = 0; i < groups; ++i)
      add(std::string_view(framed).substr(i, group_letters),
          weight * group_weight / std::sqrt(static_cast<double>(groups)));
  }

  std::vector<double> take() && {
    double square = 0;
    for (const double x : numbers_) square += x * x;
    if (square == 0) numbers_.front() = square = 1;  // A text without words is a place of its own.
    for (double& x : numbers_) x /= std::sqrt(square);
    return std::move(numbers_);
  }

 private:
  std::vector<double> numbers_;
};

}  // namespace

std::vector<double> embed(std::string_view text, std::size_t dimensions) {
  Sum sum(dimensions);
  for (const std::string& word : words_of(text)) sum.add_word(word);
  return std::move(sum).take();
}

}  // namespace sluice::simulated
