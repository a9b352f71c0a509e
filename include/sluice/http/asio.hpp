// SPDX-License-Identifier: Apache-2.0
// AsioLoop: lets a Runtime live on the host program's own Boost.Asio loop, beside its timers and sockets, instead of
// on threads of its own. The one public header that shows Asio; who does not include it needs no Boost.
//
//   boost::asio::io_context io;
//   sluice::http::AsioLoop loop(io.get_executor());
//   sluice::http::Runtime runtime(loop);
//   sluice::http::Server server(runtime, {}, handler);
//   auto port = server.start();
//   io.run();
//
// Order of life: io_context, AsioLoop, Runtime, Server; each ends before what stands to its left.
#pragma once

#include <sluice/http/runtime.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace sluice::http {

class AsioLoop final : public HostLoop {
 public:
  /// `executor` must never run two handlers at once: that of an io_context which one thread runs, or a strand. While
  /// a runtime lives, its wait counts as work of the io_context.
  explicit AsioLoop(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  ~AsioLoop() override { unwatch(); }
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  void watch(int descriptor, std::function<void()> ready) override {
    watched_ = std::make_shared<Watched>(executor_, descriptor, std::move(ready));
    wait(watched_);
  }
  void unwatch() override {
    if (watched_ == nullptr) return;
    watched_->is_active = false;
    watched_->descriptor.release();  // It stays open: it is not Asio's.
    watched_.reset();
  }
  void post(std::function<void()> action) override { boost::asio::post(executor_, std::move(action)); }

 private:
  struct Watched {
    Watched(const boost::asio::any_io_executor& executor, int number, std::function<void()> call)
        : descriptor(executor, number), ready(std::move(call)) {}
    boost::asio::posix::stream_descriptor descriptor;
    std::function<void()> ready;
    bool is_active = true;
  };

  /// What is run may unwatch: the handler keeps alive what it looks at.
  static void wait(const std::shared_ptr<Watched>& watched) {
    watched->descriptor.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                   [watched](boost::system::error_code error) {
                                     if (error || !watched->is_active) return;
                                     watched->ready();
                                     if (watched->is_active) wait(watched);
                                   });
  }

  boost::asio::any_io_executor executor_;
  std::shared_ptr<Watched> watched_;
};

}  // namespace sluice::http
