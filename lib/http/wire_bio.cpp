// SPDX-License-Identifier: Apache-2.0
// Bounds what a peer can make OpenSSL do within one call (records that bring nothing: changes of keys, refused
// renegotiations, empty ones): so many receives a call, so many bytes without content.
#include "http/wire_bio.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t most_quiet_bytes = 128 * 1024;  // a block in full records and tickets are far below

}  // namespace

int WireBio::read(BIO* bio, char* to, int most) {
  TlsStream& stream = *static_cast<TlsStream*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (!stream.wire_.may_receive() || stream.receives_left_ == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  --stream.receives_left_;
  const IoResult result = stream.wire_.receive(to, static_cast<std::size_t>(most));
  if (result.outcome == IoOutcome::blocked) BIO_set_retry_read(bio);
  if (result.outcome == IoOutcome::ended) return 0;
  if (result.outcome != IoOutcome::done) return -1;
  if (stream.established_) stream.quiet_bytes_ += result.bytes;
  return stream.quiet_bytes_ > most_quiet_bytes ? -1 : static_cast<int>(result.bytes);
}

int WireBio::write(BIO* bio, const char* from, int size) {
  TlsStream& stream = *static_cast<TlsStream*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const iovec piece{const_cast<char*>(from), static_cast<std::size_t>(size)};
  const IoResult result = stream.wire_.transmit(&piece, 1);
  if (result.outcome == IoOutcome::blocked) BIO_set_retry_write(bio);
  return result.outcome == IoOutcome::done ? static_cast<int>(result.bytes) : -1;
}

long WireBio::control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;  // nothing is held back
}

const BIO_METHOD* WireBio::method() {
  static const BIO_METHOD* const made = [] {
    BIO_METHOD* const fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    if (fresh == nullptr) return fresh;
    BIO_meth_set_read(fresh, read);
    BIO_meth_set_write(fresh, write);
    BIO_meth_set_ctrl(fresh, control);
    return fresh;
  }();
  return made;
}

bool WireBio::attach(TlsStream& stream) {
  const BIO_METHOD* const way = method();
  BIO* const bio = way == nullptr ? nullptr : BIO_new(way);
  if (bio == nullptr) return false;
  BIO_set_data(bio, &stream);
  BIO_set_init(bio, 1);
  SSL_set_bio(stream.ssl_.get(), bio, bio);
  return true;
}

}  // namespace sluice::http
