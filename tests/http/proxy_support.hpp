// SPDX-License-Identifier: Apache-2.0
// A small proxy on loopback: it leads through (CONNECT), and passes on what names a whole URL.
#pragma once

#include "http/support.hpp"

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sluice::http::test {

class SmallProxy {
 public:
  SmallProxy() : upstream_([this](RawClient& connection, int) { serve(connection); }) {}
  std::uint16_t port() const { return upstream_.port(); }
  int connections() const { return upstream_.connections(); }
  /// Heads of all requests so far.
  std::vector<std::string> heads() const {
    const std::lock_guard lock(mutex_);
    return heads_;
  }
  std::string last_head() const {
    const auto all = heads();
    return all.empty() ? std::string() : all.back();
  }

  /// Requests must have this Proxy-Authorization from now on.
  void demand(std::string authorization) {
    const std::lock_guard lock(mutex_);
    demanded_ = std::move(authorization);
  }
  /// What others are answered: status and fields, each line with its end.
  void refuse_with(const std::string& head) {
    const std::lock_guard lock(mutex_);
    refusal_ = "HTTP/1.1 " + head + "Content-Length: 0\r\nConnection: close\r\n\r\n";
  }

 private:
  /// The answer to a request that may not pass; empty: it may.
  std::string judge(const std::string& message) {
    const std::lock_guard lock(mutex_);
    heads_.push_back(message.substr(0, message.find("\r\n\r\n")));
    const bool is_good = demanded_.empty() || header_of(message, "Proxy-Authorization") == demanded_;
    return is_good ? std::string() : refusal_;
  }
  static std::uint16_t port_of(const std::string& authority) {
    return static_cast<std::uint16_t>(std::stoi(authority.substr(authority.rfind(':') + 1)));
  }
  static void pump(RawClient& from, RawClient& to) {
    for (std::string bytes = from.read_some(); !bytes.empty(); bytes = from.read_some()) to.send(bytes);
    to.finish_sending();
  }

  void serve(RawClient& connection) {
    for (;;) {
      const std::string message = connection.read_message();
      if (message.empty()) return;
      if (const std::string refusal = judge(message); !refusal.empty()) {
        connection.send(refusal);
        return;
      }
      const std::string target = message.substr(message.find(' ') + 1, message.find(" HTTP/") - message.find(' ') - 1);
      if (message.starts_with("CONNECT ")) return lead_through(connection, port_of(target));
      const std::string authority = target.substr(7, target.find('/', 7) - 7);
      RawClient backend(port_of(authority));
      const std::string path = target.substr(7 + authority.size());
      backend.send(message.substr(0, message.find(' ') + 1) + path + message.substr(message.find(" HTTP/")));
      connection.send(backend.read_message());
    }
  }

  static void lead_through(RawClient& connection, std::uint16_t port) {
    RawClient backend(port);
    connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
    std::thread back([&] { pump(backend, connection); });
    pump(connection, backend);
    back.join();
  }

  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  std::string demanded_;
  std::string refusal_ =
      "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  Upstream upstream_;
};

}  // namespace sluice::http::test
