// SPDX-License-Identifier: Apache-2.0
#include "pii/national_ids.hpp"

#include "pii/context_words.hpp"

#include <algorithm>

namespace sluice::pii {
namespace {

/// One of `forms` is `form`, in which blanks are written `_`.
bool has_form(std::string_view forms, std::string_view form) {
  while (!forms.empty()) {
    const std::string_view next = forms.substr(0, forms.find(' '));
    forms.remove_prefix(std::min(forms.size(), next.size() + 1));
    if (next.size() == form.size() &&
        std::equal(next.begin(), next.end(), form.begin(), [](char a, char b) { return a == (b == ' ' ? '_' : b); })) {
      return true;
    }
  }
  return false;
}

bool is_of_country(const NationalId& id, std::string_view countries) {
  return countries.empty() || countries.find(id.name.substr(0, 2)) != std::string_view::npos;
}

constexpr std::size_t longest_letter_id = 18;
/// With separators.
constexpr std::size_t longest_letter_form = 20;

/// A word of letters and digits with single marks inside, as `patterns` and in capitals without the marks.
struct LetterWord {
  char pattern[longest_letter_form + 1];
  char text[longest_letter_form + 1];
  std::size_t length = 0;  ///< Of the word and its pattern.
  std::size_t size = 0;    ///< Of the text.
  bool has_small = false;
  bool has_letter = false, has_digit = false;

  std::string_view form() const { return {pattern, length}; }
  std::string_view plain() const { return {text, size}; }
};

void put(LetterWord& word, int c) {
  word.has_small = word.has_small || (is_letter_byte(c) && !is_upper_byte(c));
  (is_digit_byte(c) ? word.has_digit : word.has_letter) = true;
  word.text[word.size++] = static_cast<char>(is_letter_byte(c) && !is_upper_byte(c) ? c - 32 : c);
  word.pattern[word.length++] = is_digit_byte(c) ? '9' : 'A';
}

/// Reads the word; blanks are its marks only behind two capitals, where the form of the United Kingdom has them.
LetterWord read_word(Window& window) {
  LetterWord word;
  const bool blanks =
      is_upper_byte(window[0]) && is_upper_byte(window[1]) && window[2] == ' ' && is_digit_byte(window[3]);
  while (word.length < longest_letter_form) {
    const int c = window[word.length];
    if (is_alnum_byte(c)) {
      put(word, c);
      continue;
    }
    const bool is_mark = c == '-' || c == '.' || c == '(' || (c == ' ' && blanks && word.length < 13);
    if (is_mark && is_alnum_byte(window[word.length + 1])) {
      word.pattern[word.length++] = static_cast<char>(c);
    } else {
      if (c == ')' && word.length > 2 && word.pattern[word.length - 2] == '(') word.pattern[word.length++] = ')';
      break;
    }
  }
  return word;
}

}  // namespace

bool has_national_ids(std::string_view country) {
  constexpr std::size_t most_digits = 18;
  const auto is_of = [&](const NationalId& id) { return id.name.substr(0, 2) == country; };
  for (std::size_t digits = 0; digits <= most_digits; ++digits) {
    const auto ids = number_ids(digits);
    if (std::any_of(ids.begin(), ids.end(), is_of)) return true;
  }
  const auto ids = letter_ids();
  return std::any_of(ids.begin(), ids.end(), is_of);
}

Found find_number_id(Window& window, const NumberRun& run, std::string_view countries) {
  Found best;
  for (std::size_t groups = run.groups(); groups > 0; --groups) {
    const std::string_view digits = run.digits(groups);
    for (const NationalId& id : number_ids(digits.size())) {
      if (!is_of_country(id, countries) || !id.passes(digits)) continue;
      if (run.is_glued_behind(window, groups) || (groups > 1 && is_row_before(window, run.group_size(0)))) break;
      const bool is_shown = has_form(id.forms, run.shape(groups));
      // The words of a bare number of a longer run would be those of another.
      Found found{run.length(groups), Kind::national_id, id.name, Confidence::low};
      if ((is_shown || groups == 1 || run.is_uniform(groups)) && is_named(window, found.length, id.words)) {
        found.confidence = Confidence::high;
      } else if (is_shown && !is_glued_before(window)) {
        found.confidence = groups == 1 && is_other_number(window) ? Confidence::low : id.alone;
      } else if (groups > 1) {
        continue;
      }
      if (found.beats(best)) best = found;
    }
  }
  return best;
}

Found find_letter_id(Window& window, std::string_view countries) {
  const LetterWord word = read_word(window);
  if (!word.has_letter || !word.has_digit || word.size < 8 || word.size > longest_letter_id) return {};
  if (is_word_byte(window[word.length])) return {};
  Found best;
  for (const NationalId& id : letter_ids()) {
    if (!is_of_country(id, countries) || !has_form(id.forms, word.form()) || !id.passes(word.plain())) continue;
    Found found{word.length, Kind::national_id, id.name, Confidence::low};
    if (is_named(window, word.length, id.words)) {
      found.confidence = Confidence::high;
    } else if (!word.has_small && !is_glued_before(window) && !is_other_number(window)) {
      found.confidence = id.alone;
    }
    if (found.beats(best)) best = found;
  }
  return best;
}

}  // namespace sluice::pii
