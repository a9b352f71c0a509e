// SPDX-License-Identifier: Apache-2.0
#include "cli/folder_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

namespace sluice::cli {
namespace {
constexpr std::uint32_t events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF;
}

FolderWatch::FolderWatch(std::filesystem::path folder)
    : folder_(std::move(folder)), descriptor_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  watch_all();
}

FolderWatch::~FolderWatch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FolderWatch::watch_all() {
  if (descriptor_ < 0) return;
  // Adding a folder that is watched already changes nothing.
  inotify_add_watch(descriptor_, folder_.c_str(), events);
  std::size_t count = 1;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder_, error), end;
       !error && at != end && count < max_folders; at.increment(error)) {
    std::error_code ignored;
    if (!at->is_directory(ignored)) continue;
    inotify_add_watch(descriptor_, at->path().c_str(), events);
    ++count;
  }
}

bool FolderWatch::take_changes() {
  alignas(inotify_event) char buffer[16 * 1024];
  bool any = false;
  while (::read(descriptor_, buffer, sizeof buffer) > 0) any = true;
  if (any) watch_all();
  return any;
}

}  // namespace sluice::cli
