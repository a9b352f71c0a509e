// SPDX-License-Identifier: Apache-2.0
// What every CacheStore must do, as one suite for all implementations. It returns what was wrong.
#pragma once

#include <sluice/cache_store.hpp>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::testing {

/// The store under test and the time it lives in.
struct CacheStoreTrial {
  std::function<std::unique_ptr<CacheStore>()> make;  ///< An empty store with room for at least 1 MiB.
  /// Lets that much time pass for the store: moves a virtual clock, or sleeps.
  std::function<void(std::chrono::milliseconds)> advance;
  std::chrono::milliseconds second{1'000};  ///< How long a second of the suite lasts.
  unsigned threads = 4;
};

namespace detail {

class CacheStoreSuite {
 public:
  explicit CacheStoreSuite(const CacheStoreTrial& trial) : trial_(trial) {}

  std::vector<std::string> run() {
    keeps_what_was_put();
    forgets_after_the_lifetime();
    removes();
    serves_threads();
    return std::move(failures_);
  }

 private:
  void begin(std::string name) {
    test_ = std::move(name);
    store_ = trial_.make();
  }
  void expect(bool held, const std::string& what) {
    if (!held) failures_.push_back(test_ + ": " + what);
  }
  std::optional<std::string> get(std::string_view key) {
    const Result<std::optional<std::string>> found = wait(store_->get(key));
    expect(found.has_value(), "get failed");
    return found ? *found : std::nullopt;
  }
  void put(std::string_view key, std::string_view value, int seconds) {
    const Result<void> done = wait(store_->put(key, value, trial_.second * seconds));
    expect(done.has_value(), "put failed");
  }

  void keeps_what_was_put() {
    begin("what was put is there");
    const std::string binary("\0\r\n\xff$-1", 7);
    expect(!get("key"), "an empty store has a value");
    put("key", "value", 60);
    expect(get("key") == "value", "the value is not what was put");
    put("key", binary, 60);
    expect(get("key") == binary, "a value was not replaced, or lost bytes");
    put("empty", "", 60);
    expect(get("empty") == "", "an empty value is not there");
    put(binary, "odd key", 60);
    expect(get(binary) == "odd key", "a key of any bytes does not work");
    const std::string large(200'000, 'x');
    put("large", large, 60);
    expect(get("large") == large, "a large value is not whole");
  }

  void forgets_after_the_lifetime() {
    begin("values end with their lifetime");
    put("short", "1", 10);
    put("long", "2", 1000);
    put("none", "3", 60);
    put("none", "3", 0);
    expect(!get("none"), "a lifetime of 0 kept the value, or the one before it");
    trial_.advance(trial_.second * 5);
    expect(get("short") == "1", "a value ended early");
    trial_.advance(trial_.second * 6);
    expect(!get("short"), "a value outlived its lifetime");
    expect(get("long") == "2", "another value went with it");
    put("short", "4", 10);
    expect(get("short") == "4", "a key cannot be used again");
  }

  void removes() {
    begin("what was removed is gone");
    put("key", "value", 60);
    expect(wait(store_->remove("key")).has_value(), "remove failed");
    expect(!get("key"), "a removed value is there");
    expect(wait(store_->remove("key")).has_value(), "removing what is not there failed");
  }

  void serves_threads() {
    begin("threads do not disturb one another");
    std::vector<std::thread> threads;
    std::vector<int> wrong(trial_.threads, 0);
    for (unsigned i = 0; i < trial_.threads; ++i) {
      threads.emplace_back([this, i, &wrong] {
        const std::string own = "own" + std::to_string(i);
        for (int round = 0; round < 200; ++round) {
          const std::string value = std::to_string(round);
          const Result<void> done = wait(store_->put(own, value, trial_.second * 600));
          const Result<void> shared = wait(store_->put("shared", value, trial_.second * 600));
          const Result<std::optional<std::string>> found = wait(store_->get(own));
          if (!done || !shared || !found || *found != value) ++wrong[i];
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const int count : wrong) expect(count == 0, "a thread did not find its own value");
    expect(get("shared").has_value(), "the shared value is gone");
  }

  const CacheStoreTrial& trial_;
  std::unique_ptr<CacheStore> store_;
  std::string test_;
  std::vector<std::string> failures_;
};

}  // namespace detail

/// Runs the suite. One line for each thing that was not as the contract says.
inline std::vector<std::string> check_cache_store(const CacheStoreTrial& trial) {
  return detail::CacheStoreSuite(trial).run();
}

}  // namespace sluice::testing
