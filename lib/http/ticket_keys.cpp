// SPDX-License-Identifier: Apache-2.0
#include "http/ticket_keys.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>

namespace sluice::http {
namespace {

bool fill(std::span<unsigned char> bytes) { return RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1; }

}  // namespace

TicketKeys::Key::~Key() {
  OPENSSL_cleanse(cipher.data(), cipher.size());
  OPENSSL_cleanse(mac.data(), mac.size());
}

void TicketKeys::drop_old(SteadyTime now) {
  while (!keys_.empty() && now - keys_.back().made >= renewal + ticket_time) keys_.pop_back();
}

std::optional<TicketKeys::Key> TicketKeys::current(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  drop_old(now);
  if (keys_.empty() || now - keys_.front().made >= renewal) {
    Key fresh;
    if (!fill(fresh.name) || !fill(fresh.cipher) || !fill(fresh.mac)) return std::nullopt;
    fresh.made = now;
    keys_.push_front(fresh);
  }
  return keys_.front();
}

std::optional<TicketKeys::Key> TicketKeys::find(std::span<const unsigned char, 16> name, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  drop_old(now);
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) {
    return std::equal(name.begin(), name.end(), key.name.begin());
  });
  return found == keys_.end() ? std::nullopt : std::optional(*found);
}

}  // namespace sluice::http
