// SPDX-License-Identifier: Apache-2.0
// Programs run by tests: started with their output caught, told by signals, and always ended and waited for.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::test {

/// Bounds a failing test; nothing waits for it to pass.
constexpr std::chrono::seconds patience{30};

/// A running program of the build (`sluice`, `simulated_upstreams`).
class Process {
 public:
  Process(const std::string& program, std::vector<std::string> arguments) {
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) std::abort();
    arguments.insert(arguments.begin(), std::string(SLUICE_BINARY_DIR) + "/" + program);
    std::vector<char*> values;
    for (std::string& argument : arguments) values.push_back(argument.data());
    values.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], STDOUT_FILENO);
      dup2(err[1], STDERR_FILENO);
      execv(values[0], values.data());
      _exit(127);
    }
    ::close(out[1]);
    ::close(err[1]);
    reader_ = std::thread([this, out = out[0], err = err[0]] { read(out, err); });
  }
  ~Process() {
    if (!exit_code_) {
      ::kill(pid_, SIGKILL);
      wait();
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { ::kill(pid_, number); }

  /// Waits for the end; the exit code, or 128 and the signal that ended it.
  int wait() {
    if (!exit_code_) {
      int status = 0;
      waitpid(pid_, &status, 0);
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      reader_.join();
    }
    return *exit_code_;
  }
  std::string out() { return locked(out_); }
  std::string err() { return locked(err_); }

  /// Waits until the text stands in what was written to standard output (or to standard error).
  bool waits_for_out(std::string_view text) { return waits_for(out_, text); }
  bool waits_for_err(std::string_view text) { return waits_for(err_, text); }
  /// What follows `prefix` on the line that begins with it; waits for that line. Empty when it does not come.
  std::string line_after(const std::string& prefix) {
    std::unique_lock lock(mutex_);
    std::string rest;
    changed_.wait_for(lock, patience, [&] {
      const std::string text = "\n" + out_;
      const std::size_t at = text.find("\n" + prefix);
      const std::size_t end = at == std::string::npos ? at : text.find('\n', at + 1);
      if (end != std::string::npos) rest = text.substr(at + 1 + prefix.size(), end - at - 1 - prefix.size());
      return end != std::string::npos || closed_;
    });
    return rest;
  }

 private:
  std::string locked(const std::string& text) {
    std::lock_guard lock(mutex_);
    return text;
  }
  bool waits_for(const std::string& in, std::string_view text) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return in.find(text) != std::string::npos || closed_; });
    return in.find(text) != std::string::npos;
  }
  void read(int out, int err) {
    pollfd descriptors[] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
    int open = 2;
    while (open > 0 && poll(descriptors, 2, -1) > 0) {
      for (pollfd& each : descriptors) {
        if (each.fd < 0 || each.revents == 0) continue;
        char buffer[4096];
        const ssize_t count = ::read(each.fd, buffer, sizeof buffer);
        std::lock_guard lock(mutex_);
        if (count > 0) {
          (each.fd == out ? out_ : err_).append(buffer, static_cast<std::size_t>(count));
        } else {
          ::close(each.fd);
          each.fd = -1;
          --open;
        }
        changed_.notify_all();
      }
    }
    std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  pid_t pid_ = -1;
  std::optional<int> exit_code_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string out_, err_;
  bool closed_ = false;
  std::thread reader_;
};

/// What a program that ends by itself printed, and its exit code.
struct Finished {
  int code;
  std::string out, err;
};
inline Finished run_to_end(const std::string& program, std::vector<std::string> arguments) {
  Process process(program, std::move(arguments));
  const int code = process.wait();
  return {code, process.out(), process.err()};
}

}  // namespace sluice::test
