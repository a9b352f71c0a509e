// SPDX-License-Identifier: Apache-2.0
#include "expression/regex_pattern.hpp"

#include "base/text.hpp"

#include <array>
#include <mutex>
#include <unordered_map>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace sluice::expression {
namespace {

/// Patterns kept: two generations of so many. One that is not asked for during a whole generation is let go.
constexpr std::size_t generation_size = 128;

std::string key_of(std::string_view text, std::int32_t options) {
  std::string key = std::to_string(options);
  key += ':';
  key += text;
  return key;
}

class PatternCache {
 public:
  static PatternCache& instance() {
    static PatternCache cache;
    return cache;
  }
  std::shared_ptr<const RegexPattern> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    if (const auto found = recent_.find(key); found != recent_.end()) return found->second;
    const auto older = older_.find(key);
    if (older == older_.end()) return nullptr;
    auto pattern = older->second;
    insert(key, pattern);
    return pattern;
  }
  void add(const std::string& key, const std::shared_ptr<const RegexPattern>& pattern) {
    const std::lock_guard lock(mutex_);
    insert(key, pattern);
  }

 private:
  using Generation = std::unordered_map<std::string, std::shared_ptr<const RegexPattern>>;
  void insert(const std::string& key, std::shared_ptr<const RegexPattern> pattern) {
    if (recent_.size() >= generation_size) {
      older_ = std::move(recent_);
      recent_ = Generation();
    }
    recent_[key] = std::move(pattern);
  }
  std::mutex mutex_;
  Generation recent_;
  Generation older_;
};

/// The patterns that a thread used last: found without a lock and without making a key.
class RecentPatterns {
 public:
  std::shared_ptr<const RegexPattern> find(std::string_view text, std::int32_t options) const {
    for (const auto& pattern : patterns_) {
      if (pattern != nullptr && pattern->options() == options && pattern->text() == text) return pattern;
    }
    return nullptr;
  }
  void add(std::shared_ptr<const RegexPattern> pattern) { patterns_[next_++ % patterns_.size()] = std::move(pattern); }

 private:
  std::array<std::shared_ptr<const RegexPattern>, 8> patterns_;
  std::size_t next_ = 0;
};

/// What matching needs besides the pattern, once for each thread.
struct MatchRoom {
  static constexpr std::size_t jit_stack_start = 32 * 1024, jit_stack_limit = 512 * 1024;
  MatchRoom()
      : data(pcre2_match_data_create(pairs, nullptr)),
        context(pcre2_match_context_create(nullptr)),
        stack(pcre2_jit_stack_create(jit_stack_start, jit_stack_limit, nullptr)) {
    pcre2_jit_stack_assign(context, nullptr, stack);
  }
  ~MatchRoom() {
    pcre2_jit_stack_free(stack);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
  }
  MatchRoom(const MatchRoom&) = delete;
  MatchRoom& operator=(const MatchRoom&) = delete;

  void make_room(std::uint32_t groups) {
    if (groups <= pairs) return;
    pcre2_match_data_free(data);
    data = pcre2_match_data_create(groups, nullptr);
    pairs = groups;
  }

  std::uint32_t pairs = 32;
  pcre2_match_data* data;
  pcre2_match_context* context;
  pcre2_jit_stack* stack;
};

std::uint32_t flags_of(std::int32_t options) {
  std::uint32_t flags = PCRE2_UTF | PCRE2_UCP | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C;
  if ((options & regex_ignore_case) != 0) flags |= PCRE2_CASELESS;
  if ((options & regex_multiline) != 0) flags |= PCRE2_MULTILINE;
  if ((options & regex_singleline) != 0) flags |= PCRE2_DOTALL;
  return flags;
}

}  // namespace

std::shared_ptr<const RegexPattern> RegexPattern::get(std::string_view text, std::int32_t options, std::string& error) {
  static thread_local RecentPatterns recent;
  if (auto pattern = recent.find(text, options)) return pattern;
  const std::string key = key_of(text, options);
  auto pattern = PatternCache::instance().find(key);
  if (pattern == nullptr) {
    pattern = compile(text, options, error);
    if (pattern == nullptr) return nullptr;
    PatternCache::instance().add(key, pattern);
  }
  recent.add(pattern);
  return pattern;
}

std::shared_ptr<const RegexPattern> RegexPattern::compile(std::string_view text, std::int32_t options,
                                                          std::string& error) {
  RegexSyntax syntax = read_regex(text, options);
  const auto refuse = [&](const std::string& why, std::size_t offset) {
    error = "Invalid pattern '" + std::string(text) + "' at offset " + std::to_string(offset) + ". " + why + ".";
    return nullptr;
  };
  if (!syntax.error.empty()) return refuse(syntax.error, syntax.error_at);
  std::shared_ptr<RegexPattern> made(new RegexPattern);
  int code = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* compiled = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(syntax.pattern.data()), syntax.pattern.size(),
                                       flags_of(options), &code, &offset, nullptr);
  if (compiled == nullptr) {
    std::array<PCRE2_UCHAR, 160> message{};
    pcre2_get_error_message(code, message.data(), message.size());
    return refuse(reinterpret_cast<const char*>(message.data()), std::min<std::size_t>(offset, text.size()));
  }
  // Where there is no JIT (or no memory that may be executed), the interpreter does the same.
  pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
  made->code_ = compiled;
  made->text_ = text;
  made->options_ = options;
  made->groups_ = std::move(syntax.groups);
  for (const int number : syntax.number_of) made->group_of_capture_.push_back(made->find_group(std::int64_t{number}));
  return made;
}

RegexPattern::~RegexPattern() { pcre2_code_free(static_cast<pcre2_code*>(code_)); }

RegexPattern::Outcome RegexPattern::match(std::string_view input, std::size_t start, bool not_empty,
                                          std::uint32_t most_steps, Span* spans) const {
  static thread_local MatchRoom room;
  room.make_room(static_cast<std::uint32_t>(group_of_capture_.size()) + 1);
  pcre2_set_match_limit(room.context, most_steps);
  std::uint32_t flags = PCRE2_NO_UTF_CHECK;
  if (not_empty) flags |= PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED;
  const int count = pcre2_match(static_cast<const pcre2_code*>(code_), reinterpret_cast<PCRE2_SPTR>(input.data()),
                                input.size(), start, flags, room.data, room.context);
  if (count == PCRE2_ERROR_NOMATCH) return Outcome::nothing;
  if (count < 0) return Outcome::too_much_work;  // A limit on steps, depth, heap or the JIT's stack.
  if (spans == nullptr) return Outcome::matched;
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(room.data);
  spans[0] = {ends[0], ends[1]};
  for (std::size_t i = 1; i < static_cast<std::size_t>(count); ++i) {
    // Of groups with one name the last that took part counts.
    if (ends[2 * i] != PCRE2_UNSET) spans[group_of_capture_[i - 1]] = {ends[2 * i], ends[2 * i + 1]};
  }
  return Outcome::matched;
}

int RegexPattern::find_group(std::string_view name) const {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i].name == name) return static_cast<int>(i);
  }
  const auto number = parse_integer(name);
  return number ? find_group(*number) : -1;
}

int RegexPattern::find_group(std::int64_t number) const {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i].number == number) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace sluice::expression
